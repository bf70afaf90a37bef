package desk_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"masjala/fhir"
	"masjala/importers/desk"
)

func TestFilesAreSwept(t *testing.T) {
	p := newPlace(t)
	d := p.open(func(o *desk.Options) { o.Space, o.Age = 6000, 24*time.Hour })
	same := list("same", 20)
	a, err := p.submit(d, "facilities", "a", same)
	if err != nil {
		t.Fatal(err)
	}
	b, err := p.submit(d, "facilities", "b", same)
	if err != nil {
		t.Fatal(err)
	}
	p.until(d, a.Run, desk.Planned)
	p.until(d, b.Run, desk.Planned)
	if s, err := d.Stock(); err != nil || s.Files != 1 {
		t.Errorf("the same file twice: %+v, %v", s, err)
	}
	if _, err := p.submit(d, "facilities", "c", list("c", 300)); fhir.KindOf(err) != fhir.Full {
		t.Errorf("more than there is room for: %v, want Full", err)
	}
	if _, err := d.Forget(t.Context(), a.Run); fhir.KindOf(err) != fhir.Conflict {
		t.Errorf("the file of a plan is forgotten: %v", err)
	}
	p.must(d.Apply(t.Context(), a.Run, desk.AllGood, me))
	p.until(d, a.Run, desk.Done)
	p.must(d.Cancel(t.Context(), b.Run, me))
	c := p.hand(d, "facilities", "c", 180) // takes the room of the others
	p.until(d, c.Run, desk.Planned)
	if _, err := d.Original(p.task(d, a.Run)); fhir.KindOf(err) != fhir.Gone {
		t.Errorf("the oldest file: %v, want Gone", err)
	}
	p.ahead.Add(int64(48 * time.Hour))
	if err := d.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s, err := d.Stock(); err != nil || s.Files != 0 || s.Bytes != 0 {
		t.Errorf("after their age: %+v, %v", s, err)
	}
	if _, err := d.Task(t.Context(), c.Run); fhir.KindOf(err) != fhir.NotFound {
		t.Errorf("what was never applied: %v, want NotFound", err)
	}
	if p.task(d, a.Run).State != desk.Done {
		t.Error("what was applied is forgotten")
	}
}

func TestNoOriginalsIfNobodyWantsThem(t *testing.T) {
	p := newPlace(t)
	d := p.open(func(o *desk.Options) { o.Discard = true })
	x := p.hand(d, "facilities", "a", 2)
	p.until(d, x.Run, desk.Planned)
	p.must(d.Apply(t.Context(), x.Run, desk.AllGood, me))
	done := p.until(d, x.Run, desk.Done)
	for end := time.Now().Add(5 * time.Second); d.Keeps(done) && time.Now().Before(end); time.Sleep(time.Millisecond) {
	}
	if d.Keeps(done) {
		t.Error("the file is kept")
	}
	if err := d.WriteMarked(t.Context(), done, io.Discard); fhir.KindOf(err) != fhir.Gone {
		t.Errorf("the marked list: %v, want Gone", err)
	}
}

func TestFindingsOnPages(t *testing.T) {
	p := newPlace(t)
	d := p.open(nil)
	x, err := p.submit(d, "facilities", "a", "Code,Name,District\n1,,A\n2,,A\n3,,A\n4,Kila,A\n")
	if err != nil {
		t.Fatal(err)
	}
	planned := p.until(d, x.Run, desk.Planned)
	var rows []int
	cursor := ""
	for pages := 0; pages == 0 || cursor != ""; pages++ {
		page, err := d.Findings(planned, cursor, 2)
		if err != nil || pages > 3 {
			t.Fatal(pages, err)
		}
		for _, i := range page.List {
			rows = append(rows, i.Row)
		}
		cursor = page.Next
	}
	if got, _ := json.Marshal(rows); string(got) != "[2,3,4]" {
		t.Errorf("findings of the rows %s", got)
	}
	for _, cursor := range []string{"1", "-1", "x", "999999", "1e3"} {
		if _, err := d.Findings(planned, cursor, 2); fhir.KindOf(err) != fhir.Invalid {
			t.Errorf("cursor %s: %v, want Invalid", cursor, err)
		}
	}
	var text, book, marked bytes.Buffer
	if err := errors.Join(d.WriteFindings(planned, &text, false), d.WriteFindings(planned, &book, true), d.WriteMarked(t.Context(), planned, &marked)); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(text.String(), "name-missing"); n != 3 || !bytes.HasPrefix(book.Bytes(), []byte("PK")) || !bytes.HasPrefix(marked.Bytes(), []byte("PK")) {
		t.Errorf("the list of findings names %d", n)
	}
}
