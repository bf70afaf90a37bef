package mcsd_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"masjala/store/storetest"
	"masjala/sync/mcsd"
)

// BenchmarkFirstRun follows an upstream of 10,000 facilities whose pages cost nothing to make.
func BenchmarkFirstRun(b *testing.B) {
	const pages, size = 20, 500
	bodies := make([]string, pages)
	for p := range pages {
		var entries []string
		for i := range size {
			id := fmt.Sprintf("f%d", p*size+i)
			entries = append(entries, history(id, fmt.Sprintf(
				`{"resourceType":"Location","id":"%s","meta":{"versionId":"1","lastUpdated":"2026-01-02T03:04:05.000Z"},"identifier":[{"system":"https://example.org/ids","value":"%s"}],"status":"active","name":"Facility %s","mode":"instance","type":[{"coding":[{"system":"https://example.org/level","code":"L%d"}]}],"position":{"longitude":%d.25,"latitude":-1.5},"partOf":{"reference":"Location/f%d"}}`,
				id, id, id, i%6, i%40, p*size+i%7)))
		}
		next := ""
		if p+1 < pages {
			next = fmt.Sprintf(`"link":[{"relation":"next","url":"?page=%d"}],`, p+1)
		}
		bodies[p] = `{"resourceType":"Bundle","type":"history",` + next + `"entry":[` + strings.Join(entries, ",") + `]}`
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/fhir+json")
		switch {
		case !strings.HasSuffix(r.URL.Path, "/Location/_history"):
			fmt.Fprint(w, emptyHistory)
		case r.URL.Query().Has("page"):
			var p int
			fmt.Sscan(r.URL.Query().Get("page"), &p)
			fmt.Fprint(w, bodies[p])
		default:
			fmt.Fprint(w, bodies[0])
		}
	}))
	defer srv.Close()
	for b.Loop() {
		b.StopTimer()
		f := followWith(b, storetest.Open(b), nil, mcsd.Source{URL: srv.URL})
		b.StartTimer()
		if got := counts(f.run(), "Location"); got.Created != pages*size {
			b.Fatalf("got %+v", got)
		}
	}
	b.ReportMetric(float64(b.N*pages*size)/b.Elapsed().Seconds(), "resources/s")
}
