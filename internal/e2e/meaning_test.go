package e2e_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/internal/testutil"
)

// world is a directory of random resources, and what each is found by.
type world struct {
	*client
	*rand.Rand
	rows map[string]map[string]known // by type and id
}

type known struct {
	resource *fhir.Resource
	entries  []search.Entry
}

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

// text makes a name of a few words, so that many share words and beginnings.
func (w *world) text() string {
	words := []string{"Kituo", "kitui", "Kit", "cha", "Afya", "Élan", "elan", "Hôpital", "St. Luke's", "北京", "ጤና", "O'Brien", "100%", "a_b", "x,y", "p|q", "d$e", `b\s`, "Ward", "ward", "Nairobi", "nai", "İstanbul", "ß", "1", "12", "123"}
	var out []string
	for range 1 + w.IntN(3) {
		out = append(out, pick(w.Rand, words...))
	}
	return strings.Join(out, " ")
}

func (w *world) coding(kind string) string {
	return fmt.Sprintf(`{"coding":[{"system":"urn:%s%d","code":"%s%d","display":%s}],"text":%s}`, kind, w.IntN(2), pick(w.Rand, "a", "b,", "c|"), w.IntN(12), quoted(w.text()), quoted(w.text()))
}

func quoted(s string) string { return string(fhir.AppendString(nil, s)) }

func (w *world) day() string {
	return fmt.Sprintf("%d-%02d-%02d", 2015+w.IntN(6), 1+w.IntN(12), 1+w.IntN(28))[:pick(w.Rand, 4, 7, 10)]
}

// some gives a part of a resource now and then.
func (w *world) some(part string) string {
	if w.IntN(3) == 0 {
		return ""
	}
	return "," + part
}

// resource makes one of a type with an id of a few thousand.
func (w *world) resource(typ string, most int) *fhir.Resource {
	ref := func(typ string) string { return fmt.Sprintf(`{"reference":"%s/%s%d"}`, typ, typ[:3], w.IntN(most)) }
	n := w.IntN(most) // also tells the label: an update keeps those that were there
	body := fmt.Sprintf(`{"resourceType":%q,"id":"%s%d","meta":{"tag":[{"system":"urn:tag","code":"t%d"}],"source":"http://s.example/%d#%d"},"identifier":[{"system":"urn:id%d","value":%s}]`, typ, typ[:3], n, n%9, w.IntN(3), w.IntN(9), w.IntN(3), quoted(fmt.Sprint(w.text(), w.IntN(50))))
	above := fmt.Sprintf(`"partOf":{"reference":"%s/%s%d"}`, typ, typ[:3], w.IntN(n+1)-1) // of a smaller number, so that there is no circle
	if strings.Contains(above, "-1") {
		above = `"language":"en"`
	}
	switch typ {
	case "Organization":
		body += fmt.Sprintf(`,"name":%s`, quoted(w.text())) + w.some(fmt.Sprintf(`"active":%v`, w.IntN(2) == 0)) + w.some(`"alias":[`+quoted(w.text())+`,`+quoted(w.text())+`]`) + w.some(`"type":[`+w.coding("k")+`,`+w.coding("k")+`]`) + w.some(above) + w.some(`"address":[{"city":`+quoted(w.text())+`,"country":"KE","use":"work"}]`)
	case "Location":
		body += w.some(fmt.Sprintf(`"status":%q`, pick(w.Rand, "active", "suspended", "inactive"))) + w.some(`"name":`+quoted(w.text())) + w.some(`"alias":[`+quoted(w.text())+`]`) + w.some(`"type":[`+w.coding("k")+`]`) + w.some(`"managingOrganization":`+ref("Organization")) + w.some(above) +
			w.some(fmt.Sprintf(`"position":{"longitude":%.3f,"latitude":%.3f}`, pick(w.Rand, 36.8, 179.99, -179.99)+w.Float64()/200, w.Float64()-0.5))
	case "Practitioner":
		body += fmt.Sprintf(`,"name":[{"family":%s,"given":[%s,%s]}]`, quoted(w.text()), quoted(w.text()), quoted(w.text())) + w.some(`"gender":"`+pick(w.Rand, "male", "female")+`"`) + w.some(fmt.Sprintf(`"telecom":[{"system":"phone","value":"%d"}]`, w.IntN(99)))
	case "PractitionerRole":
		start := w.day()
		body += w.some(`"practitioner":`+ref("Practitioner")) + w.some(`"organization":`+ref("Organization")) + w.some(`"code":[`+w.coding("c")+`]`) + w.some(`"location":[`+ref("Location")+`,`+ref("Location")+`]`) + w.some(pick(w.Rand, `"period":{"start":"`+start+`"}`, `"period":{"end":"`+start+`"}`, `"period":{"start":"`+start+`","end":"2021-06"}`))
	}
	r, err := fhir.Parse([]byte(body + "}"))
	if err != nil {
		w.t.Fatalf("%v: %s", err, body)
	}
	return r
}

var worldTypes = []string{"Organization", "Location", "Practitioner", "PractitionerRole"}

// change puts n resources and deletes some, in transactions.
func (w *world) change(n, most int) {
	w.t.Helper()
	for n > 0 {
		var entries []string
		touched := map[string]bool{}
		for range min(n, 300) {
			r := w.resource(pick(w.Rand, worldTypes...), most)
			if n--; touched[r.Ref()] {
				continue
			}
			touched[r.Ref()] = true
			if _, there := w.rows[r.Type][r.ID]; there && w.IntN(4) == 0 {
				entries = append(entries, request("", "DELETE", r.Ref(), "", ""))
				delete(w.rows[r.Type], r.ID)
				continue
			}
			entries = append(entries, request("", "PUT", r.Ref(), string(r.JSON()), ""))
			w.rows[r.Type][r.ID] = known{r, search.Extract(r)}
		}
		w.transaction(entries...)
	}
}

// condition makes a parameter out of what some resource of a type is found by.
func (w *world) condition(typ string) (p search.Pair, ok bool) {
	ids := slices.Sorted(func(yield func(string) bool) {
		for id := range w.rows[typ] {
			if !yield(id) {
				return
			}
		}
	})
	k := w.rows[typ][pick(w.Rand, ids...)]
	e := pick(w.Rand, k.entries...)
	if strings.Contains(e.Param, ":") || e.Param == "_lastUpdated" {
		return p, false
	}
	p.Name = e.Param
	if w.IntN(15) == 0 {
		return search.Pair{Name: p.Name + ":missing", Value: pick(w.Rand, "true", "false")}, true
	}
	switch e.Kind {
	case search.Token:
		p.Value = pick(w.Rand, search.Escape(e.Code), search.Escape(e.System)+"|"+search.Escape(e.Code), search.Escape(e.System)+"|")
		if p.Value == "" || p.Value == "|" {
			return p, false
		}
		p.Name += pick(w.Rand, "", "", "", ":not")
	case search.String:
		if e.Exact == "" {
			return p, false
		}
		from, to := w.IntN(len(e.Exact)), 1+w.IntN(len(e.Exact))
		switch piece := e.Exact[min(from, to-1):to]; w.IntN(3) {
		case 0:
			p.Value = search.Escape(e.Exact[:to])
		case 1:
			p.Name, p.Value = p.Name+":contains", search.Escape(piece)
		default:
			p.Name, p.Value = p.Name+":exact", search.Escape(e.Exact)
		}
		if !utf8.ValidString(p.Value) || search.Fold(p.Value) == "" {
			return p, false
		}
	case search.Reference:
		p.Value = pick(w.Rand, e.RefType+"/"+e.RefID, e.RefID)
	case search.Date:
		p.Value = pick(w.Rand, "", "ge", "le", "gt", "lt", "sa", "eb", "ne") + w.day()
	case search.URI:
		p.Value = search.Escape(e.Text)
		if i := strings.LastIndexByte(e.Text, '#'); i > 0 && w.IntN(3) == 0 {
			p.Name, p.Value = p.Name+":below", "http://s.example"
		}
	case search.Position:
		p.Value = fmt.Sprintf("%.2f|%.2f|%d|km", e.Lat, e.Lon, 1+w.IntN(60))
	default:
		return p, false
	}
	return p, p.Value != ""
}

// query makes a search of one to three parameters, some of them lists.
func (w *world) query(typ string) []search.Pair {
	var pairs []search.Pair
	for len(pairs) == 0 || w.IntN(2) == 0 && len(pairs) < 3 {
		p, ok := w.condition(typ)
		if more, again := w.condition(typ); ok && again && more.Name == p.Name && !strings.Contains(p.Name, "missing") {
			p.Value += "," + more.Value
		}
		if ok {
			pairs = append(pairs, p)
		}
	}
	return pairs
}

// meant finds what a search finds by looking at each resource; known is false if that
// cannot be told one by one.
func (w *world) meant(typ string, pairs []search.Pair) (ids []string, all bool) {
	q, err := search.Parse(search.Request{Type: typ, Base: w.base, Strict: true, Now: time.Now(), Pairs: pairs})
	if err != nil {
		w.t.Fatalf("%s %v: %v", typ, pairs, err)
	}
	for id, k := range w.rows[typ] {
		found := true
		for i := range q.Where {
			met, can := q.Where[i].Match(k.resource, k.entries)
			if !can {
				return nil, false
			}
			found = found && met
		}
		if found {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids, true
}

// compare asks n random searches, in pages of any size, and looks for the same.
func (w *world) compare(n int) {
	w.t.Helper()
	some := 0
	for range n {
		typ := pick(w.Rand, worldTypes...)
		pairs := w.query(typ)
		want, can := w.meant(typ, pairs)
		if !can {
			continue
		}
		form := url.Values{"_count": {fmt.Sprint(1 + w.IntN(120))}}
		if w.IntN(3) == 0 {
			form.Set("_sort", pick(w.Rand, "_id", "-_id", "identifier", "-_lastUpdated", "_source"))
		}
		for _, p := range pairs {
			form.Add(p.Name, p.Value)
		}
		got, total := w.answered("/"+typ+"?", form)
		slices.Sort(got)
		if len(want) > 0 {
			some++
		}
		if !slices.Equal(got, want) || total != fmt.Sprint(len(want)) {
			w.t.Errorf("%s?%s\n finds %d, total %s, want %d; differ: %.300v", typ, form.Encode(), len(got), total, len(want), differ(got, want))
		}
	}
	w.t.Logf("%d searches, %d found something", n, some)
}

// answered walks a search and returns what it finds and the total of the first page. A
// walk of many small pages goes on in large ones.
func (w *world) answered(at string, form url.Values) (got []string, total string) {
	next := at + form.Encode()
	for pages := 0; next != ""; pages++ {
		if pages == 12 {
			form.Set("_count", "1000")
			got, next = nil, at+form.Encode()
		}
		r := w.must("GET", next, "")
		if total == "" {
			total = r.get("total")
		}
		got = append(got, r.list("entry.#.resource.id")...)
		next = r.get(`link.#(relation=="next").url`)
	}
	return got, total
}

// differ lists what is in one of two lists only.
func differ(a, b []string) (only []string) {
	for _, s := range slices.Concat(a, b) {
		if slices.Contains(a, s) != slices.Contains(b, s) {
			only = append(only, s)
		}
	}
	return only
}

// What is answered from memory and tables is what each resource, looked at alone, meets:
// after a load, after changes, and after a start.
func TestSearchesFindWhatTheyMean(t *testing.T) {
	testutil.Requirement(t, "MD-90-6", "R4-S1", "R4-S4", "R4-S5", "R4-S6", "R4-S8", "R4-S14", "FRF-9")
	most, searches := 250, 150
	if os.Getenv("MASJALA_SOAK") != "" {
		most, searches = 4000, 400
	}
	seed := uint64(20261122)
	t.Logf("seed %d", seed)
	data := t.TempDir()
	s := start(t, data)
	w := &world{client: newClient(t, s), Rand: rand.New(rand.NewPCG(seed, 1)), rows: map[string]map[string]known{}}
	for _, typ := range worldTypes {
		w.rows[typ] = map[string]known{}
	}
	w.change(most*4, most)
	w.compare(searches)
	w.change(most, most)
	w.compare(searches)
	s.kill()
	w.client = newClient(t, start(t, data))
	w.compare(searches)
	w.change(most, most)
	w.compare(searches)
}
