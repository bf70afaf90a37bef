package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	if err := run("table.go"); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// run reads all definitions and writes the table to a file.
func run(file string) error {
	root := filepath.Join(reference(), "spec", "fhir-r4")
	t := &table{byName: map[string]*typ{}, codeSets: map[string][]string{}}
	for _, name := range primitives {
		t.add(&typ{name: name, primitive: true})
	}
	if err := t.readDefinitions(root); err != nil {
		return err
	}
	if err := t.readTypes(); err != nil {
		return err
	}
	if err := t.readCodes(root); err != nil {
		return err
	}
	t.addOpen()
	if err := t.check(); err != nil {
		return err
	}
	src, err := t.source()
	if err != nil {
		return err
	}
	return os.WriteFile(file, src, 0o644)
}

// reference is the reference folder: MASJALA_REFERENCE, else ../shared beside the module,
// as seen from the package that go generate runs in.
func reference() string {
	if dir := os.Getenv("MASJALA_REFERENCE"); dir != "" {
		return dir
	}
	return filepath.Join("..", "..", "..", "shared")
}

// primitives are in the order of the constants of package structure.
var primitives = []string{"boolean", "integer", "unsignedInt", "positiveInt", "decimal", "string", "code", "id",
	"uri", "url", "canonical", "oid", "uuid", "markdown", "base64Binary", "date", "dateTime", "instant", "time", "xhtml"}

// table is what is collected before it is written.
type table struct {
	types    []*typ
	byName   map[string]*typ
	codeSets map[string][]string // required value sets by id
}

type typ struct {
	name      string
	primitive bool
	resource  bool
	open      bool
	choices   []string
	elements  []element
}

type element struct {
	name                          string
	min                           int
	many, attr, summary, modifier bool
	choice                        int
	targets                       []string
	codes                         string // id of a value set
	typ                           string
}

func (t *table) add(y *typ) {
	t.types = append(t.types, y)
	t.byName[y.name] = y
}

// addElement adds an element, one for each type if its name ends in [x].
func (y *typ) addElement(e element, types []string) {
	base, isChoice := strings.CutSuffix(e.name, "[x]")
	if isChoice {
		y.choices = append(y.choices, base)
	}
	for _, name := range types {
		one := e
		one.typ = name
		if isChoice {
			one.name = base + strings.ToUpper(name[:1]) + name[1:]
			one.choice = len(y.choices)
		}
		y.elements = append(y.elements, one)
	}
}

// addOpen adds the types of which only the name is known.
func (t *table) addOpen() {
	t.add(&typ{name: "Resource", resource: true, open: true})
	t.add(&typ{name: "ElementDefinition", open: true})
	for _, y := range slices.Clone(t.types) {
		for _, e := range y.elements {
			if t.byName[e.typ] == nil {
				t.add(&typ{name: e.typ, open: true})
			}
		}
	}
}

// check holds the table to what the reader of JSON relies on.
func (t *table) check() error {
	for _, y := range t.types {
		if len(y.elements) > 128 {
			return fmt.Errorf("%s has %d elements: the reader marks at most 128", y.name, len(y.elements))
		}
		if len(y.choices) > 4 {
			return fmt.Errorf("%s has %d choices: the reader marks at most 4", y.name, len(y.choices))
		}
		for _, e := range y.elements {
			if e.codes != "" && t.codeSets[e.codes] == nil && !unlisted[e.codes] {
				return fmt.Errorf("%s.%s is bound to %s: its codes are not known", y.name, e.name, e.codes)
			}
		}
	}
	return nil
}

// unlisted are required value sets that are rules, or that FHIR versions extend.
var unlisted = map[string]bool{"mimetypes": true, "all-types": true, "FHIR-version": true}
