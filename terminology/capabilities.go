package terminology

import (
	"context"
	"runtime"
	"slices"
	"strings"

	"masjala/fhir"
)

// expansionParameters are those that Expand honours.
var expansionParameters = []string{
	"activeOnly", "check-system-version", "count", "date", "designation", "displayLanguage", "exclude-system",
	"excludeNested", "excludeNotForUI", "excludePostCoordinated", "filter", "force-system-version",
	"includeDefinition", "includeDesignations", "offset", "property", "system-version", "tx-resource", "url", "useSupplement", "valueSet", "valueSetVersion",
}

// Capabilities returns the TerminologyCapabilities of the service
// (https://hl7.org/fhir/R4/terminologycapabilities.html): the code systems in each
// version, and what $expand, $validate-code and $translate honour.
func (s *Service) Capabilities(_ context.Context) ([]byte, error) {
	c := s.now.Load()
	defer runtime.KeepAlive(c)
	b := []byte(`{"resourceType":"TerminologyCapabilities","status":"active","date":"`)
	b = s.opt.Now().UTC().AppendFormat(b, fhir.Instant)
	b = append(b, `","kind":"instance","version":"1","name":"MasjalaTerminology","title":"Masjala terminology","software":{"name":"masjala"},"implementation":{"description":"Masjala terminology service"},`...)
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
		if list[0].typ == codeSystem {
			urls = append(urls, strings.TrimPrefix(key, codeSystem+" "))
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
		b = append(b, `{"uri":`...)
		b = fhir.AppendString(b, url)
		b = c.systemVersions(b, c.byURL[urlKey(codeSystem, url)])
		b = append(b, '}')
	}
	return append(b, `],`...)
}

func (c *catalog) systemVersions(b []byte, list []*entry) []byte {
	some := false
	for i, e := range list {
		if e.info.Version == "" {
			continue
		}
		if some {
			b = append(b, ',')
		} else {
			b = append(b, `,"version":[`...)
		}
		some = true
		b = append(b, `{"code":`...)
		b = fhir.AppendString(b, e.info.Version)
		b = append(b, `,"isDefault":`...)
		if i == 0 {
			b = append(b, "true}"...)
		} else {
			b = append(b, "false}"...)
		}
	}
	if some {
		b = append(b, ']')
	}
	return b
}
