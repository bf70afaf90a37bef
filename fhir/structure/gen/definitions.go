package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// definition is the part of a StructureDefinition that is read.
type definition struct {
	Type, Kind, Derivation string
	Snapshot               struct{ Element []definedElement }
}

type definedElement struct {
	Path             string
	Min              int
	Max              string
	ContentReference string
	Representation   []string
	IsSummary        bool
	IsModifier       bool
	Type             []struct {
		Code          string
		TargetProfile []string
		Extension     []struct{ ValueURL string }
	}
	Binding struct{ Strength, ValueSet string }
}

// readDefinitions reads every structure of a folder, data types first.
func (t *table) readDefinitions(root string) error {
	for _, pattern := range []string{"structures/types/*.json", "structures/*.json"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			return err
		}
		if len(files) == 0 {
			return fmt.Errorf("no definitions in %s", filepath.Join(root, pattern))
		}
		for _, file := range files {
			var d definition
			if err := readJSON(file, &d); err != nil {
				return err
			}
			if d.Derivation != "constraint" {
				t.addDefinition(&d)
			}
		}
	}
	return nil
}

func readJSON(file string, into any) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("read %s: %w", file, err)
	}
	return nil
}

// addDefinition adds a type and one for each element that has elements of its own.
func (t *table) addDefinition(d *definition) {
	t.add(&typ{name: d.Type, resource: d.Kind == "resource"})
	for i, e := range d.Snapshot.Element {
		if i == 0 {
			continue
		}
		next := i + 1
		nested := next < len(d.Snapshot.Element) && strings.HasPrefix(d.Snapshot.Element[next].Path, e.Path+".")
		if nested {
			t.add(&typ{name: e.Path})
		}
		dot := strings.LastIndexByte(e.Path, '.')
		t.byName[e.Path[:dot]].addElement(e.element(e.Path[dot+1:]), e.types(d, nested))
	}
}

func (e *definedElement) element(name string) element {
	out := element{name: name, min: min(e.Min, 1), many: e.Max != "1", summary: e.IsSummary, modifier: e.IsModifier}
	out.attr = len(e.Representation) > 0 && e.Representation[0] == "xmlAttr"
	for _, y := range e.Type {
		if strings.HasPrefix(y.Code, "http:") {
			out.attr = true
		}
		for _, profile := range y.TargetProfile {
			if target := profile[strings.LastIndexByte(profile, '/')+1:]; target != "Resource" {
				out.targets = append(out.targets, target)
			}
		}
	}
	if e.Binding.Strength == "required" {
		id, _, _ := strings.Cut(e.Binding.ValueSet, "|")
		out.codes = id[strings.LastIndexByte(id, '/')+1:]
	}
	return out
}

// types names the types that an element may have.
func (e *definedElement) types(d *definition, nested bool) []string {
	switch {
	case nested:
		return []string{e.Path}
	case e.ContentReference != "":
		return []string{strings.TrimPrefix(e.ContentReference, "#")}
	case d.Kind == "resource" && e.Path == d.Type+".id":
		return []string{"id"}
	}
	var names []string
	for _, y := range e.Type {
		if strings.HasPrefix(y.Code, "http:") {
			names = append(names, y.Extension[0].ValueURL)
			continue
		}
		names = append(names, y.Code)
	}
	return names
}
