package e2e_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tidwall/gjson"
	"golang.org/x/sync/errgroup"

	"masjala/internal/testutil"
)

// busy is a directory in which some resources never change while writers work on others.
type busy struct {
	*client
	steady int // Organizations s0… that nobody touches

	mu    sync.Mutex
	acked map[string]int64 // the newest version of an Organization that a writer was told of

	writes, reads, walks atomic.Int64
	slowest              atomic.Int64 // microseconds
}

// steadyOrg is one that nobody touches. Names repeat, so that an order by them has ties.
func steadyOrg(i int) string {
	return fmt.Sprintf(`{"resourceType":"Organization","id":"s%d","active":true,"name":"Steady %c %d","identifier":[{"system":"urn:steady","value":"%d"}],"type":[{"coding":[{"system":"urn:kind","code":"k%d"}]}]}`, i, 'A'+rune(i%26), i%50, i, i%3)
}

func fill(t *testing.T, c *client, steady int) *busy {
	t.Helper()
	for chunk := range slices.Chunk(slices.Collect(func(yield func(int) bool) {
		for i := range steady {
			if !yield(i) {
				return
			}
		}
	}), 500) {
		var entries []string
		for _, i := range chunk {
			entries = append(entries, request("", "PUT", fmt.Sprintf("Organization/s%d", i), steadyOrg(i), ""))
		}
		c.transaction(entries...)
	}
	return &busy{client: c, steady: steady, acked: map[string]int64{}}
}

// write makes, changes and deletes Organizations of one writer and looks at once for what
// it wrote, until the context ends.
func (b *busy) write(ctx context.Context, writer int) error {
	random := rand.New(rand.NewPCG(uint64(writer), 5))
	for n := 0; ctx.Err() == nil; n++ {
		id := fmt.Sprintf("w%d-%d", writer, random.IntN(40))
		name := fmt.Sprintf("Moving %c %d", 'A'+rune(random.IntN(26)), n)
		body := fmt.Sprintf(`{"resourceType":"Organization","id":%q,"active":%v,"name":%q,"identifier":[{"system":"urn:moving","value":"%s-%d"}],"type":[{"coding":[{"system":"urn:kind","code":"k%d"}]}]}`, id, n%2 == 0, name, id, n, n%3)
		began := time.Now()
		if n%7 == 6 {
			if r, err := b.try("DELETE", "/Organization/"+id, ""); err != nil || r.status != http.StatusOK {
				return fmt.Errorf("DELETE %s = %d %w", id, r.status, err)
			}
			if r, err := b.try("GET", "/Organization/"+id, ""); err != nil || r.status != http.StatusGone && r.status != http.StatusNotFound {
				return fmt.Errorf("GET of %s, just deleted = %d %w", id, r.status, err)
			}
			continue
		}
		r, err := b.try("PUT", "/Organization/"+id, body)
		if err != nil || r.status != http.StatusOK && r.status != http.StatusCreated {
			return fmt.Errorf("PUT %s = %d %s %w", id, r.status, r.sent, err)
		}
		took := time.Since(began).Microseconds()
		for old := b.slowest.Load(); took > old && !b.slowest.CompareAndSwap(old, took); old = b.slowest.Load() {
		}
		b.writes.Add(1)
		version := gjson.Get(r.sent, "meta.versionId").Int()
		b.mu.Lock()
		b.acked[id] = version
		b.mu.Unlock()
		if err := b.told(id, fmt.Sprintf("%s-%d", id, n), name, version); err != nil {
			return err
		}
	}
	return nil
}

// told checks that what a writer was told of is found by each way of reading.
func (b *busy) told(id, value, name string, version int64) error {
	for _, q := range []string{"identifier=urn:moving|" + value, "_id=" + id, "_id=" + id + "&name:exact=" + url.QueryEscape(name), "identifier=" + value + "&type=urn:kind|&name=moving"} {
		r, err := b.try("GET", "/Organization?"+q, "")
		b.reads.Add(1)
		if err != nil || r.get("total") != "1" || gjson.Get(r.sent, "entry.0.resource.meta.versionId").Int() != version {
			return fmt.Errorf("just written as version %d, by %s: %d %.600s %w", version, q, r.status, r.sent, err)
		}
	}
	return nil
}

// pages follows a search or history to its end and gives each page to see.
func (b *busy) pages(ctx context.Context, path string, see func(page gjson.Result)) error {
	for at := path; at != ""; {
		r, err := b.try("GET", at, "")
		b.reads.Add(1)
		if err == nil {
			err = r.strict()
		}
		if err != nil || r.status != http.StatusOK {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("GET %s = %d %.300s: %w", at, r.status, r.sent, err)
		}
		page := gjson.Parse(r.body)
		see(page)
		at = page.Get(`link.#(relation=="next").url`).String()
	}
	return nil
}

// walkSearch walks a search that all steady Organizations with want(i) meet: each of them
// comes exactly once, and without an order nothing at all comes twice.
func (b *busy) walkSearch(ctx context.Context, query string, want func(i int) bool) error {
	seen := map[string]int{}
	err := b.pages(ctx, "/Organization?"+query, func(page gjson.Result) {
		for _, e := range page.Get("entry").Array() {
			seen[e.Get("resource.id").String()]++
		}
	})
	if err != nil {
		return err
	}
	for i := range b.steady {
		if id := fmt.Sprintf("s%d", i); (seen[id] == 1) != want(i) || seen[id] > 1 {
			return fmt.Errorf("the walk of %s met %s %d times", query, id, seen[id])
		}
	}
	if !strings.Contains(query, "_sort") {
		for id, n := range seen {
			if n > 1 {
				return fmt.Errorf("the walk of %s, in no order, met %s %d times", query, id, n)
			}
		}
	}
	b.walks.Add(1)
	return nil
}

// walkHistory walks the history of the type: of each Organization all versions up to its
// newest, each once, newest first; the newest is no older than what was acknowledged before
// the walk; and there are as many as the first page says.
func (b *busy) walkHistory(ctx context.Context, count int) error {
	b.mu.Lock()
	acked := maps.Clone(b.acked)
	b.mu.Unlock()
	versions := map[string][]int64{}
	total, n, last := int64(-1), int64(0), "9999"
	var wrong error
	err := b.pages(ctx, fmt.Sprintf("/Organization/_history?_count=%d", count), func(page gjson.Result) {
		if total < 0 {
			total = page.Get("total").Int()
		}
		for _, e := range page.Get("entry").Array() {
			n++
			at := e.Get("response.lastModified").String()
			if at > last {
				wrong = fmt.Errorf("a version of %s comes after one of %s", at, last)
			}
			last = at
			id := e.Get("resource.id").String()
			if id == "" {
				id = strings.TrimPrefix(e.Get("request.url").String(), "Organization/")
			}
			var version int64
			fmt.Sscanf(e.Get("response.etag").String(), `W/"%d"`, &version)
			versions[id] = append(versions[id], version)
		}
	})
	if err != nil || wrong != nil {
		return fmt.Errorf("the walk of the history: %w %w", err, wrong)
	}
	if n != total {
		return fmt.Errorf("the history has %d versions, its first page said %d", n, total)
	}
	for id, list := range versions {
		for i, v := range list {
			if v != int64(len(list)-i) {
				return fmt.Errorf("the history has of %s the versions %v, want all once and newest first", id, list)
			}
		}
	}
	for id, version := range acked {
		if int64(len(versions[id])) < version {
			return fmt.Errorf("the history has %d versions of %s, and version %d was acknowledged before", len(versions[id]), id, version)
		}
	}
	b.walks.Add(1)
	return nil
}

// disturb runs writers and walkers for a time.
func (b *busy) disturb(t *testing.T, span time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), span)
	defer cancel()
	var all errgroup.Group
	for writer := range 8 {
		all.Go(func() error { return b.write(ctx, writer) })
	}
	every := func(walk func() error) {
		all.Go(func() error {
			for ctx.Err() == nil {
				if err := walk(); err != nil {
					return err
				}
			}
			return nil
		})
	}
	any := func(int) bool { return true }
	of := func(k int) func(int) bool { return func(i int) bool { return i%3 == k } }
	background := t.Context()
	every(func() error { return b.walkSearch(background, "_count=100", any) })
	every(func() error { return b.walkSearch(background, "_count=70&_sort=name", any) })
	every(func() error { return b.walkSearch(background, "_count=90&_sort=-_lastUpdated&name=steady", any) })
	every(func() error { return b.walkSearch(background, "_count=50&type=urn:kind|k1&active=true", of(1)) })
	every(func() error {
		return b.walkSearch(background, "_count=50&name:contains=eady&type=k2&_sort=-name", of(2))
	})
	every(func() error { return b.walkSearch(background, "_count=200&identifier=urn:steady|", any) })
	every(func() error { return b.walkHistory(background, 400) })
	if err := all.Wait(); err != nil {
		t.Error(err)
	}
	t.Logf("%d writes (slowest %d ms), %d reads, %d walks, no error", b.writes.Load(), b.slowest.Load()/1000, b.reads.Load(), b.walks.Load())
}

// Readers walk pages at full speed while eight writers write: no error, and every walk is
// complete as defined; also while what is kept in memory is made anew after a start and
// while a new search parameter is filled.
func TestWalksWhileOthersWrite(t *testing.T) {
	testutil.Requirement(t, "MD-91-9", "R4-S2", "R4-S14", "NFR-7")
	span, steady := 3*time.Second, 600
	if os.Getenv("MASJALA_SOAK") != "" {
		span, steady = time.Minute, 6000
	}
	data := t.TempDir()
	s := start(t, data)
	b := fill(t, newClient(t, s), steady)
	b.disturb(t, span/3)

	// A walk that began before goes on after the program was killed and started again.
	first := b.must("GET", "/Organization?_count=100&identifier=urn:steady|", "")
	s.kill()
	s = start(t, data)
	next := strings.Replace(first.get(`link.#(relation=="next").url`), b.base, s.base, 1)
	b.client = newClient(t, s)
	met := map[string]bool{}
	for _, id := range first.list("entry.#.resource.id") {
		met[id] = true
	}
	if err := b.pages(t.Context(), next, func(page gjson.Result) {
		for _, e := range page.Get("entry").Array() {
			id := e.Get("resource.id").String()
			if met[id] {
				t.Errorf("the walk over a restart met %s twice", id)
			}
			met[id] = true
		}
	}); err != nil {
		t.Fatal(err)
	}
	if len(met) != steady {
		t.Errorf("the walk over a restart met %d, want %d", len(met), steady)
	}
	b.disturb(t, span/3) // from the first moment on, while memory is filled

	b.must("POST", "/SearchParameter", `{"resourceType":"SearchParameter","url":"http://example.org/sp/kind-text","name":"KindText","status":"active","description":"Kind","code":"kind-code","base":["Organization"],"type":"token","expression":"Organization.type"}`)
	b.disturb(t, span/3)
	for limit := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		r := b.do("GET", "/Organization?kind-code=urn:kind|k1&identifier=urn:steady|&_summary=count", "", "Prefer: handling=strict")
		if r.status == http.StatusOK && r.get("total") == fmt.Sprint((steady+1)/3) {
			break
		}
		if time.Now().After(limit) {
			t.Fatalf("the new parameter finds %d %s, want %d", r.status, r.body, (steady+1)/3)
		}
	}
}
