package desk_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/desk"
	"masjala/store"
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
	if _, err := d.Forget(t.Context(), a.Run, "test"); fhir.KindOf(err) != fhir.Conflict {
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
	for _, at := range []string{"originals/lost+found/x", "originals/stray"} { // the first is not ours
		if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(p.dir, at)), 0o700), os.WriteFile(filepath.Join(p.dir, at), nil, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	p.ahead.Add(int64(48 * time.Hour))
	if err := d.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(p.dir, "originals/lost+found")); err != nil {
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
	done := p.apply(d, x)
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

// What is being sent is refused as soon as there is no room, not when all of it lies on the disk.
func TestUploadsTakeNoMoreThanTheirSpace(t *testing.T) {
	p := newPlace(t)
	d := p.open(func(o *desk.Options) { o.Space = 100 << 10 })
	endless := &countdown{}
	if _, err := d.Receive(endless); fhir.KindOf(err) != fhir.Full {
		t.Fatalf("without end: %v, want Full", err)
	}
	if endless.read > 200<<10 {
		t.Errorf("%d bytes were read", endless.read)
	}
	first, err := d.Receive(strings.NewReader(strings.Repeat("x", 80<<10)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Receive(strings.NewReader(strings.Repeat("y", 80<<10))); fhir.KindOf(err) != fhir.Full {
		t.Errorf("beside another: %v, want Full", err)
	}
	first.Discard()
	first.Discard()
	for range 3 { // the room is given back each time
		x := p.hand(d, "facilities", "a", 2000)
		p.until(d, x.Run, desk.Planned)
		p.must(d.Cancel(t.Context(), x.Run, me))
	}
	if left, err := os.ReadDir(filepath.Join(p.dir, "incoming")); err != nil || len(left) > 0 {
		t.Errorf("%d files are left of what was refused, %v", len(left), err)
	}
	for _, dir := range []string{"", "originals", "found", "incoming"} {
		info, err := os.Stat(filepath.Join(p.dir, dir))
		if err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("folder %q has the mode %v, %v", dir, info.Mode(), err)
		}
	}
	files, err := filepath.Glob(filepath.Join(p.dir, "*", "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the mode %v, %v", file, info.Mode(), err)
		}
	}
}

// countdown is a sender who does not end.
type countdown struct{ read int }

func (c *countdown) Read(b []byte) (int, error) {
	c.read += len(b)
	return len(b), nil
}

// A command imports what there is no room to keep.
func TestCommandWithoutRoom(t *testing.T) {
	for name, change := range map[string]func(*desk.Options){
		"too large":       func(o *desk.Options) { o.Space = 40 },
		"nobody wants it": func(o *desk.Options) { o.Discard = true },
	} {
		p := newPlace(t)
		d := p.open(change)
		path := filepath.Join(t.TempDir(), "a.csv")
		if err := os.WriteFile(path, []byte(list("a", 3)), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := d.Import(t.Context(), desk.Order{Paper: desk.Paper{Kind: "facilities", File: "a.csv", Actor: "cli"}, Path: path})
		if err != nil || got.Of("facilities").Create != 3 {
			t.Fatalf("%s: %+v, %v", name, got, err)
		}
		x := p.task(d, got.Run)
		if d.Keeps(x) || x.Hash != got.Hash || x.Bytes != int64(len(list("a", 3))) {
			t.Errorf("%s: the task is %+v", name, x)
		}
	}
}

// A long list is given in pages, and no page reads all of it.
func TestListInPages(t *testing.T) {
	p := newPlace(t)
	d := p.open(nil)
	const n = 5120
	err := p.env.Store.Write(t.Context(), store.Cause{Actor: "test"}, func(tx store.Tx) error {
		for i := range n {
			run := fmt.Sprintf("2026%06d", i)
			x := fmt.Appendf(nil, `{"run":%q,"kind":"facilities","actor":"%d","given":"kind: facilities"}`, run, i%1000)
			if err := tx.SetValue("import/tasks", run, x); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	pages := func(limit int, meets func(*desk.Task) bool) (runs []string, pages int) {
		for next := ""; pages == 0 || next != ""; pages++ {
			read, page := 0, []*desk.Task(nil)
			page, next, err = d.List(t.Context(), next, limit, func(x *desk.Task) bool { read++; return meets(x) })
			if err != nil || len(page) > limit || read > 11_000 {
				t.Fatalf("%d on a page of %d, %d read, %v", len(page), limit, read, err)
			}
			for _, x := range page {
				runs = append(runs, x.Run)
				if x.Mapping != "" {
					t.Fatalf("%s comes with its mapping", x.Run)
				}
			}
		}
		return runs, pages
	}
	for name, tc := range map[string]struct {
		limit, found, pages int
		meets               func(*desk.Task) bool
	}{
		"all":                {200, n, 26, func(*desk.Task) bool { return true }},
		"those of somebody":  {2, 6, 3, func(x *desk.Task) bool { return x.Actor == "7" }},
		"the oldest":         {5, 1, 2, func(x *desk.Task) bool { return x.Run == "2026000000" }},
		"none":               {5, 0, 2, func(*desk.Task) bool { return false }},
		"as many as a page":  {6, 6, 2, func(x *desk.Task) bool { return x.Actor == "7" }},
		"one page in a page": {200, 100, 2, func(x *desk.Task) bool { return x.Run >= "2026005020" }},
	} {
		runs, got := pages(tc.limit, tc.meets)
		if len(runs) != tc.found || got != tc.pages || !slices.IsSortedFunc(runs, func(a, b string) int { return strings.Compare(b, a) }) {
			t.Errorf("%s: %d found on %d pages, want %d on %d: %.5q", name, len(runs), got, tc.found, tc.pages, runs)
		}
	}
	if ended := p.task(d, "2026000009"); ended.Mapping == "" {
		t.Error("alone it comes without its mapping")
	}
}

// What is forgotten is nowhere any more but in what was imported.
func TestNothingIsLeftOfWhatIsForgotten(t *testing.T) {
	p := newPlace(t)
	d := p.open(nil)
	x, err := p.submit(d, "facilities", "a", "Code,Name,District,Opened\n1,Siri Clinic,Alpha,long ago\n2,,Siri,2001\n")
	if err != nil {
		t.Fatal(err)
	}
	p.apply(d, x)
	told := func() string {
		result, err := d.Result(t.Context(), x.Run)
		if err != nil {
			t.Fatal(err)
		}
		run, err := p.env.Store.Value(t.Context(), "import/runs", x.Run)
		if err != nil {
			t.Fatal(err)
		}
		return string(result) + string(run)
	}
	if got := told(); !strings.Contains(got, "Siri") || !strings.Contains(got, "long ago") {
		t.Fatalf("nothing is to be forgotten here: %s", got)
	}
	counts := func() string { return gjson.Get(told(), "counts").Raw + gjson.Get(told(), "issues.#.count").Raw }
	before := counts()
	p.must(d.Forget(t.Context(), x.Run, "test"))
	if got := told(); strings.Contains(got, "Siri") || strings.Contains(got, "long ago") || counts() != before {
		t.Errorf("it still tells %s", got)
	}
	if _, err := d.Findings(p.task(d, x.Run), "", 9); fhir.KindOf(err) != fhir.Gone {
		t.Errorf("its findings: %v, want Gone", err)
	}
	u, err := d.TakeBack(t.Context(), importers.UndoRequest{Run: x.Run, Actor: "test"})
	if err != nil || u.Deleted == 0 || p.count("Location") != 0 {
		t.Errorf("undone %+v, %v", u, err)
	}
}
