package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"masjala/fhir"
	"masjala/store"
)

// line is what tests compare of a version.
type line struct {
	Seq, Version     int64
	Ref, Verb, Actor string
	Body             string
	Updated          time.Time
	Deleted          bool
}

func lines(vs []store.Version) []line {
	out := []line{}
	for _, v := range vs {
		r := v.Resource
		out = append(out, line{v.Seq, r.Version, r.Ref(), v.Verb, v.Cause.Actor, string(r.Body), r.Updated, r.Deleted})
	}
	return out
}

// history returns what a query should answer, newest first.
func (m *model) history(q store.HistoryQuery) []store.Version {
	var out []store.Version
	for i, v := range slices.Backward(m.versions) {
		r := v.Resource
		switch {
		case q.Type != "" && r.Type != q.Type, q.ID != "" && r.ID != q.ID,
			len(q.Types) > 0 && !slices.Contains(q.Types, r.Type),
			q.Version > 0 && r.Version != q.Version, q.Seq > 0 && v.Seq != q.Seq,
			!q.Since.IsZero() && r.Updated.Before(q.Since),
			!q.At.To.IsZero() && r.Updated.After(q.At.To),
			!q.At.From.IsZero() && m.replacedBy(i, q.At.From):
			continue
		}
		if q.Bare && !r.Deleted {
			bare := *r
			bare.Meta, bare.Body = nil, []byte("{}")
			v.Resource = &bare
		}
		out = append(out, v)
	}
	return out
}

// replacedBy tells whether a version was no longer current at a time.
func (m *model) replacedBy(i int, at time.Time) bool {
	for _, later := range m.versions[i+1:] {
		if later.Resource.Ref() == m.versions[i].Resource.Ref() {
			return !later.Resource.Updated.After(at)
		}
	}
	return false
}

// histories holds histories of all sorts to the model.
func histories(t *testing.T, open Opener) {
	s, m := filled(t, open, 5, 12)
	last := m.versions[len(m.versions)-1].Resource.Updated
	rapid.Check(t, func(t *rapid.T) {
		when := func(name string) time.Time {
			if rapid.Bool().Draw(t, name+" open") {
				return time.Time{}
			}
			return Start.Add(time.Duration(rapid.IntRange(-2000, 45_000).Draw(t, name)) * time.Microsecond)
		}
		q := store.HistoryQuery{Since: when("since"), Count: rapid.IntRange(1, 50).Draw(t, "count"), Bare: rapid.Bool().Draw(t, "bare")}
		switch rapid.IntRange(0, 4).Draw(t, "scope") {
		case 1:
			q.Type = rapid.SampledFrom(fixtureTypes).Draw(t, "type")
		case 2:
			q.Types = fixtureTypes[1:3]
		case 3:
			r := m.versions[rapid.IntRange(0, len(m.versions)-1).Draw(t, "resource")].Resource
			q.Type, q.ID, q.Version = r.Type, r.ID, int64(rapid.IntRange(0, 3).Draw(t, "version"))
		case 4:
			q.Seq = int64(rapid.IntRange(1, len(m.versions)+1).Draw(t, "seq"))
		}
		if q.Since.IsZero() {
			q.At = store.Interval{From: when("from"), To: when("to")}
		}
		want := m.history(q)
		got := walkHistory(t, s, q, len(want), last)
		if diff := cmp.Diff(lines(want), lines(got)); diff != "" {
			t.Fatalf("%+v (-want +got)\n%s", q, diff)
		}
	})
	_, err := s.History(t.Context(), store.HistoryQuery{Type: "Organization", ID: "nobody", Count: 1})
	wantKind(t, "history of what never was", err, fhir.NotFound)
	p, err := s.History(t.Context(), store.HistoryQuery{})
	if err != nil || p.Total != len(m.versions) || len(p.Versions) != 0 {
		t.Errorf("total only: %+v, %v", p, err)
	}
	_, err = s.History(t.Context(), store.HistoryQuery{Count: 1, Cursor: "bm9uc2Vuc2U"})
	wantKind(t, "a damaged link", err, fhir.Invalid)
}

// walkHistory follows the links of a history.
func walkHistory(t failer, s store.Store, q store.HistoryQuery, total int, updated time.Time) []store.Version {
	t.Helper()
	var got []store.Version
	for {
		p, err := s.History(context.Background(), q)
		if err != nil {
			t.Fatalf("history %+v: %v", q, err)
		}
		if p.Total != total || !p.Updated.Equal(updated) {
			t.Fatalf("history %+v: total %d at %s, want %d at %s", q, p.Total, p.Updated, total, updated)
		}
		got = append(got, p.Versions...)
		if p.Next == "" {
			return got
		}
		q.Cursor = p.Next
	}
}

// feed checks that following Changes meets every version once, in order, while writes go on.
func feed(t *testing.T, open Opener) {
	s := open(t, t.TempDir())
	const writes = 200
	done := make(chan bool)
	go func() {
		defer close(done)
		for i := range writes {
			write(t, s, func(tx store.Tx) error {
				_, err := tx.Put(organization(fmt.Sprintf("o-%d", i%17), fmt.Sprint(i)), "PUT")
				return err
			})
		}
	}()
	var got []store.Version
	after := int64(0)
	for stop := false; !stop; {
		select {
		case <-done:
			stop = true
		default:
		}
		for {
			vs, err := s.Changes(t.Context(), after, 7)
			if err != nil {
				t.Fatal(err)
			}
			if len(vs) == 0 {
				break
			}
			got = append(got, vs...)
			after = vs[len(vs)-1].Seq
		}
	}
	for i, v := range got {
		if v.Seq != int64(i+1) || string(v.Resource.Body) != fmt.Sprintf(`{"name":"%d"}`, i) || v.Cause != tester {
			t.Fatalf("change %d is %+v of %s", i, v, v.Resource.JSON())
		}
	}
	if len(got) != writes {
		t.Errorf("%d changes, want %d", len(got), writes)
	}
}

// erased checks that the content of every version is gone and that tombstones stay.
func erased(t *testing.T, open Opener) {
	s, ctx := open(t, t.TempDir()), t.Context()
	for i := range 3 {
		write(t, s, func(tx store.Tx) error {
			_, err := tx.Put(organization("a", fmt.Sprintf("secret %d", i)), "PUT")
			if err == nil {
				_, err = tx.Put(organization("b", "kept"), "PUT")
			}
			return err
		})
	}
	if err := s.Erase(ctx, store.Cause{Actor: "officer", Reason: "law"}, "Organization", "a"); err != nil {
		t.Fatal(err)
	}
	_, err := s.Read(ctx, "Organization", "a")
	wantKind(t, "read", err, fhir.Gone)
	for v := int64(1); v <= 4; v++ {
		_, err = s.ReadVersion(ctx, "Organization", "a", v)
		wantKind(t, fmt.Sprintf("version %d", v), err, fhir.Gone)
	}
	p, err := s.History(ctx, store.HistoryQuery{Type: "Organization", ID: "a", Count: 10})
	if err != nil || p.Total != 4 || p.Versions[0].Verb != "DELETE" || p.Versions[0].Cause.Actor != "officer" {
		t.Errorf("history after the erasure: %+v, %v", p, err)
	}
	vs, err := s.Changes(ctx, 0, 100)
	if err != nil || len(vs) != 7 {
		t.Errorf("%d changes, %v", len(vs), err)
	}
	for _, v := range append(vs, p.Versions...) {
		if v.Resource.ID == "a" && len(v.Resource.Body) > len("{}") {
			t.Errorf("version %d still says %s", v.Resource.Version, v.Resource.Body)
		}
	}
	if p, err := s.Search(ctx, parse(t, "Organization", "name=secret")); err != nil || p.Total != 0 {
		t.Errorf("the erased name finds %+v, %v", p, err)
	}
	if r, err := s.Read(ctx, "Organization", "b"); err != nil || r.Version != 3 {
		t.Errorf("another resource: %+v, %v", r, err)
	}
	wantKind(t, "erasing what never was", s.Erase(ctx, tester, "Organization", "zzz"), fhir.NotFound)
}
