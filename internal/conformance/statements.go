package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"
)

// statements is the content of docs/conformance.yaml.
type statements struct {
	Statements []statement `yaml:"statements"`
}

// statement is said of ids, or of all that start alike ("BX-*"). Partly says that the
// tests that name the ids prove only a part, so that it holds in spite of them.
type statement struct {
	IDs    []string `yaml:"ids"`
	Status string   `yaml:"status"`
	Reason string   `yaml:"reason"`
	Partly bool     `yaml:"partly"`
}

func readStatements(file string) (*statements, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var s statements
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&s); err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	for _, one := range s.Statements {
		if one.Status != later && one.Status != notApplicable || one.Reason == "" || len(one.IDs) == 0 {
			return nil, fmt.Errorf("read %s: a statement needs ids, the status %q or %q, and a reason: %+v", file, later, notApplicable, one)
		}
	}
	return &s, nil
}

// of returns what is said of an id: of itself, else of the longest beginning; nil if nothing.
func (s *statements) of(id string) *statement {
	var best *statement
	length := -1
	for i := range s.Statements {
		for _, pattern := range s.Statements[i].IDs {
			stem, open := strings.CutSuffix(pattern, "*")
			switch {
			case pattern == id:
				return &s.Statements[i]
			case open && strings.HasPrefix(id, stem) && len(stem) > length:
				best, length = &s.Statements[i], len(stem)
			}
		}
	}
	return best
}

// unused returns the patterns that meet none of the known ids.
func (s *statements) unused(known map[string]bool) []string {
	var all []string
	for _, one := range s.Statements {
		for _, pattern := range one.IDs {
			stem, open := strings.CutSuffix(pattern, "*")
			met := known[pattern]
			for id := range known {
				met = met || open && strings.HasPrefix(id, stem)
			}
			if !met {
				all = append(all, pattern)
			}
		}
	}
	return all
}
