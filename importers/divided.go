package importers

import (
	"slices"
	"strings"

	"masjala/fhir"
)

// divided splits the text of a cell at the marks of its column; blank parts are left out.
func (c *Column) divided(text string) []string {
	var out []string
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(c.Split, r) }) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// part is the nth part of a text, the last one with all that follows it; of is how many there are.
func (c *Column) part(text string, nth, of int) string {
	for range nth {
		at := strings.IndexAny(text, c.Split)
		if at < 0 {
			return ""
		}
		text = strings.TrimLeft(text[at:], c.Split+" ")
	}
	if at := strings.IndexAny(text, c.Split); at >= 0 && nth < of-1 {
		text = text[:at]
	}
	return strings.TrimSpace(text)
}

// each returns the cells that a cell stands for: one for each part, where the mapping splits it.
func (s *Source) each(c Cell) []Cell {
	if c.Column.Split == "" || len(c.Column.Also) > 0 || !strings.ContainsAny(c.Text, c.Column.Split) {
		return []Cell{c}
	}
	var out []Cell
	for _, part := range c.Column.divided(c.Text) {
		one := c
		if one.Text = part; s.null[strings.ToLower(part)] {
			continue
		}
		if v, ok := c.Column.Values[part]; ok {
			one.Text = v
		}
		out = append(out, one)
	}
	return out
}

// spread returns a mapped column, or the columns that its parts become.
func (c Column) spread(targets []Target) []Column {
	out := []Column{c}
	for _, also := range c.Also {
		further := c
		further.Target, further.System, further.ValueSet = also, "", ""
		if at := slices.IndexFunc(targets, func(t Target) bool { return t.Name == also }); at >= 0 {
			further.System = strings.ReplaceAll(targets[at].System, "{slug}", Slug(HeadKey(c.Heading)))
		}
		out = append(out, further)
	}
	return out
}

// checkSplit tells what is wrong with the rule by which the cells of a column are split.
func (c *Column) checkSplit(byName map[string]*Target) error {
	if len(c.Also) > 0 && c.Split == "" {
		return fhir.Errorf(fhir.Invalid, "the mapping of column %q says what its further parts are, but not by which mark they are split", c.Heading)
	}
	if c.Split != "" && len(c.Also) == 0 && !byName[c.Target].Many {
		return fhir.Errorf(fhir.Invalid, "the mapping splits column %q, but %q can have one value only; say in also what the further parts are", c.Heading, c.Target)
	}
	for _, also := range c.Also {
		if t := byName[also]; t == nil || t.Levels || t.Main != "" {
			return fhir.Errorf(fhir.Invalid, "the mapping of column %q has the unknown target %q for a part", c.Heading, also)
		}
	}
	return nil
}

// splitMark proposes the mark at which cells of a column are split: the first of the target's
// marks that stands in every fourth cell, and in two at least.
func splitMark(t *Target, samples [][]string, column int) string {
	for _, mark := range t.Marks {
		filled, with := 0, 0
		for _, row := range samples {
			if text := cellAt(row, column); text != "" {
				filled++
				if strings.ContainsRune(strings.Trim(text, string(mark)+" "), mark) {
					with++
				}
			}
		}
		if with >= 2 && with*4 >= filled {
			return string(mark)
		}
	}
	return ""
}
