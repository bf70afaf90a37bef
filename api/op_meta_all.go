package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/fhir/search"
)

// maxLabelled is how many resources with labels are looked at to tell which labels are in use.
const maxLabelled = 10_000

// showAllMeta answers $meta of a type or of the server: the profiles, tags and security
// labels in use, each once (https://hl7.org/fhir/R4/resource-operation-meta.html). It fails
// with TooCostly when more than maxLabelled resources have any.
func (s *Server) showAllMeta(ctx context.Context, typ string) (Answer, error) {
	q, err := search.Parse(search.Request{Type: typ, Now: s.opt.Now(), Strict: true, MaxCount: s.opt.Limits.MaxPage, DefaultCount: s.opt.Limits.MaxPage,
		Pairs: []search.Pair{{Name: "_filter", Value: "_tag pr true or _profile pr true or _security pr true"}}})
	if err != nil {
		return Answer{}, err
	}
	if typ == "" {
		q.Types = s.types
	}
	q.Total = search.TotalNone
	var used labelSet
	for looked := 0; ; {
		page, err := s.opt.Store.Search(ctx, q)
		if err != nil {
			return Answer{}, err
		}
		for _, r := range page.Matches {
			used.add(r.Meta)
		}
		if looked += len(page.Matches); page.Next == "" {
			return Answer{Body: used.parameters(), Status: http.StatusOK}, nil
		}
		if looked >= maxLabelled {
			return Answer{}, fhir.Errorf(fhir.TooCostly, "More than %d resources have labels; ask a type, or one resource.", maxLabelled)
		}
		q.Cursor = page.Next
	}
}

// labelSet collects labels, each once, as JSON.
type labelSet struct {
	lists [3][]string // as labelLists
	seen  map[string]bool
}

// add takes in the labels of a meta. Of tags and security labels the first display stays.
func (l *labelSet) add(meta []byte) {
	if l.seen == nil {
		l.seen = map[string]bool{}
	}
	m := gjson.ParseBytes(meta)
	for i, name := range labelLists {
		for _, label := range m.Get(name).Array() {
			key := name + " " + label.Str
			if label.IsObject() {
				key += label.Get("system").String() + "|" + label.Get("code").String()
			}
			if !l.seen[key] {
				l.seen[key] = true
				l.lists[i] = append(l.lists[i], label.Raw)
			}
		}
	}
}

// parameters writes the labels, sorted, as the answer of the operation.
func (l *labelSet) parameters() []byte {
	meta := []byte("{")
	for i, list := range l.lists {
		if len(list) == 0 {
			continue
		}
		slices.Sort(list)
		if len(meta) > 1 {
			meta = append(meta, ',')
		}
		meta = append(append(append(meta, '"'), labelLists[i]...), `":[`...)
		for j, raw := range list {
			if j > 0 {
				meta = append(meta, ',')
			}
			meta = append(meta, raw...)
		}
		meta = append(meta, ']')
	}
	if len(meta) == 1 {
		return []byte(`{"resourceType":"Parameters"}`)
	}
	return slices.Concat([]byte(`{"resourceType":"Parameters","parameter":[{"name":"return","valueMeta":`), meta, []byte(`}}]}`))
}
