package dhis2

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"masjala/importers/sheet/grid"
)

// plainFields are members of a unit that are shown as they are, by their headings.
var plainFields = []struct{ heading, path string }{
	{"uid", "id"}, {"code", "code"}, {"name", "name"}, {"short name", "shortName"}, {"opening date", "openingDate"}, {"closed date", "closedDate"},
	{"contact person", "contactPerson"}, {"phone number", "phoneNumber"}, {"email", "email"}, {"address", "address"}, {"url", "url"}, {"description", "description"},
}

// columns are what a unit's row consists of.
type columns struct {
	m          *metadata
	sets       []gjson.Result
	inSet      map[string]bool // groups that some set has
	attributes []string
}

// columns finds which group sets and attributes there are.
func (m *metadata) columns() *columns {
	c := &columns{m: m, inSet: map[string]bool{}}
	c.sets = slices.SortedFunc(maps.Values(m.sets), func(a, b gjson.Result) int {
		return cmp.Or(cmp.Compare(a.Get("name").Str, b.Get("name").Str), cmp.Compare(a.Get("id").Str, b.Get("id").Str))
	})
	for _, s := range c.sets {
		for _, g := range s.Get("organisationUnitGroups.#.id").Array() {
			c.inSet[g.Str] = true
		}
	}
	used := map[string]bool{}
	for _, u := range m.units {
		for _, a := range u.body.Get("attributeValues.#.attribute.id").Array() {
			used[a.Str] = true
		}
	}
	c.attributes = slices.Sorted(maps.Keys(used))
	return c
}

func (c *columns) head(level int) []string {
	var out []string
	for _, f := range plainFields {
		out = append(out, f.heading)
	}
	for n := 1; n < level; n++ {
		out = append(out, "Level "+strconv.Itoa(n))
	}
	out = append(out, "status", "latitude", "longitude", "boundary")
	for _, s := range c.sets {
		out = append(out, s.Get("name").Str)
	}
	out = append(out, "other groups")
	for _, a := range c.attributes {
		out = append(out, cmp.Or(c.m.attributes[a], a))
	}
	return out
}

// row shows a unit.
func (c *columns) row(u *unit, level int) []string {
	var out []string
	for _, f := range plainFields {
		v := u.body.Get(f.path).String()
		if strings.HasSuffix(f.heading, " date") {
			v, _, _ = strings.Cut(v, "T")
		}
		out = append(out, v)
	}
	for _, above := range u.path[:level-1] {
		name := above
		if p := c.m.units[above]; p != nil {
			name = p.name
		}
		out = append(out, name)
	}
	status := "open"
	if u.body.Get("closedDate").Str != "" {
		status = "closed"
	}
	shape := shapeOf(u.body)
	out = append(out, status, shape.Latitude, shape.Longitude, shape.Boundary)
	mine := c.m.members[u.body.Get("id").Str]
	for _, s := range c.sets {
		out = append(out, c.groups(mine, func(g string) bool {
			return slices.ContainsFunc(s.Get("organisationUnitGroups.#.id").Array(), func(r gjson.Result) bool { return r.Str == g })
		}))
	}
	out = append(out, c.groups(mine, func(g string) bool { return !c.inSet[g] }))
	values := map[string]string{}
	for _, v := range u.body.Get("attributeValues").Array() {
		values[v.Get("attribute.id").Str] = v.Get("value").String()
	}
	for _, a := range c.attributes {
		out = append(out, values[a])
	}
	return out
}

// groups names those of a unit's groups that are wanted.
func (c *columns) groups(mine []string, wanted func(string) bool) string {
	var names []string
	for _, g := range mine {
		if wanted(g) {
			names = append(names, c.m.groups[g])
		}
	}
	return strings.Join(names, "; ")
}

// shapeOf reads where a unit is, as today's exports and those before 2.33 say it.
func shapeOf(u gjson.Result) grid.Shape {
	if g := u.Get("geometry"); g.IsObject() {
		return grid.ShapeOf(g)
	}
	kind := map[string]string{"POINT": "Point", "POLYGON": "Polygon", "MULTI_POLYGON": "MultiPolygon"}[u.Get("featureType").Str]
	if at := u.Get("coordinates").Str; kind != "" && gjson.Valid(at) {
		return grid.ShapeOf(gjson.Parse(`{"type":"` + kind + `","coordinates":` + at + `}`))
	}
	return grid.Shape{}
}
