package main

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed types.txt
var typeLines string

//go:embed codes.txt
var codeLines string

//go:embed resources.txt
var resourceList string

// readTypes reads the data types that are written by hand.
func (t *table) readTypes() error {
	var y *typ
	for line := range strings.Lines(typeLines) {
		f := strings.Fields(line)
		switch {
		case len(f) == 0 || f[0] == "#":
			continue
		case len(f) == 3 && (f[1] == "<" || f[1] == "="):
			base := t.byName[f[2]]
			if base == nil {
				return fmt.Errorf("types.txt: %s: no type %s", f[0], f[2])
			}
			y = &typ{name: f[0], choices: slices.Clone(base.choices), elements: slices.Clone(base.elements)}
			t.add(y)
		case len(f) < 3 || y == nil:
			return fmt.Errorf("types.txt: %q is neither a type nor an element", line)
		default:
			e := element{name: f[0], min: int(f[2][0] - '0'), many: strings.HasSuffix(f[2], "*"), summary: true}
			if len(f) > 3 {
				e.codes = strings.TrimPrefix(f[3], "=")
			}
			y.addElement(e, strings.Split(f[1], "|"))
		}
	}
	return nil
}

// readCodes reads the codes of every required binding.
func (t *table) readCodes(root string) error {
	for line := range strings.Lines(codeLines) {
		if f := strings.Fields(line); len(f) > 1 && f[0] != "#" {
			t.codeSets[f[0]] = sorted(f[1:])
		}
	}
	t.codeSets["resource-types"] = sorted(append(strings.Fields(resourceList), "Resource", "DomainResource"))
	for _, y := range t.types {
		for _, e := range y.elements {
			if e.codes == "" || t.codeSets[e.codes] != nil {
				continue
			}
			codes, err := valueSet(root, e.codes)
			if err != nil {
				return err
			}
			if codes != nil {
				t.codeSets[e.codes] = sorted(codes)
			}
		}
	}
	return nil
}

func sorted(codes []string) []string {
	slices.Sort(codes)
	return slices.Compact(codes)
}

type concept struct {
	Code    string
	Concept []concept
}

// valueSet returns the codes of a value set that names them or takes whole systems; nil if
// the folder does not have it.
func valueSet(root, id string) ([]string, error) {
	var vs struct {
		Compose struct {
			Include []struct {
				System  string
				Concept []concept
			}
		}
	}
	file := filepath.Join(root, "terminology", "ValueSet-"+id+".json")
	if _, err := os.Stat(file); err != nil {
		return nil, nil
	}
	if err := readJSON(file, &vs); err != nil {
		return nil, err
	}
	var codes []string
	for _, in := range vs.Compose.Include {
		list := in.Concept
		if list == nil {
			var cs struct{ Concept []concept }
			name := in.System[strings.LastIndexByte(in.System, '/')+1:]
			if err := readJSON(filepath.Join(root, "terminology", "CodeSystem-"+name+".json"), &cs); err != nil {
				return nil, err
			}
			list = cs.Concept
		}
		codes = flatten(codes, list)
	}
	return codes, nil
}

func flatten(dst []string, list []concept) []string {
	for _, c := range list {
		dst = flatten(append(dst, c.Code), c.Concept)
	}
	return dst
}
