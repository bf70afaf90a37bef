package dhis2

import (
	"cmp"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/importers/sheet/grid"
)

// Limits of one file, whose units are kept in memory to know what lies above each.
const (
	maxUnits  = 500_000
	maxLevels = 30
	maxBytes  = 512 << 20
)

// unit is an organisation unit.
type unit struct {
	body   gjson.Result
	name   string
	parent string
	path   []string // uids from the top, itself last
}

// metadata is what a file holds.
type metadata struct {
	units      map[string]*unit
	order      []string
	groups     map[string]string   // uid: name
	members    map[string][]string // unit: groups
	sets       map[string]gjson.Result
	levels     map[int]string
	attributes map[string]string
	options    map[string][]gjson.Result // option set: its options
	optionSets []gjson.Result
	bytes      int
}

// Open reads metadata whole. It fails with Invalid when there are neither organisation units
// nor option sets in it, with TooLarge when there are too many.
func Open(in io.Reader) (*Book, error) {
	m := &metadata{units: map[string]*unit{}, groups: map[string]string{}, members: map[string][]string{}, sets: map[string]gjson.Result{},
		levels: map[int]string{}, attributes: map[string]string{}, options: map[string][]gjson.Result{}}
	for e, err := range grid.Elements(in) {
		if err != nil {
			return nil, err
		}
		if e.JSON == nil {
			continue
		}
		if m.bytes += len(e.JSON); m.bytes > maxBytes || len(m.order) > maxUnits {
			return nil, fhir.Errorf(fhir.TooLarge, "it has more than %d organisation units or %d MB; export a part of it", maxUnits, maxBytes>>20)
		}
		m.take(e.Name, gjson.ParseBytes(e.JSON))
	}
	m.placeUnits()
	b := &Book{}
	b.addUnits(m)
	b.addOptions(m)
	if len(b.sheets) == 0 {
		return nil, fhir.Errorf(fhir.Invalid, "it is metadata of DHIS2 without organisation units or option sets; export those")
	}
	return b, nil
}

// take keeps one element of a list.
func (m *metadata) take(list string, v gjson.Result) {
	id, name := v.Get("id").Str, v.Get("name").Str
	switch list {
	case "organisationUnits":
		if _, twice := m.units[id]; id != "" && !twice {
			path := strings.FieldsFunc(v.Get("path").Str, func(r rune) bool { return r == '/' })
			m.units[id] = &unit{body: v, name: name, parent: v.Get("parent.id").Str, path: path}
			m.order = append(m.order, id)
		}
	case "organisationUnitGroups":
		m.groups[id] = name
		for _, u := range v.Get("organisationUnits.#.id").Array() {
			m.members[u.Str] = append(m.members[u.Str], id)
		}
	case "organisationUnitGroupSets":
		m.sets[id] = v
	case "organisationUnitLevels":
		m.levels[int(v.Get("level").Int())] = name
	case "attributes":
		m.attributes[id] = name
	case "options":
		set := v.Get("optionSet.id").Str
		m.options[set] = append(m.options[set], v)
	case "optionSets":
		m.optionSets = append(m.optionSets, v)
	}
}

// placeUnits gives each unit a path, by its parents where it has none.
func (m *metadata) placeUnits() {
	for id, u := range m.units {
		if len(u.path) > 0 && len(u.path) <= maxLevels {
			continue
		}
		u.path = u.path[:0]
		for at, steps := id, 0; at != "" && steps < maxLevels; steps++ {
			u.path = append(u.path, at)
			above := m.units[at]
			if above == nil {
				break
			}
			at = above.parent
		}
		slices.Reverse(u.path)
	}
}

// table is one sheet.
type table struct {
	info grid.Info
	make func(row int) []string // row of a large table, from 1; 0 is the head
	size int
}

// Book is the sheets of a file.
type Book struct{ sheets []table }

// Sheets lists levels, the deepest first, then option sets.
func (b *Book) Sheets() []grid.Info {
	out := make([]grid.Info, len(b.sheets))
	for i, s := range b.sheets {
		out[i] = s.info
	}
	return out
}

// Rows starts to read a sheet.
func (b *Book) Rows(sheet int) (grid.Source, error) { return &rows{table: &b.sheets[sheet]}, nil }

// rows walks over a table.
type rows struct {
	grid.Plain
	table *table
	next  int
}

// Next implements grid.Source.
func (r *rows) Next() (grid.Row, error) {
	if r.next > r.table.size {
		return grid.Row{}, io.EOF
	}
	cells := r.table.make(r.next)
	r.next++
	return grid.Row{Number: r.next, Cells: cells}, nil
}

// addUnits makes a sheet of each level.
func (b *Book) addUnits(m *metadata) {
	byLevel := map[int][]string{}
	for _, id := range m.order {
		level := len(m.units[id].path)
		byLevel[level] = append(byLevel[level], id)
	}
	c := m.columns()
	for _, level := range slices.Backward(slices.Sorted(maps.Keys(byLevel))) {
		ids := byLevel[level]
		name := m.levels[level]
		if name == "" {
			name = "Level " + strconv.Itoa(level)
		}
		b.sheets = append(b.sheets, table{info: grid.Info{Name: name}, size: len(ids), make: func(row int) []string {
			if row == 0 {
				return c.head(level)
			}
			return c.row(m.units[ids[row-1]], level)
		}})
	}
}

// addOptions makes a sheet of each option set.
func (b *Book) addOptions(m *metadata) {
	for _, set := range m.optionSets {
		options := m.options[set.Get("id").Str]
		for _, o := range set.Get("options").Array() { // some exports nest them
			if o.Get("code").Exists() {
				options = append(options, o)
			}
		}
		slices.SortStableFunc(options, func(x, y gjson.Result) int {
			return cmp.Compare(x.Get("sortOrder").Int(), y.Get("sortOrder").Int())
		})
		b.sheets = append(b.sheets, table{info: grid.Info{Name: set.Get("name").Str}, size: len(options), make: func(row int) []string {
			if row == 0 {
				return []string{"code", "name", "description"}
			}
			o := options[row-1]
			return []string{o.Get("code").Str, o.Get("name").Str, o.Get("description").Str}
		}})
	}
}
