package main

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// requirement is one id of the reference.
type requirement struct {
	section, id, level, text string
	resolution               bool // settles a contradiction: may be named, asks nothing
}

// resolutions is the section that settles contradictions between sources.
const resolutions = "12. "

var (
	wholeID = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*(-[A-Za-z0-9]+)+$`)
	rangeID = regexp.MustCompile(`^(.*-)(\d+)\.\.(\d+)$`)
)

// readRequirements reads every id of the tables whose first column is one of ids.
func readRequirements(file string) ([]requirement, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var (
		all     []requirement
		section string
		head    []string
	)
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		switch cells := cellsOf(line); {
		case strings.HasPrefix(line, "#"):
			section, head = strings.TrimSpace(strings.TrimLeft(line, "#")), nil
		case cells == nil:
			head = nil
		case head == nil:
			head = cells
		case strings.HasPrefix(head[0], "ID"):
			for _, id := range ids(cells[0]) {
				all = append(all, row(section, id, head, cells))
			}
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s holds no requirements", file)
	}
	return all, nil
}

// cellsOf splits a line of a table, nil if it is none. A bar may stand in a cell as \|.
func cellsOf(line string) []string {
	if !strings.HasPrefix(line, "|") {
		return nil
	}
	const bar = "\x00"
	line = strings.ReplaceAll(strings.Trim(line, "|"), `\|`, bar)
	cells := strings.Split(line, "|")
	for i, c := range cells {
		cells[i] = strings.TrimSpace(strings.ReplaceAll(c, bar, "|"))
	}
	return cells
}

// ids returns what a first cell names: "A-1", "A-1..7" or "A-2, 6"; nothing for the line below a head.
func ids(cell string) []string {
	if m := rangeID.FindStringSubmatch(cell); m != nil {
		from, _ := strconv.Atoi(m[2])
		to, _ := strconv.Atoi(m[3])
		var all []string
		for n := from; n <= to; n++ {
			all = append(all, m[1]+strconv.Itoa(n))
		}
		return all
	}
	parts := strings.Split(cell, ",")
	if !wholeID.MatchString(parts[0]) {
		return nil
	}
	all := parts[:1]
	stem := parts[0][:strings.LastIndexByte(parts[0], '-')+1]
	for _, n := range parts[1:] {
		all = append(all, stem+strings.TrimSpace(n))
	}
	return all
}

// row takes level and text from the columns that hold them.
func row(section, id string, head, cells []string) requirement {
	q := requirement{section: section, id: id, resolution: strings.HasPrefix(section, resolutions)}
	for i, name := range head[:min(len(head), len(cells))] {
		switch {
		case i == 0:
		case strings.HasPrefix(name, "Level"):
			q.level = strings.Trim(cells[i], "*")
		case q.text == "" && (strings.HasPrefix(name, "Requirement") || strings.HasPrefix(name, "Obligation") ||
			strings.HasPrefix(name, "Consequence") || name == "Scenario" || strings.HasPrefix(name, "Element")):
			q.text = cells[i]
		}
	}
	return q
}
