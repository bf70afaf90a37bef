package maps

import (
	"strconv"

	"masjala/fhir"
	"masjala/importers/tabular"
)

// Table lays a ConceptMap out as pairs that give the same again (TSF-10). It fails with
// Unprocessable for a map that names a code twice in one group, or one pair twice.
func Table(r *fhir.Resource) (*tabular.Table, error) {
	groups := fhir.Member(r.Body, "group")
	for g := range fhir.Items(groups) {
		if err := checkGroup(g); err != nil {
			return nil, err
		}
	}
	l := &layer{line: tabular.Line{Cells: make([]string, len(columns))}}
	return pairs.NewTable(r, columns, func(*tabular.Object) {}, nil, func(yield func(*tabular.Line) error) error {
		number := 0
		for g := range fhir.Items(groups) {
			number++
			if err := l.lay(g, strconv.Itoa(number), yield); err != nil {
				return err
			}
		}
		return nil
	})
}

// checkGroup fails when rows could not tell the codes or the pairs of a group apart.
func checkGroup(g []byte) error {
	seen := map[string]bool{}
	for e := range fhir.Items(fhir.Member(g, "element")) {
		code := fhir.Unquote(fhir.Member(e, "code"))
		if code == "" || seen[code] {
			return fhir.Errorf(fhir.Unprocessable, "the map has the code %q twice in one group, or an element without one, so that a table cannot hold it; export it as FHIR JSON", code)
		}
		seen[code] = true
		targets := map[string]bool{}
		for t := range fhir.Items(fhir.Member(e, "target")) {
			if key := keyOf(t); targets[key] {
				return fhir.Errorf(fhir.Unprocessable, "the map has one pair of the code %q twice, so that a table cannot hold it; export it as FHIR JSON", code)
			} else {
				targets[key] = true
			}
		}
	}
	return nil
}

// layer lays groups out, row by row.
type layer struct{ line tabular.Line }

var groupColumns = map[string]int{"source": inSourceSystem, "sourceVersion": inSourceVersion, "target": inTargetSystem, "targetVersion": inTargetVersion}

// opening is what each row of a group has, and what else the first of them says. It reads past
// all pairs of the group, so it is done once for each.
func opening(g []byte, number string) (cells []string, rest *tabular.Object) {
	cells, rest = make([]string, len(columns)), &tabular.Object{}
	cells[inPart] = number
	for name, value := range fhir.Members(g) {
		text := fhir.Unquote(value)
		column, ok := groupColumns[string(name)]
		switch {
		case string(name) == "element" || string(name) == "unmapped":
		case ok && tabular.Fits(text):
			cells[column] = text
		default:
			rest.Set(string(name), value)
		}
	}
	return cells, rest
}

// put lays the members of an object into columns, and what they cannot hold into a member of More.
func (l *layer) put(object []byte, as string, columns map[string]int, loose string) {
	rest := &tabular.Object{}
	for name, value := range fhir.Members(object) {
		column, ok := columns[string(name)]
		switch text := fhir.Unquote(value); {
		case string(name) == "target" && as == "element":
		case ok && tabular.Fits(text) && (string(name) != loose || !tabular.IsNull(text)):
			l.line.Cells[column] = text
		default:
			rest.Set(string(name), value)
		}
	}
	if !rest.Empty() {
		l.line.More.Set(as, rest.Append(nil, targeted))
	}
}

var (
	elementColumns  = map[string]int{"code": inSource, "display": inSourceDisplay}
	targetColumns   = map[string]int{"code": inTarget, "display": inTargetDisplay, "equivalence": inEquivalence, "comment": inComment}
	unmappedColumns = map[string]int{"mode": inUnmapped, "code": inTarget, "display": inTargetDisplay, "url": inOtherMap}
)

// lay hands over the rows of one group.
func (l *layer) lay(g []byte, number string, yield func(*tabular.Line) error) error {
	cells, rest := opening(g, number)
	first := true
	begin := func() {
		l.line.Reset()
		copy(l.line.Cells, cells)
		if first && !rest.Empty() {
			l.line.More.Set("group", rest.Append(nil, grouped))
		}
		first = false
	}
	for e := range fhir.Items(fhir.Member(g, "element")) {
		rows := 0
		for t := range fhir.Items(fhir.Member(e, "target")) {
			begin()
			l.element(e, rows == 0)
			l.put(t, "target", targetColumns, "comment")
			rows++
			if err := yield(&l.line); err != nil {
				return err
			}
		}
		if rows == 0 {
			begin()
			l.element(e, true)
			if err := yield(&l.line); err != nil {
				return err
			}
		}
	}
	unmapped := fhir.Member(g, "unmapped")
	if unmapped == nil && !first {
		return nil
	}
	begin()
	l.put(unmapped, "unmapped", unmappedColumns, "")
	return yield(&l.line)
}

// element lays the code that is mapped; what no column can hold stands in its first row, but for
// the code, which each row needs.
func (l *layer) element(e []byte, first bool) {
	if first {
		l.put(e, "element", elementColumns, "")
		return
	}
	code := &tabular.Object{}
	code.Set("code", fhir.Member(e, "code"))
	l.put(code.Append(nil, mapped), "element", elementColumns, "")
}
