package codes

import (
	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/importers/tabular"
)

// columns of an exported list.
var columns = []string{"Code", "Display", "Definition", "Parent"}

// Table lays a CodeSystem out as a list of codes that gives the same again (TSF-2). It fails with
// Unprocessable for a code system that has a code twice, or a concept without one.
func Table(r *fhir.Resource) (*tabular.Table, error) {
	concepts := fhir.Member(r.Body, "concept")
	count := 0
	if err := check(concepts, &count); err != nil {
		return nil, err
	}
	declared := map[string]bool{}
	for p := range fhir.Items(fhir.Member(r.Body, "property")) {
		declared[gjson.GetBytes(p, "code").Str] = true
	}
	about := func(o *tabular.Object) { o.Count("count", count) }
	line := tabular.Line{Cells: make([]string, len(columns))}
	return lists.NewTable(r, columns, about, func(code string) bool { return declared[code] }, func(yield func(*tabular.Line) error) error {
		return each(concepts, "", func(c *stored) error {
			line.Reset()
			c.lay(&line)
			return yield(&line)
		})
	})
}

// check fails when rows could not tell the concepts apart, and counts them.
func check(concepts []byte, count *int) error {
	seen := map[string]bool{}
	return each(concepts, "", func(c *stored) error {
		*count++
		code := fhir.Unquote(c.get("code"))
		if code == "" || seen[code] {
			return fhir.Errorf(fhir.Unprocessable, "the code system has the code %q twice, or a concept without one, so that a table cannot hold it; export it as FHIR JSON", code)
		}
		seen[code] = true
		return nil
	})
}

// stored is a concept as it is stored.
type stored struct {
	raw    []byte
	parent string
}

func (c *stored) get(name string) []byte { return fhir.Member(c.raw, name) }

// each calls fn for the concepts of a JSON list, each before those below it.
func each(list []byte, parent string, fn func(*stored) error) error {
	for raw := range fhir.Items(list) {
		c := stored{raw, parent}
		if err := fn(&c); err != nil {
			return err
		}
		if below := c.get("concept"); below != nil {
			if err := each(below, fhir.Unquote(c.get("code")), fn); err != nil {
				return err
			}
		}
	}
	return nil
}

// lay puts a concept into a line.
func (c *stored) lay(l *tabular.Line) {
	for name, value := range fhir.Members(c.raw) {
		switch string(name) {
		case "code":
			l.Put(0, "code", value)
		case "display":
			l.Put(1, "display", value)
		case "definition":
			l.Loose(2, "definition", value)
		case "designation":
			l.Designation = value
		case "property":
			l.Property = value
		case "concept":
		default:
			l.More.Set(string(name), value)
		}
	}
	if c.parent != "" {
		l.Put(3, above, fhir.AppendString(nil, c.parent))
	}
}
