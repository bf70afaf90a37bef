package importers

import (
	"context"
	"errors"
	"slices"
	"strings"

	"masjala/fhir"
	"masjala/importers/sheet"
	"masjala/importers/sheet/grid"
)

// headRows is how many rows are looked at to find headings and to guess meanings.
const headRows = 300

// Source is a table in a file with a mapping for its columns. It is not safe for concurrent use.
type Source struct {
	Book    *sheet.Book
	Sheet   string
	Head    sheet.Head
	Mapping *Mapping
	Columns []Column    // the mapped columns, in the order of Row's cells
	Use     []ColumnUse // of each of Columns; complete after the first walk
	Rows    int         // complete after the first walk
	Blank   int
	Skipped int // rows that the mapping leaves out

	at    []int // position in the sheet of each of Columns
	nth   []int // which part of its cells each of Columns has
	null  map[string]bool
	plain map[string]bool  // targets whose cells are what they say
	byKey map[string][]int // target to positions in Columns
	spool *spool

	scratch string // see Request.Scratch

	needed []int    // positions in the sheet of what each row must have
	area   []int    // and of the areas
	chains []chain  // area columns that are blank below their first row
	aside  []Issue  // the first rows that were passed over as sums or titles
	beyond int      // how many more were
	float  []bool   // by position in Columns: whole numbers that end in .0
	alike  []string // other sheets with the same headings

	numbers  map[int]*numbers // by position in Columns, see LearnNumbers
	headings []string         // of all columns, those that marks have too
}

// Cell is one value of a row.
type Cell struct {
	Column *Column
	Text   string // cleaned; "" for blanks and null words; replaced as the mapping's values say
	Shown  string // as displayed
	Stored string // as stored, where that differs; else ""

	Restored bool // Text has zeros in front that the cell lost
	Repaired bool // Text was decoded wrongly, or has entities of HTML, in the cell
}

// Row is one row of a Source. It is valid until the next one.
type Row struct {
	Number int
	src    *Source
	cells  []Cell
	whole  *Row // of a row with what another one changes only: that one
}

// Get returns the first cell of a target that has a text, or the zero Cell.
func (r *Row) Get(target string) Cell {
	var blank Cell
	for _, i := range r.src.byKey[target] {
		if r.cells[i].Text != "" {
			return r.cells[i]
		}
		blank = r.cells[i]
	}
	return blank
}

// Whole is the row with all its cells, where this one has only what it changes: see [News].
func (r *Row) Whole() *Row {
	if r.whole != nil {
		return r.whole
	}
	return r
}

// All returns the cells of a target in column order (by level for targets with levels),
// blanks too.
func (r *Row) All(target string) []Cell {
	at := r.src.byKey[target]
	out := make([]Cell, 0, len(at))
	for _, p := range at {
		if r.src.Columns[p].Split == "" {
			out = append(out, r.cells[p])
			continue
		}
		out = append(out, r.src.each(r.cells[p])...)
	}
	return out
}

// Cells returns every mapped cell in column order.
func (r *Row) Cells() []Cell { return r.cells }

// Open opens the file of a request and finds table, headings and mapping. It fails with
// Invalid when there is no table or the mapping does not fit it. The caller closes the Source.
func Open(req *Request, kind string, targets []Target) (*Source, error) {
	return open(req, kind, targets, nil)
}

// open is Open; recall finds the mapping that a request does not give, once the headings are
// known; nil for none.
func open(req *Request, kind string, targets []Target, recall func(*Source) error) (*Source, error) {
	book, err := sheet.Open(req.File, sheet.DefaultLimits)
	if err != nil {
		return nil, err
	}
	if req.Name != "" {
		book.Name = req.Name
	}
	s := &Source{Book: book, scratch: req.Scratch}
	if err := s.prepare(req, kind, targets, recall); err != nil {
		return nil, errors.Join(err, book.Close())
	}
	return s, nil
}

func (s *Source) prepare(req *Request, kind string, targets []Target, recall func(*Source) error) error {
	wanted, headerRow := req.Sheet, 0
	if req.Map != nil {
		if wanted == "" {
			wanted = req.Map.Sheet
		}
		headerRow = req.Map.HeaderRow
	}
	rows, err := s.choose(wanted, headerRow, targets)
	if err != nil {
		return err
	}
	s.headings = s.Head.Names
	s.Head.Names = withoutMarks(s.headings, targets)
	if req.Map == nil && recall != nil {
		if err := recall(s); err != nil {
			return err
		}
	}
	s.Mapping = req.Map
	if s.Mapping == nil {
		s.Mapping = Propose(kind, targets, s.Head.Names, below(rows, s.Head.Row))
		s.Mapping.Sheet, s.Mapping.HeaderRow = s.Sheet, s.Head.Row
		if err := s.Mapping.Check(kind, targets); err != nil {
			return fhir.Errorf(fhir.Invalid, "%s does not look like a list of %s: in sheet %q with the headings of row %d (%s), %s", s.Book.Name, kind, s.Sheet, s.Head.Row, s.Head, err)
		}
	}
	if err := s.Mapping.Check(kind, targets); err != nil {
		return err
	}
	s.plain = map[string]bool{}
	for i := range targets {
		s.plain[targets[i].Name] = targets[i].Literal
	}
	s.null = map[string]bool{}
	for _, w := range s.Mapping.Null {
		s.null[strings.ToLower(Clean(w))] = true
	}
	if err := s.bind(targets); err != nil {
		return err
	}
	s.findAreas(targets)
	first := s.data(rows)
	s.findChains(first, targets)
	s.float = s.floatColumns(first)
	return nil
}

// withoutMarks blanks the headings of columns that an earlier run added and that mean nothing.
func withoutMarks(headings []string, targets []Target) []string {
	names := slices.Clone(headings)
	for i, n := range names {
		if n == StatusHeading || n == IDHeading && !sure(targets, n) {
			names[i] = ""
		}
	}
	return names
}

// Close releases the file and the temporary copy of its rows.
func (s *Source) Close() error {
	err := s.Book.Close()
	if s.spool != nil {
		err = errors.Join(err, s.spool.Close())
	}
	return err
}

// choose finds the sheet and its headings.
func (s *Source) choose(wanted string, headerRow int, targets []Target) ([]sheet.Row, error) {
	known := KnownHeading(targets)
	names := []string{wanted}
	if wanted == "" {
		names = names[:0]
		for _, i := range s.Book.Sheets {
			if !i.Hidden {
				names = append(names, i.Name)
			}
		}
	}
	var best []sheet.Row
	bestScore, heads := -1.0, map[string][]string{}
	for _, name := range names {
		rows, err := firstRows(s.Book, name)
		if err != nil {
			return nil, err
		}
		head, ok := headOf(rows, headerRow, known, targets)
		if !ok {
			continue
		}
		score := 0.0
		if len(below(rows, head.Row)) > 0 {
			heads[name] = head.Names
		}
		for _, n := range head.Names {
			score += known(n)
		}
		if score > bestScore {
			best, bestScore, s.Head, s.Sheet = rows, score, head, name
		}
	}
	if bestScore < 0 {
		return nil, fhir.Errorf(fhir.Invalid, "%s has no row of column headings among its first %d rows; say which with headerRow in the mapping", s.Book.Name, headRows)
	}
	s.alike = alike(names, heads, s.Sheet)
	return best, nil
}

func headOf(rows []sheet.Row, headerRow int, known func(string) float64, targets []Target) (sheet.Head, bool) {
	if headerRow == 0 {
		for _, r := range rows[:min(len(rows), 40)] {
			if slices.ContainsFunc(r.Cells, func(c string) bool { return sure(targets, c) }) {
				return sheet.HeadAt(rows, r.Number)
			}
		}
		return sheet.FindHead(rows[:min(len(rows), 40)], known)
	}
	return sheet.HeadAt(rows, headerRow)
}

func firstRows(b *sheet.Book, name string) ([]sheet.Row, error) {
	r, err := b.Rows(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return grid.Take(r.Next, headRows)
}

func below(rows []sheet.Row, head int) [][]string {
	var out [][]string
	for _, r := range rows {
		if r.Number > head {
			out = append(out, r.Cells)
		}
	}
	return out
}

// bind finds the column of the sheet for each mapped column.
func (s *Source) bind(targets []Target) error {
	s.byKey = map[string][]int{}
	for _, c := range s.Mapping.Columns {
		if c.Target == "" {
			continue
		}
		if s.Mapping.Swapped {
			c.Target = swapped(c.Target)
		}
		at, err := s.find(&c)
		if err != nil {
			return err
		}
		if at < 0 {
			continue
		}
		for nth, c := range c.spread(targets) {
			s.Columns = append(s.Columns, c)
			s.at = append(s.at, at)
			s.nth = append(s.nth, nth)
			s.Use = append(s.Use, ColumnUse{Heading: c.Heading, Target: c.Target})
			s.byKey[c.Target] = append(s.byKey[c.Target], len(s.Columns)-1)
		}
	}
	for _, at := range s.byKey {
		slices.SortStableFunc(at, func(a, b int) int { return s.Columns[a].Level - s.Columns[b].Level })
	}
	return nil
}

// swapped exchanges the two coordinates.
func swapped(target string) string {
	switch target {
	case "latitude":
		return "longitude"
	case "longitude":
		return "latitude"
	}
	return target
}

// find returns the position of a column, -1 when it may be missing and is.
func (s *Source) find(c *Column) (int, error) {
	if c.At > 0 {
		if c.At > len(s.Head.Names) || HeadKey(s.Head.Names[c.At-1]) != HeadKey(c.Heading) {
			return 0, fhir.Errorf(fhir.Invalid, "column %d of sheet %q is not %q as the mapping says", c.At, s.Sheet, c.Heading)
		}
		return c.At - 1, nil
	}
	if at := slices.Index(s.Head.Names, c.Heading); at >= 0 && c.Heading != "" {
		return at, nil
	}
	want := HeadKey(c.Heading)
	for i, n := range s.Head.Names {
		if HeadKey(n) == want {
			return i, nil
		}
	}
	if c.Optional {
		return -1, nil
	}
	return 0, fhir.Errorf(fhir.Invalid, "sheet %q has no column %q, which the mapping wants.%s", s.Sheet, c.Heading, DidYouMean(c.Heading, s.Head.Names))
}

// Unmapped lists the headings of the columns that are not used.
func (s *Source) Unmapped() []string {
	out := []string{}
	for i, n := range s.Head.Names {
		if n != "" && !slices.Contains(s.at, i) {
			out = append(out, n)
		}
	}
	return out
}

// Has tells whether a target has a column.
func (s *Source) Has(target string) bool { return len(s.byKey[target]) > 0 }

// Column returns the first column of a target, nil when it has none.
func (s *Source) Column(target string) *Column {
	if at := s.byKey[target]; len(at) > 0 {
		return &s.Columns[at[0]]
	}
	return nil
}

// Each calls fn for every row below the headings. The first walk reads the file and keeps a
// compact copy of the mapped cells on disk, from which later walks read.
func (s *Source) Each(ctx context.Context, fn func(*Row) error) error {
	if s.spool != nil {
		return s.again(ctx, fn)
	}
	return s.first(ctx, fn)
}
