package sqlite_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
	"masjala/store/sqlite"
)

// country makes random resources that refer to each other, and random searches for them.
type country struct {
	*rand.Rand
	n int // ids of each type
}

func (c *country) of(list ...string) string { return list[c.IntN(len(list))] }

func (c *country) id(typ string) string {
	return fmt.Sprintf("%s-%d", strings.ToLower(typ[:2]), c.IntN(c.n))
}

var countryNames = []string{"Kilifi", "Kilifi County Hospital", "Élise", "elise ward", "St. Mary", "Mnarani", "Ñandú", "保健所", "Referral of the North", "north", "a"}

func (c *country) reference(typ string) string {
	switch c.IntN(8) {
	case 0:
		return `{"reference":"http://elsewhere.example/fhir/` + typ + "/" + c.id(typ) + `"}`
	case 1:
		return `{"identifier":{"system":"urn:a","value":"` + c.of("1", "2", "3") + `"}}`
	}
	return `{"reference":"` + typ + "/" + c.id(typ) + `"}`
}

// resource makes a resource of a type.
func (c *country) resource() *fhir.Resource {
	typ := c.of("Organization", "Location", "Location", "PractitionerRole")
	members := []string{
		fmt.Sprintf(`"identifier":[{"system":"urn:%s","value":"%d"},{"value":"%d"}]`, c.of("a", "b"), c.IntN(c.n), c.IntN(9)),
	}
	add := func(chance int, text string) {
		if c.IntN(4) < chance {
			members = append(members, text)
		}
	}
	coding := fmt.Sprintf(`[{"coding":[{"system":"urn:%s","code":"%s"}],"text":"%s"}]`, c.of("x", "y"), c.of("t1", "t2", "t3"), c.of("Clinic", "Ward"))
	switch typ {
	case "Organization":
		add(3, fmt.Sprintf(`"name":%q`, c.of(countryNames...)))
		add(2, fmt.Sprintf(`"active":%t`, c.IntN(2) == 0))
		add(3, `"type":`+coding)
		add(2, `"partOf":`+c.reference("Organization"))
	case "Location":
		add(3, fmt.Sprintf(`"name":%q,"alias":[%q]`, c.of(countryNames...)+" "+c.of(countryNames...), c.of(countryNames...)))
		add(3, fmt.Sprintf(`"status":%q`, c.of("active", "inactive", "suspended")))
		add(3, `"type":`+coding)
		add(3, `"managingOrganization":`+c.reference("Organization"))
		add(2, `"partOf":`+c.reference("Location"))
		add(3, fmt.Sprintf(`"position":{"latitude":%.3f,"longitude":%.3f}`, c.Float64()*0.8-0.4, 36+c.Float64()*0.8))
		add(1, fmt.Sprintf(`"address":{"city":%q}`, c.of(countryNames...)))
	default:
		add(3, `"organization":`+c.reference("Organization"))
		add(3, `"location":[`+c.reference("Location")+`,`+c.reference("Location")+`]`)
		add(2, `"code":`+coding)
	}
	r := &fhir.Resource{Type: typ, ID: c.id(typ), Body: []byte("{" + strings.Join(members, ",") + "}")}
	if c.IntN(3) == 0 {
		r.Meta = fmt.Appendf(nil, `{"profile":["http://example.org/p%d"],"tag":[{"system":"urn:t","code":%q}]}`, c.IntN(3), c.of("x", "y"))
	}
	return r
}

// write stores, deletes, erases and indexes anew at random.
func (c *country) write(t testing.TB, s *sqlite.Store, steps int) {
	t.Helper()
	err := s.Write(t.Context(), store.Cause{}, func(tx store.Tx) error {
		for range steps {
			r := c.resource()
			entries := search.Extract(r)
			var err error
			switch c.IntN(12) {
			case 0, 1:
				_, err = tx.Delete(r.Type, r.ID)
			case 2:
				err = tx.Reindex(r.Type, r.ID, []string{c.of("name", "identifier", "organization"), "type"}, entries)
			default:
				_, err = tx.Put(&store.Draft{Resource: r, Entries: entries}, "PUT")
			}
			if k := fhir.KindOf(err); err != nil && k != fhir.NotFound && k != fhir.Gone {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if r := c.resource(); c.IntN(10) == 0 {
		if err := s.Erase(t.Context(), store.Cause{}, r.Type, r.ID); err != nil && fhir.KindOf(err) != fhir.NotFound {
			t.Fatal(err)
		}
	}
}

// update stores resources, some to a transaction, and does nothing else.
func (c *country) update(t testing.TB, s store.Store, n int) {
	t.Helper()
	for ; n > 0; n -= 10 {
		var ds []*store.Draft
		for range min(n, 10) {
			r := c.resource()
			ds = append(ds, &store.Draft{Resource: r, Entries: search.Extract(r)})
		}
		put(t, s, ds...)
	}
}

// condition makes a condition on a type, nested up to a depth.
func (c *country) condition(typ string, depth int) string {
	name := []rune(c.of(countryNames...))
	from := c.IntN(len(name))
	part := string(name[from:min(len(name), from+1+c.IntN(5))])
	common := []string{
		"identifier=urn:a|" + fmt.Sprint(c.IntN(c.n)), "identifier=" + fmt.Sprint(c.IntN(9)), "identifier=|" + fmt.Sprint(c.IntN(9)),
		"identifier=urn:b|1,urn:a|2,3", "identifier=urn:unknown|1", "_id=" + c.id(typ), "_id=" + c.id(typ) + "," + c.id(typ), "_id:not=" + c.id(typ),
		"_profile=http://example.org/p1", "_profile=http://example.org/p1,http://example.org/p2", "_tag=urn:t|x", "_tag:not=x", "_profile:missing=true",
	}
	var own []string
	switch typ {
	case "Organization":
		own = []string{
			"name=" + part, "name=" + string(name), "name:exact=" + string(name), "name:contains=" + part, "name=" + part + ",nor", "active=true", "active:not=true",
			"type=t1", "type=urn:x|t2", "type:text=cli", "type:not=t1,urn:y|t2", "type:missing=true", "partof=" + c.id(typ), "partof=Organization/" + c.id(typ),
			"partof=http://elsewhere.example/fhir/Organization/" + c.id(typ), "partof:identifier=urn:a|2", "partof:missing=false",
		}
		if depth > 0 {
			own = append(own, "partof."+c.condition(typ, depth-1), "_has:Location:organization:"+c.condition("Location", depth-1))
		}
	case "Location":
		own = []string{
			"name=" + part, "name=" + string(name), "name:contains=" + part, "name:contains=" + part, "name:missing=true", "status=active", "status=active,inactive", "status:not=active",
			"type=t1", "type=urn:x|t2", "type=t1,t2", "type:text=ward", "organization=" + c.id("Organization"), "organization:Organization=" + c.id("Organization"),
			"organization:missing=true", "partof=" + c.id(typ), "address-city=" + part, "address:contains=" + part,
			fmt.Sprintf("near=%.3f|%.3f|%d|km", c.Float64()*0.8-0.4, 36+c.Float64()*0.8, 1+c.IntN(60)), "near:missing=true",
		}
		if depth > 0 {
			own = append(own, "organization."+c.condition("Organization", depth-1), "_has:PractitionerRole:location:"+c.condition("PractitionerRole", depth-1))
		}
	default:
		own = []string{"organization=" + c.id("Organization"), "location=" + c.id("Location"), "role=t1", "role=urn:y|t3", "location:missing=true"}
		if depth > 0 {
			own = append(own, "location."+c.condition("Location", depth-1), "organization."+c.condition("Organization", depth-1))
		}
	}
	return c.of(append(own, common[c.IntN(len(common))])...)
}

// search makes a query.
func (c *country) search(t testing.TB) (*search.Query, string) {
	t.Helper()
	typ := c.of("Organization", "Location", "Location", "PractitionerRole")
	var list []string
	for range c.IntN(4) {
		list = append(list, c.condition(typ, 2))
	}
	if c.IntN(3) == 0 {
		list = append(list, c.of("_include=Location:organization", "_include=*", "_include=Location:partof", "_include:iterate=Organization:partof",
			"_revinclude=Location:organization", "_revinclude=PractitionerRole:location", "_revinclude:iterate=Location:partof", "_include=PractitionerRole:location"))
	}
	if c.IntN(4) == 0 {
		list = append(list, c.of("_include=Location:organization:Organization", "_include:iterate=Location:partof", "_revinclude=Organization:partof"))
	}
	if c.IntN(6) == 0 {
		list = append(list, "_total=none")
	}
	if c.IntN(8) == 0 && typ != "PractitionerRole" {
		list = append(list, "_filter=identifier eq 3 or not (name co \""+c.of("ilif", "ari")+"\")")
	}
	text := typ + "?" + strings.Join(list, "&")
	var pairs []search.Pair
	for _, p := range list {
		name, value, _ := strings.Cut(p, "=")
		pairs = append(pairs, search.Pair{Name: name, Value: value})
	}
	q, err := search.Parse(search.Request{Type: typ, Base: "http://localhost/fhir", Pairs: pairs})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	q.Count = c.IntN(30)
	return q, text
}

// same holds the index to the file for all pages of a query, and tells whether it answered.
func same(t testing.TB, s *sqlite.Store, q *search.Query, text string) (answered bool) {
	t.Helper()
	ctx := context.Background()
	for page := 0; ; page++ {
		want, err := s.SearchFile(ctx, q)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		got, err := s.SearchIndex(ctx, q)
		if err != nil {
			t.Fatalf("%s by the index: %v", text, err)
		}
		if got == nil {
			return page > 0
		}
		if !reflect.DeepEqual(want, got) {
			t.Fatalf("%s, page %d: the index differs from the file (-file +index)\n%s", text, page, cmp.Diff(want, got))
		}
		if want.Next == "" {
			return true
		}
		q.Cursor = want.Next
	}
}

func TestIndexAnswersAsTheFile(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			s := open(t, t.TempDir(), sqlite.Options{CacheBytes: []int64{0, -1, 1 << 16}[seed%3]})
			c := &country{rand.New(rand.NewPCG(seed, 1)), 20 + int(seed)*20}
			answered, asked := 0, 0
			for round := range 60 {
				c.write(t, s, 1+c.IntN(20))
				switch {
				case round == 20, round == 40 && seed%2 == 0:
					if err := s.RebuildIndex(); err != nil {
						t.Fatal(err)
					}
				}
				for range 12 {
					q, text := c.search(t)
					asked++
					if same(t, s, q, text) {
						answered++
					}
				}
			}
			if answered < asked/2 {
				t.Errorf("the index answered %d of %d searches", answered, asked)
			}
			if err := s.Check(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestLargePages reads pages that take several statements.
func TestLargePages(t *testing.T) {
	s := open(t, t.TempDir(), sqlite.Options{CacheBytes: -1})
	var ds []*store.Draft
	for i := range 400 {
		ds = append(ds, facility(i)...)
	}
	put(t, s, ds...)
	for _, count := range []int{1, 3, 20, 21, 99, 100, 101, 350, 1000} {
		q := query(t, "Location", "status=active&_include=Location:organization")
		q.Count = count
		if p, err := s.SearchIndex(t.Context(), q); err != nil || p == nil || len(p.Matches) != min(count, 400) || len(p.Included) != len(p.Matches) {
			t.Fatalf("a page of %d: %+v, %v", count, p, err)
		}
		same(t, s, q, "a page of "+fmt.Sprint(count))
	}
}

func TestCancelledSearches(t *testing.T) {
	s := open(t, t.TempDir(), sqlite.Options{})
	put(t, s, facility(1)...)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Search(ctx, query(t, "Location", "status=active")); err != context.Canceled {
		t.Errorf("a search for a caller who left gave %v", err)
	}
	s.Close()
	if _, err := s.Search(t.Context(), query(t, "Location", "status=active")); err != store.ErrClosed {
		t.Errorf("a search of a closed store gave %v", err)
	}
}

// TestEraseBesideSearches erases resources while pages with them are filled: a page has
// their content or does not have them.
func TestEraseBesideSearches(t *testing.T) {
	s := open(t, t.TempDir(), sqlite.Options{CacheBytes: -1})
	var over atomic.Bool
	var wg sync.WaitGroup
	wg.Go(func() {
		defer over.Store(true)
		for i := range 60 {
			id := fmt.Sprint("x-", i%3)
			r := &fhir.Resource{Type: "Organization", ID: id, Body: []byte(`{"name":"secret"}`)}
			put(t, s, &store.Draft{Resource: r, Entries: search.Extract(r)})
			if err := s.Erase(context.Background(), store.Cause{}, "Organization", id); err != nil {
				t.Error(err)
			}
		}
	})
	q := query(t, "Organization", "name=secret&_include=Organization:partof")
	q.Count = 10
	for !over.Load() {
		p, err := s.Search(t.Context(), q)
		if err != nil || len(p.Matches) != p.Total {
			t.Fatalf("%+v, %v", p, err)
		}
		for _, r := range p.Matches {
			if string(r.Body) != `{"name":"secret"}` {
				t.Fatalf("an erased resource is on a page: %s %q", r.ID, r.Body)
			}
		}
	}
	wg.Wait()
}
