package valuesets

import (
	"strconv"

	"masjala/fhir"
	"masjala/importers/tabular"
)

// The columns of exported expansions, by position.
const (
	atLevel = iota
	atAbstract
	atInactive
	atSystem
	atVersion
	atCode
	atDisplay
)

var expansionColumns = []string{"Level", "Abstract", "Inactive", "System", "System version", "Code", "Display"}

// ExpansionTable lays the expansion of a ValueSet out as rows that give the same again (TSF-8): one
// that is stored, or one that $expand answered. It fails with Unprocessable for a value set without
// an expansion, and for an entry with neither a code nor the mark of a heading.
func ExpansionTable(r *fhir.Resource) (*tabular.Table, error) {
	x := fhir.Member(r.Body, "expansion")
	if x == nil {
		return nil, fhir.Errorf(fhir.Unprocessable, "the value set %s has no expansion", r.Field("url"))
	}
	entries, nested := 0, false
	err := eachEntry(fhir.Member(x, "contains"), 1, func(entry []byte, level int) error {
		entries++
		nested = nested || level > 1
		code := fhir.Member(entry, "code")
		if code == nil && string(fhir.Member(entry, "abstract")) != "true" || code != nil && fhir.Member(entry, "system") == nil {
			return fhir.Errorf(fhir.Unprocessable, "the expansion has an entry without a code or without its system, which a table cannot hold; export it as FHIR JSON")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	about := func(o *tabular.Object) {
		rest := &tabular.Object{}
		rest.Adopt(x)
		rest.Delete("contains")
		rest.Count("total", entries)
		o.Set("expansion", rest.Append(nil, expansion))
	}
	line := tabular.Line{Cells: make([]string, len(expansionColumns))}
	return expansions.NewTable(r, expansionColumns, about, nil, func(yield func(*tabular.Line) error) error {
		return eachEntry(fhir.Member(x, "contains"), 1, func(entry []byte, level int) error {
			line.Reset()
			if nested {
				line.Cells[atLevel] = strconv.Itoa(level)
			}
			line.Lay(entry, entryColumns, "contains")
			return yield(&line)
		})
	})
}

// eachEntry calls fn for the entries of a JSON list, each before those below it.
func eachEntry(list []byte, level int, fn func(entry []byte, level int) error) error {
	for entry := range fhir.Items(list) {
		if err := fn(entry, level); err != nil {
			return err
		}
		if err := eachEntry(fhir.Member(entry, "contains"), level+1, fn); err != nil {
			return err
		}
	}
	return nil
}

var entryColumns = map[string]int{"abstract": atAbstract, "inactive": atInactive, "system": atSystem, "version": atVersion, "code": atCode, "display": atDisplay}
