package valuesets

import (
	"strconv"
	"strings"

	"masjala/fhir"
	"masjala/importers/tabular"
)

// The columns of exported definitions, by position.
const (
	inUse = iota
	inPart
	inSystem
	inVersion
	inCode
	inDisplay
	inFilter
	inOp
	inValue
	inSets
)

var definitionColumns = []string{"Include or exclude", "Part", "System", "System version", "Code", "Display", "Filter property", "Filter op", "Filter value", "Included value sets"}

// Table lays the definition of a ValueSet out as rows that give the same again (TSF-6). It fails
// with Unprocessable for a definition that names a code twice in one part, or has codes and filters
// in one, which R4 does not allow.
func Table(r *fhir.Resource) (*tabular.Table, error) {
	definition := fhir.Member(r.Body, "compose")
	if err := checkParts(definition); err != nil {
		return nil, err
	}
	about := func(o *tabular.Object) {
		rest := &tabular.Object{}
		rest.Adopt(definition)
		rest.Delete("include")
		rest.Delete("exclude")
		if !rest.Empty() {
			o.Set("compose", rest.Append(nil, composed))
		}
	}
	line := tabular.Line{Cells: make([]string, len(definitionColumns))}
	return definitions.NewTable(r, definitionColumns, about, nil, func(yield func(*tabular.Line) error) error {
		number := 0
		for _, use := range []string{"include", "exclude"} {
			for body := range fhir.Items(fhir.Member(definition, use)) {
				number++
				if err := layPart(&line, body, use, strconv.Itoa(number), yield); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func checkParts(definition []byte) error {
	for _, use := range []string{"include", "exclude"} {
		for body := range fhir.Items(fhir.Member(definition, use)) {
			seen := map[string]bool{}
			for c := range fhir.Items(fhir.Member(body, "concept")) {
				code := fhir.Unquote(fhir.Member(c, "code"))
				if code == "" || seen[code] {
					return fhir.Errorf(fhir.Unprocessable, "the definition has the code %q twice in one part, or a concept without one, so that a table cannot hold it; export it as FHIR JSON", code)
				}
				seen[code] = true
			}
			if len(seen) > 0 && fhir.Member(body, "filter") != nil {
				return fhir.Errorf(fhir.Unprocessable, "the definition has codes and filters in one part, which a table cannot hold; export it as FHIR JSON")
			}
		}
	}
	return nil
}

// layPart hands over the rows of one part.
func layPart(l *tabular.Line, body []byte, use, number string, yield func(*tabular.Line) error) error {
	cells, rest := opening(body, use, number)
	rows := 0
	lay := func(item []byte, columns map[string]int) error {
		l.Reset()
		copy(l.Cells, cells)
		if rows++; rows == 1 && !rest.Empty() {
			l.More.Set("part", rest.Append(nil, included))
		}
		l.Lay(item, columns, "")
		return yield(l)
	}
	for c := range fhir.Items(fhir.Member(body, "concept")) {
		if err := lay(c, conceptColumns); err != nil {
			return err
		}
	}
	for f := range fhir.Items(fhir.Member(body, "filter")) {
		if err := lay(f, filterColumns); err != nil {
			return err
		}
	}
	if rows == 0 {
		return lay(nil, nil)
	}
	return nil
}

var (
	conceptColumns = map[string]int{"code": inCode, "display": inDisplay}
	filterColumns  = map[string]int{"property": inFilter, "op": inOp, "value": inValue}
)

// opening is what each row of a part has, where it draws from, and what else the first of them
// says. It reads past all codes of the part, so it is done once for each.
func opening(body []byte, use, number string) (cells []string, rest *tabular.Object) {
	cells, rest = make([]string, len(definitionColumns)), &tabular.Object{}
	cells[inUse], cells[inPart] = use, number
	for name, value := range fhir.Members(body) {
		text := fhir.Unquote(value)
		switch n := string(name); {
		case n == "concept" || n == "filter":
		case n == "system" && tabular.Fits(text):
			cells[inSystem] = text
		case n == "version" && tabular.Fits(text):
			cells[inVersion] = text
		case n == "valueSet" && spaced(value) != "":
			cells[inSets] = spaced(value)
		default:
			rest.Set(n, value)
		}
	}
	return cells, rest
}

// spaced lists texts with blanks between them; "" when a cell would not give them back.
func spaced(list []byte) string {
	var texts []string
	for t := range fhir.Items(list) {
		text := fhir.Unquote(t)
		if text == "" || strings.ContainsAny(text, " \t\n\r") {
			return ""
		}
		texts = append(texts, text)
	}
	if all := strings.Join(texts, " "); tabular.Fits(all) {
		return all
	}
	return ""
}
