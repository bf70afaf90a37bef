package terminology

import (
	"context"
	"runtime"
	"slices"
	"strconv"

	"masjala/fhir"
	"masjala/terminology/concept"
)

// expansionParameters are those that Expand honours.
var expansionParameters = []string{
	"activeOnly", "check-system-version", "check-valueset-version", "count", "date", "default-valueset-version", "designation",
	"displayLanguage", "exclude-system", "excludeNested", "excludeNotForUI", "excludePostCoordinated", "filter", "force-system-version",
	"force-valueset-version", "includeDefinition", "includeDesignations", "offset", "property", "system-version", "tx-resource",
	"url", "useSupplement", "valueSet", "valueSetVersion",
}

// filterOperators are those of R4 that filters on concept may have; other properties take
// those that do not follow the hierarchy.
const (
	filterOperators   = `["=","is-a","descendent-of","is-not-a","regex","in","not-in","generalizes","exists"]`
	propertyOperators = `["=","regex","in","not-in","exists"]`
)

// Capabilities returns the TerminologyCapabilities of the service
// (https://hl7.org/fhir/R4/terminologycapabilities.html): the code systems in each
// version with their languages, filters and properties, and what $expand, $validate-code,
// $translate and $closure honour (TX-2).
func (s *Service) Capabilities(_ context.Context) ([]byte, error) {
	c := s.now.Load()
	defer runtime.KeepAlive(c)
	b := []byte(`{"resourceType":"TerminologyCapabilities","url":"urn:masjala:terminology","status":"active","experimental":false,"date":"`)
	b = s.opt.Now().UTC().AppendFormat(b, fhir.Instant)
	b = append(b, `","kind":"instance","version":"1","name":"MasjalaTerminology","title":"Masjala terminology",`+
		`"description":"Terminology service of FHIR R4, IHE SVCM and the FHIR terminology ecosystem.","software":{"name":"masjala"},`+
		`"implementation":{"description":"Masjala terminology service"},"lockedDate":true,`...)
	b = c.systems(b)
	b = append(b, `"expansion":{"hierarchical":true,"paging":true,"incomplete":false,"parameter":[`...)
	for i, name := range expansionParameters {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"name":"`...)
		b = append(b, name...)
		b = append(b, `"}`...)
	}
	b = append(b, `],"textFilter":"Each word of the filter must start a word of the display or of a designation, or the code. Case and accents do not matter."},`...)
	b = append(b, `"codeSearch":"all","validateCode":{"translations":true},"translation":{"needsMap":false},"closure":{"translation":false}}`...)
	return b, nil
}

// systems appends the member codeSystem, with a comma after it, if there are any.
func (c *catalog) systems(b []byte) []byte {
	var urls []string
	for key, list := range c.byURL {
		if list[0].typ == codeSystem && list[0].info.Content != "supplement" {
			urls = append(urls, key.url)
		}
	}
	if len(urls) == 0 {
		return b
	}
	slices.Sort(urls)
	b = append(b, `"codeSystem":[`...)
	for i, url := range urls {
		if i > 0 {
			b = append(b, ',')
		}
		list := c.byURL[address{codeSystem, url}]
		b = append(b, `{"uri":`...)
		b = fhir.AppendString(b, url)
		b = append(b, `,"version":[`...)
		for n, e := range list {
			if n > 0 {
				b = append(b, ',')
			}
			b = e.opened().version(b, n == 0)
		}
		b = append(b, `],"subsumption":`...)
		b = strconv.AppendBool(b, list[0].opened().set != nil)
		b = append(b, '}')
	}
	return append(b, `],`...)
}

// version appends what can be asked of one version of a code system.
func (e *entry) version(b []byte, usual bool) []byte {
	b = append(b, '{')
	if e.info.Version != "" {
		b = append(b, `"code":`...)
		b = fhir.AppendString(b, e.info.Version)
		b = append(b, ',')
	}
	b = append(b, `"isDefault":`+strconv.FormatBool(usual)+`,"compositional":false`...)
	if e.set == nil {
		return append(b, '}')
	}
	var langs []string
	for _, l := range append([]string{e.set.Meta().Language}, e.set.Languages()...) {
		if l != "" && !slices.Contains(langs, l) {
			langs = append(langs, l)
		}
	}
	b = appendStrings(b, "language", langs)
	b = append(b, `,"filter":[{"code":"concept","op":`+filterOperators+`}`...)
	if !slices.ContainsFunc(e.set.Meta().Properties, func(p concept.Declared) bool { return p.Code == "constraint" }) {
		b = append(b, `,{"code":"constraint","op":["="]}`...)
	}
	var names []string
	for _, p := range e.set.Meta().Properties {
		if p.Code == "" || slices.Contains(names, p.Code) {
			continue
		}
		names = append(names, p.Code)
		b = append(b, `,{"code":`...)
		b = fhir.AppendString(b, p.Code)
		b = append(b, `,"op":`+propertyOperators+`}`...)
	}
	b = append(b, ']')
	b = appendStrings(b, "property", names)
	return append(b, '}')
}

// appendStrings appends a member with a list of texts after a comma, unless it is empty.
func appendStrings(b []byte, name string, list []string) []byte {
	for i, s := range list {
		b = append(b, [2]string{`,"` + name + `":[`, `,`}[min(i, 1)]...)
		b = fhir.AppendString(b, s)
	}
	if len(list) > 0 {
		b = append(b, ']')
	}
	return b
}
