package importers

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"masjala/fhir"
)

// Mapping says what the columns of a sheet mean. It is kept as YAML, see [Mapping.YAML].
type Mapping struct {
	Kind      string   `yaml:"kind"`                // "facilities", "workers", "codes", …
	Sheet     string   `yaml:"sheet,omitempty"`     // "" lets the content decide
	HeaderRow int      `yaml:"headerRow,omitempty"` // 0 lets the content decide
	Null      []string `yaml:"null,flow"`           // words that stand for nothing; case does not matter
	Under     []string `yaml:"under,omitempty"`     // areas above the highest area column, from the top: [Kenya]
	Country   string   `yaml:"country,omitempty"`   // where telephone numbers without a country code belong: KE, Kenya
	Swapped   bool     `yaml:"swapped,omitempty"`   // the headings of latitude and longitude are exchanged
	Twins     string   `yaml:"twins,omitempty"`     // rows that seem to be something stored: hold (default), report or adopt
	Columns   []Column `yaml:"columns"`
}

// Column says what one column means.
type Column struct {
	Heading  string            `yaml:"column"`              // as in the sheet
	At       int               `yaml:"at,omitempty"`        // position from 1; needed only for headings that are empty or repeated
	Target   string            `yaml:"target,omitempty"`    // what it is; empty: not used
	Level    int               `yaml:"level,omitempty"`     // area columns: 1 is the highest
	Group    int               `yaml:"group,omitempty"`     // columns that are repeated: 2 for those of the second licence; 0 is 1
	Language string            `yaml:"language,omitempty"`  // of names in another language: a tag such as fr
	Year     int               `yaml:"year,omitempty"`      // of numbers that a list has for several years
	System   string            `yaml:"system,omitempty"`    // URI of the identifier or code system
	ValueSet string            `yaml:"valueSet,omitempty"`  // URL of the value set whose codes alone are allowed
	Values   map[string]string `yaml:"values,omitempty"`    // value in the sheet: value meant
	Split    string            `yaml:"split,omitempty"`     // marks at which a cell is split: ";"
	Also     []string          `yaml:"also,omitempty"`      // what the second and further parts are, where they are not the target, too
	Skip     []string          `yaml:"skip,omitempty,flow"` // rows with these values are left out
	Optional bool              `yaml:"optional,omitempty"`  // no complaint when the sheet lacks the column
}

// NullWords are the words that stand for nothing unless a mapping says otherwise.
var nullWords = []string{"NA", "N/A", "#N/A", "None", "Null", "Nil", "Not Set", "Not Documented", "Not Available", "Not Applicable", "Unknown", "-", "--", "—", "?", ".", "[]"}

// NullWords returns the words that stand for nothing unless a mapping says otherwise.
func NullWords() []string { return append([]string(nil), nullWords...) }

// ReadMapping reads the YAML of a mapping. Unknown keys and wrong types are Invalid, with their line.
func ReadMapping(r io.Reader) (*Mapping, error) {
	d := yaml.NewDecoder(r)
	d.KnownFields(true)
	var m Mapping
	if err := d.Decode(&m); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, fhir.Errorf(fhir.Invalid, "the mapping is empty")
		}
		return nil, fhir.Errorf(fhir.Invalid, "the mapping cannot be read: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if m.Null == nil {
		m.Null = NullWords()
	}
	return &m, nil
}

// Bind notes the value set of a column that an importer has bound itself.
func (m *Mapping) Bind(c *Column) {
	for i := range m.Columns {
		if m.Columns[i].Heading == c.Heading && m.Columns[i].Target == c.Target {
			m.Columns[i].ValueSet = c.ValueSet
		}
	}
}

// about is printed above a mapping.
const about = `What each column of the sheet means. Change it and give it back with --map.
kind       facilities, workers, codes, valuesets, expansions or maps
sheet      name of the sheet; headerRow: number of the row with the headings
null       words that stand for an empty cell
under      areas above the highest area column, from the top, e.g. [Kenya]
country    country of telephone numbers, when under and the rows do not name it, e.g. KE
swapped    true when the column called latitude holds longitudes and the other way round
twins      rows that seem to be something stored already: hold (wait for a decision), report (import as new) or adopt (update it)
columns    one entry per column:
  column   the heading as in the sheet
  at       its position from 1, when the heading is empty or occurs twice
  target   what it means (list below); leave out for a column that is not used
  level    area columns: 1 is the highest
  group    columns that are repeated: 2 for those of the second licence or post
  language the language of a translation: fr
  year     the year that numbers in the column are of: 2022
  system   URI of the identifiers or codes in the column
  valueSet URL of a value set: only its codes are accepted
  values   spelling in the sheet: value meant
  skip     rows with these values are left out, e.g. [School, District office]
  split    marks at which cells with several values are split, e.g. ";"
  also     what the further parts are when they mean something else: [ownership]
`

// YAML returns the mapping with comments that explain it and the targets that columns may have.
func (m *Mapping) YAML(targets []Target) ([]byte, error) {
	var out bytes.Buffer
	comment(&out, about+"targets")
	for _, t := range targets {
		comment(&out, fmt.Sprintf("  %-12s %s", t.Name, t.Title))
	}
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	if err := e.Encode(m); err != nil {
		return nil, fmt.Errorf("write mapping: %w", err)
	}
	return out.Bytes(), e.Close()
}

func comment(out *bytes.Buffer, text string) {
	for line := range strings.SplitSeq(text, "\n") {
		out.WriteString(strings.TrimRight("# "+line, " ") + "\n")
	}
}

// Check tells what is wrong with a mapping for a kind: an unknown or doubled target, a
// missing level or a target that is needed.
func (m *Mapping) Check(kind string, targets []Target) error {
	if m.Kind != "" && m.Kind != kind {
		return fhir.Errorf(fhir.Invalid, "the mapping is for %s, not for %s", m.Kind, kind)
	}
	if err := m.checkTwins(); err != nil {
		return err
	}
	byName := map[string]*Target{}
	var names []string
	for i := range targets {
		byName[targets[i].Name] = &targets[i]
		names = append(names, targets[i].Name)
	}
	type use struct {
		target string
		group  int
		year   int
	}
	used := map[use]string{}
	for _, c := range m.Columns {
		t := byName[c.Target]
		switch {
		case c.Target == "":
			continue
		case t == nil:
			return fhir.Errorf(fhir.Invalid, "the mapping of column %q has the unknown target %q%s", c.Heading, c.Target, DidYouMean(c.Target, names))
		case c.Group < 0 || c.Group > mostGroups || c.Group > 1 && t.Group == "":
			return fhir.Errorf(fhir.Invalid, "the mapping puts column %q into group %d, but columns of %q cannot be repeated so", c.Heading, c.Group, c.Target)
		case used[use{c.Target, c.Nth(), c.Year}] != "" && !t.Many:
			return fhir.Errorf(fhir.Invalid, "columns %q and %q are both mapped to %q, which can have one column only%s", used[use{c.Target, c.Nth(), c.Year}], c.Heading, c.Target, ofGroup(t))
		case t.Levels && c.Level < 1:
			return fhir.Errorf(fhir.Invalid, "the mapping of column %q needs a level of 1 or more", c.Heading)
		}
		if err := c.checkTold(t); err != nil {
			return err
		}
		if err := c.checkSplit(byName); err != nil {
			return err
		}
		used[use{c.Target, c.Nth(), c.Year}] = c.Heading
	}
	for _, t := range targets {
		if t.Needed && used[use{t.Name, 1, 0}] == "" {
			return fhir.Errorf(fhir.Invalid, "no column is mapped to %q (%s); add it to the mapping", t.Name, t.Title)
		}
	}
	return nil
}

// checkTold tells what is wrong with the language and the year of a column.
func (c *Column) checkTold(t *Target) error {
	if (t.Main != "") != (c.Language != "") || c.Language != "" && !IsLanguage(c.Language) {
		return fhir.Errorf(fhir.Invalid, "the mapping of column %q has the language %q; columns of names in another language need one, such as fr, and others have none", c.Heading, c.Language)
	}
	if c.Year != 0 && !(t.Years && IsYear(c.Year)) {
		return fhir.Errorf(fhir.Invalid, "the mapping gives column %q the year %d, which %q cannot have", c.Heading, c.Year, c.Target)
	}
	return nil
}
