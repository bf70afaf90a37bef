package desk_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"masjala/facility"
	"masjala/importers"
	"masjala/importers/desk"
	"masjala/importers/facilities"
	"masjala/store"
	"masjala/store/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// place is a data directory whose store outlives desks.
type place struct {
	t     *testing.T
	env   importers.Env
	dir   string
	ahead atomic.Int64  // nanoseconds that the clock is ahead of the true time
	gate  chan struct{} // nil: open; imports of rows wait for it
	began chan string   // told of each step that begins, by file
}

func newPlace(t *testing.T) *place {
	t.Helper()
	dir := t.TempDir()
	s, err := sqlite.Open(filepath.Join(dir, "masjala.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	p := &place{t: t, dir: filepath.Join(dir, "imports"), began: make(chan string, 100)}
	p.env = importers.Env{Store: s, Registries: store.NewRegistries(facility.NewRegistry(), store.PlainRegistry("CodeSystem", "ValueSet", "ConceptMap")),
		Now: func() time.Time { return time.Now().Add(time.Duration(p.ahead.Load())) }}
	return p
}

// open opens a desk; change may alter its options.
func (p *place) open(change func(*desk.Options)) *desk.Desk {
	p.t.Helper()
	o := desk.Options{Env: p.env, Folder: p.dir, Kinds: map[string]desk.Kind{
		"facilities": {Run: p.run, Targets: facilities.Targets, Registries: []string{"facility"}},
		"beds":       {Run: p.run, Targets: facilities.Targets, Registries: []string{"beds"}},
	}}
	if change != nil {
		change(&o)
	}
	d, err := desk.Open(p.t.Context(), o)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { d.Close() })
	if err := d.Start(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
	return d
}

// run imports facilities when the gate is open.
func (p *place) run(ctx context.Context, env importers.Env, req importers.Request) (*importers.Report, error) {
	p.began <- req.Name
	if p.gate != nil {
		select {
		case <-p.gate:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return facilities.Run(ctx, env, req)
}

// hand hands a list of facilities in, with rows F1 to Fn.
func (p *place) hand(d *desk.Desk, kind, name string, rows int) *desk.Task {
	p.t.Helper()
	t, err := p.submit(d, kind, name, list(name, rows))
	if err != nil {
		p.t.Fatal(err)
	}
	return t
}

func list(name string, rows int) string {
	var b strings.Builder
	b.WriteString("Code,Name,District\n")
	for i := range rows {
		fmt.Fprintf(&b, "%s%d,Clinic %d of %s,Alpha\n", name, i, i, name)
	}
	return b.String()
}

func (p *place) submit(d *desk.Desk, kind, name, text string) (*desk.Task, error) {
	p.t.Helper()
	u, err := d.Receive(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	defer u.Discard()
	return d.Submit(p.t.Context(), u, desk.Paper{Kind: kind, File: name + ".csv", Actor: "test"})
}

// until waits until a task is in a state.
func (p *place) until(d *desk.Desk, run string, state desk.State) *desk.Task {
	p.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		t := p.task(d, run)
		if t.State == state {
			return t
		}
		if time.Now().After(end) {
			p.t.Fatalf("the import is %s, want %s: %s", t.State, state, t.Error)
		}
	}
}

// apply applies an import when it is planned, and waits until it is done.
func (p *place) apply(d *desk.Desk, x *desk.Task) *desk.Task {
	p.t.Helper()
	p.until(d, x.Run, desk.Planned)
	p.must(d.Apply(p.t.Context(), x.Run, desk.AllGood, me))
	return p.until(d, x.Run, desk.Done)
}

func (p *place) task(d *desk.Desk, run string) *desk.Task {
	p.t.Helper()
	t, err := d.Task(p.t.Context(), run)
	if err != nil {
		p.t.Fatal(err)
	}
	return t
}

func (p *place) count(typ string) int {
	p.t.Helper()
	n, err := p.env.Store.Count(p.t.Context(), typ)
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

var me = desk.Ask{Actor: "test"}

// must fails the test when something could not be done.
func (p *place) must(t *desk.Task, err error) *desk.Task {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
	return t
}
