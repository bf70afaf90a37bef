package sqlite_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"syscall"
	"testing"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
	"masjala/store/sqlite"
)

// facility makes the Location and the Organization of a facility like those of a national list.
func facility(i int) []*store.Draft {
	word := func(n int) string {
		return [...]string{"Central", "District", "Hospital", "Clinic", "Saint", "Mary", "Community", "Health", "Post", "Kilifi", "Nakuru", "North", "South", "Referral"}[n%14]
	}
	name := fmt.Sprintf("%s %s %s %d", word(i*7), word(i/3), word(i/11), i)
	area := fmt.Sprintf("area-%d", i%2000)
	loc := fmt.Sprintf(`{"identifier":[{"system":"http://example.org/who","value":"F%06d"}],"status":"active","name":%q,"mode":"instance",`+
		`"type":[{"coding":[{"system":"urn:ietf:rfc:3986","code":"urn:ihe:iti:mcsd:2019:facility"}]},{"coding":[{"system":"http://example.org/type","code":"t%d","display":"Type %d"}]}],`+
		`"address":{"city":%q,"country":"KE"},"physicalType":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/location-physical-type","code":"bu"}]},`+
		`"position":{"longitude":%.5f,"latitude":%.5f},"managingOrganization":{"reference":"Organization/o-%d"},"partOf":{"reference":"Location/%s"}}`,
		i, name, i%12, i%12, word(i), 30+float64(i%1000)/90, -5+float64(i%977)/88, i, area)
	org := fmt.Sprintf(`{"identifier":[{"system":"http://example.org/who","value":"F%06d"}],"active":true,"name":%q,`+
		`"type":[{"coding":[{"system":"urn:ietf:rfc:3986","code":"urn:ihe:iti:mcsd:2019:facility"}]},{"coding":[{"system":"http://example.org/type","code":"t%d","display":"Type %d"}]}]}`,
		i, name, i%12, i%12)
	meta := []byte(`{"profile":["https://profiles.ihe.net/ITI/mCSD/StructureDefinition/IHE.mCSD.FacilityLocation"]}`)
	var ds []*store.Draft
	for _, r := range []*fhir.Resource{
		{Type: "Organization", ID: fmt.Sprintf("o-%d", i), Body: []byte(org), Meta: meta},
		{Type: "Location", ID: fmt.Sprintf("l-%d", i), Body: []byte(loc), Meta: meta},
	} {
		ds = append(ds, &store.Draft{Resource: r, Entries: search.Extract(r)})
	}
	return ds
}

func openBench(b *testing.B) *sqlite.Store {
	b.Helper()
	s, err := sqlite.Open(b.TempDir(), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return s
}

// load stores facilities from, from+1, … n at a time.
func load(b *testing.B, s store.Store, from, n int) {
	b.Helper()
	err := s.Write(context.Background(), store.Cause{Actor: "bench"}, func(tx store.Tx) error {
		for i := from; i < from+n; i++ {
			for _, d := range facility(i) {
				if _, err := tx.Put(d, "PUT"); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkBulk loads 1,000 resources a transaction, as an import does; the drafts are made outside of the clock.
func BenchmarkBulk(b *testing.B) {
	s := openBench(b)
	n := 0
	before := processorTime(b)
	for b.Loop() {
		b.StopTimer()
		var ds []*store.Draft
		for range 500 {
			ds = append(ds, facility(n)...)
			n++
		}
		b.StartTimer()
		put(b, s, ds...)
	}
	b.ReportMetric(float64(2*n)/b.Elapsed().Seconds(), "resources/s")
	b.ReportMetric(float64(processorTime(b)-before)/float64(2*n)/1000, "cpu-µs/resource") // with making the drafts
}

func BenchmarkCreate(b *testing.B) {
	for _, clients := range []int{1, 8, 64} {
		b.Run(fmt.Sprintf("%d clients", clients), func(b *testing.B) {
			s := openBench(b)
			var n atomic.Int64
			b.SetParallelism((clients + 1) / 2)
			before := processorTime(b)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					put(b, s, facility(int(n.Add(1)))[1])
				}
			})
			b.ReportMetric(float64(n.Load())/b.Elapsed().Seconds(), "creates/s")
			b.ReportMetric(float64(processorTime(b)-before)/float64(n.Load())/1000, "cpu-µs/op")
		})
	}
}

// BenchmarkRead reads by id: from memory, and from the file.
func BenchmarkRead(b *testing.B) {
	for name, cache := range map[string]int64{"cached": 0, "uncached": -1} {
		b.Run(name, func(b *testing.B) {
			s, err := sqlite.Open(b.TempDir(), sqlite.Options{CacheBytes: cache})
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { s.Close() })
			load(b, s, 0, 5000)
			ids := make([]string, 5000)
			for i := range ids {
				ids[i] = fmt.Sprintf("l-%d", i*7919%5000)
				if _, err := s.Read(b.Context(), "Location", ids[i]); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if _, err := s.Read(b.Context(), "Location", ids[i%len(ids)]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// processorTime is what the process has used so far, in nanoseconds: on a shared machine
// it says more than the time of day.
func processorTime(b *testing.B) int64 {
	b.Helper()
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return r.Utime.Nano() + r.Stime.Nano()
}

// BenchmarkSearch asks for the first 20 of 100,000 resources, total included, in each shape:
// from the file, and from the index where it answers.
func BenchmarkSearch(b *testing.B) {
	s := openBench(b)
	for i := 0; i < 50_000; i += 500 {
		load(b, s, i, 500)
	}
	if err := s.RebuildIndex(); err != nil {
		b.Fatal(err)
	}
	for _, shape := range shapes {
		for name, ask := range map[string]func(context.Context, *search.Query) (*store.Page, error){"index": s.SearchIndex, "file": s.SearchFile} {
			b.Run(shape.typ+"?"+shape.query+" by the "+name, func(b *testing.B) {
				q := query(b, shape.typ, shape.query)
				q.Count = 20
				if p, err := ask(b.Context(), q); p == nil {
					b.Skip("not answered", err)
				}
				b.ReportAllocs()
				before := processorTime(b)
				for b.Loop() {
					if _, err := ask(b.Context(), q); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(processorTime(b)-before)/float64(b.N)/1000, "cpu-µs/op")
			})
		}
	}
}

// BenchmarkHierarchy asks for what lies below units of a tree of 55,000 in six levels.
func BenchmarkHierarchy(b *testing.B) {
	s := openBench(b)
	var ds []*store.Draft
	for i := range 55_986 {
		body := fmt.Sprintf(`{"name":"unit %d"}`, i)
		if i > 0 {
			body = fmt.Sprintf(`{"name":"unit %d","partOf":{"reference":"Location/u-%d"}}`, i, (i-1)/6)
		}
		r := &fhir.Resource{Type: "Location", ID: fmt.Sprintf("u-%d", i), Body: []byte(body)}
		if ds = append(ds, &store.Draft{Resource: r, Entries: search.Extract(r)}); len(ds) == 1000 {
			put(b, s, ds...)
			ds = ds[:0]
		}
	}
	put(b, s, ds...)
	for name, text := range map[string]string{
		"all":      "partof:below=Location/u-0",
		"a sixth":  "partof:below=Location/u-1",
		"a school": "partof:below=Location/u-9000",
		"above":    "partof:above=Location/u-50000",
		"named":    "partof:below=Location/u-0&name=unit 5",
	} {
		b.Run(name, func(b *testing.B) {
			q := query(b, "Location", text)
			q.Count = 20
			before := processorTime(b)
			for b.Loop() {
				if _, err := s.Search(b.Context(), q); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(processorTime(b)-before)/float64(b.N)/1000, "cpu-µs/op")
		})
	}
}

// BenchmarkRebuild makes the index of 100,000 resources.
func BenchmarkRebuild(b *testing.B) {
	s := openBench(b)
	for i := 0; i < 50_000; i += 500 {
		load(b, s, i, 500)
	}
	before := processorTime(b)
	for b.Loop() {
		if err := s.RebuildIndex(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(processorTime(b)-before)/float64(b.N)/100_000/1000, "cpu-µs/resource")
}

// BenchmarkHistory asks for pages of 100 versions of a type, of 20,000.
func BenchmarkHistory(b *testing.B) {
	s := openBench(b)
	for i := 0; i < 10_000; i += 500 {
		load(b, s, i, 500)
	}
	cursor := ""
	b.ReportAllocs()
	before := processorTime(b)
	for b.Loop() {
		p, err := s.History(b.Context(), store.HistoryQuery{Type: "Location", Count: 100, Cursor: cursor})
		if err != nil {
			b.Fatal(err)
		}
		cursor = p.Next
	}
	b.ReportMetric(float64(processorTime(b)-before)/float64(b.N)/1000, "cpu-µs/op")
}

// BenchmarkContents asks the index for 20 resources none of which is in memory.
func BenchmarkContents(b *testing.B) {
	s, err := sqlite.Open(b.TempDir(), sqlite.Options{CacheBytes: -1})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	for i := 0; i < 10_000; i += 500 {
		load(b, s, i, 500)
	}
	b.ReportAllocs()
	i := 0
	before := processorTime(b)
	for b.Loop() {
		q := query(b, "Location", fmt.Sprint("status=active&type=t", i%12))
		i++
		q.Count = 20
		if p, err := s.SearchIndex(b.Context(), q); err != nil || len(p.Matches) != 20 {
			b.Fatal(p, err)
		}
	}
	b.ReportMetric(float64(processorTime(b)-before)/float64(b.N)/1000, "cpu-µs/op")
}
