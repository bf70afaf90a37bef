package geojson

import (
	"io"
	"iter"
	"slices"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/importers/sheet/grid"
)

// maxColumns bounds how many different properties a collection may have.
const maxColumns = 2000

// Book is the one sheet of a collection. It is safe for concurrent use if what it opens is.
type Book struct {
	open  func() (io.ReadCloser, error)
	names []string
	at    map[string]int
}

// Open walks over a collection, which open gives each time it is called, to learn its columns.
// It fails with Invalid when there are no features.
func Open(open func() (io.ReadCloser, error)) (*Book, error) {
	in, err := open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	b := &Book{open: open, at: map[string]int{}}
	features, withID := 0, false
	for e, err := range grid.Elements(in) {
		if err != nil {
			return nil, err
		}
		if e.Name != "features" || e.JSON == nil {
			continue
		}
		features++
		feature := gjson.ParseBytes(e.JSON)
		withID = withID || feature.Get("id").Exists()
		feature.Get("properties").ForEach(func(name, _ gjson.Result) bool {
			b.add(name.String())
			return true
		})
		if len(b.names) > maxColumns {
			return nil, fhir.Errorf(fhir.Invalid, "its features have more than %d different properties", maxColumns)
		}
	}
	if features == 0 {
		return nil, fhir.Errorf(fhir.Invalid, "it is GeoJSON without features; ask the sender for the list")
	}
	if withID {
		b.add("id")
	}
	for _, name := range own {
		if _, taken := b.at[name]; taken {
			name = "geometry " + name
		}
		b.add(name)
	}
	return b, nil
}

// own are the columns made from the geometry, always the last ones.
var own = []string{"latitude", "longitude", "boundary"}

func (b *Book) add(name string) {
	if _, known := b.at[name]; !known {
		b.at[name] = len(b.names)
		b.names = append(b.names, name)
	}
}

// Sheets lists the one sheet.
func (b *Book) Sheets() []grid.Info { return []grid.Info{{Name: "features"}} }

// Rows starts to read the features; the first row holds the names of the columns.
func (b *Book) Rows(int) (grid.Source, error) {
	in, err := b.open()
	if err != nil {
		return nil, err
	}
	r := &rows{book: b, in: in}
	r.next, r.stop = iter.Pull2(grid.Elements(in))
	return r, nil
}

// rows streams features.
type rows struct {
	book *Book
	in   io.Closer
	next func() (grid.Element, error, bool)
	stop func()
	row  int
	line grid.Builder
}

// Next implements grid.Source.
func (r *rows) Next() (grid.Row, error) {
	if r.row == 0 {
		r.row++
		return grid.Row{Number: 1, Cells: slices.Clone(r.book.names)}, nil
	}
	for {
		e, err, ok := r.next()
		if !ok {
			return grid.Row{}, io.EOF
		}
		if err != nil {
			return grid.Row{}, err
		}
		if e.Name == "features" && e.JSON != nil {
			r.row++
			return r.feature(gjson.ParseBytes(e.JSON)), nil
		}
	}
}

// feature makes the row of one.
func (r *rows) feature(f gjson.Result) grid.Row {
	if id := f.Get("id"); id.Exists() {
		r.put("id", text(id))
	}
	f.Get("properties").ForEach(func(name, v gjson.Result) bool {
		r.put(name.String(), text(v))
		return true
	})
	shape := grid.ShapeOf(f.Get("geometry"))
	for i, v := range []string{shape.Latitude, shape.Longitude, shape.Boundary} {
		at := len(r.book.names) - len(own) + i
		r.line.Put(at, v, v)
	}
	return r.line.Row(r.row)
}

func (r *rows) put(name, value string) {
	if at, ok := r.book.at[name]; ok {
		r.line.Put(at, value, value)
	}
}

// text shows a value: lists and objects as JSON, null as nothing.
func text(v gjson.Result) string {
	switch v.Type {
	case gjson.Null:
		return ""
	case gjson.String:
		return v.Str
	}
	return v.Raw
}

// Merges returns nothing: features have no merged cells.
func (r *rows) Merges() []grid.Merge { return nil }

// Close ends the reading and closes the file.
func (r *rows) Close() error {
	r.stop()
	return r.in.Close()
}
