package join

import (
	"context"
	"errors"
	"time"

	facilitymatch "masjala/facility/match"
	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/facilities"
	"masjala/importers/workers"
	"masjala/internal/linkage"
	workermatch "masjala/workforce/match"
)

// List is a file to be joined.
type List struct {
	File, Name string             // path, and the name to show
	Sheet      string             // "" lets the content decide
	Map        *importers.Mapping // nil lets the content decide
}

// Request says which lists to join.
type Request struct {
	Kind string // "facilities" or "workers"
	A    List
	B    *List // nil: look for doubles in A
	Now  time.Time

	Scratch string // folder for temporary files; "": that of the system
}

// Info says what was read.
type Info struct {
	File      string `json:"file"`
	Sheet     string `json:"sheet"`
	HeaderRow int    `json:"headerRow"`
	Rows      int    `json:"rows"`
}

// Side is one row or resource of a pair.
type Side struct {
	Row  int    `json:"row,omitempty"`       // as a spreadsheet program shows it
	Ref  string `json:"reference,omitempty"` // of a resource: "Location/1"
	Name string `json:"name"`
}

// Pair is two rows that mean the same, or may.
type Pair struct {
	A           Side               `json:"a"`
	B           Side               `json:"b"`
	Score       float64            `json:"score"`
	Band        linkage.Band       `json:"band"`
	Explanation string             `json:"explanation"`
	Evidence    []linkage.Evidence `json:"evidence"`
}

// Report is what was found.
type Report struct {
	Kind    string  `json:"kind"`
	A       Info    `json:"a"`
	B       *Info   `json:"b,omitempty"`
	Matches int     `json:"matches"` // pairs of the band match
	Reviews int     `json:"reviews"` // pairs of the band review
	Pairs   []Pair  `json:"pairs"`
	OnlyA   []Side  `json:"onlyA,omitempty"` // rows without a pair
	OnlyB   []Side  `json:"onlyB,omitempty"`
	Seconds float64 `json:"seconds"`
}

// Problems tells whether somebody should look at pairs.
func (r *Report) Problems() bool { return r.Reviews > 0 }

// Run joins lists. It fails with Invalid when a file is no list of the kind.
func Run(ctx context.Context, req Request) (*Report, error) {
	started := time.Now()
	var report *Report
	var err error
	switch req.Kind {
	case "facilities":
		report, err = run(ctx, &req, facilityKind)
	case "workers":
		report, err = run(ctx, &req, workerKind)
	default:
		return nil, fhir.Errorf(fhir.Invalid, "there are no lists of the kind %q; there are facilities and workers", req.Kind)
	}
	if err != nil {
		return nil, err
	}
	report.Seconds = time.Since(started).Seconds()
	return report, nil
}

// kind is how lists of one kind are read and compared.
type kind[R any] struct {
	targets func() []importers.Target
	read    func(ctx context.Context, src *importers.Source, now time.Time, add func(row int, r R)) error
	name    func(*R) string
	ids     func(*R) *[]linkage.Identifier
	numbers []importers.Numbered
	lists   func(ctx context.Context, a, b []R) ([]linkage.Pair, error)
	twins   func(ctx context.Context, list []R) ([]linkage.Pair, error)
}

var facilityKind = kind[facilitymatch.Facility]{
	targets: facilities.Targets,
	read:    facilities.ReadForMatch,
	name:    func(f *facilitymatch.Facility) string { return f.Name },
	ids:     func(f *facilitymatch.Facility) *[]linkage.Identifier { return &f.Identifiers },
	numbers: []importers.Numbered{{Target: "id"}, {Target: "identifier"}},
	lists:   facilitymatch.Lists,
	twins:   facilitymatch.Twins,
}

var workerKind = kind[workermatch.Worker]{
	targets: func() []importers.Target { return workers.Targets },
	read:    workers.ReadForMatch,
	name: func(w *workermatch.Worker) string {
		if len(w.Names) == 0 {
			return ""
		}
		return w.Names[0]
	},
	ids:     func(w *workermatch.Worker) *[]linkage.Identifier { return &w.Identifiers },
	numbers: []importers.Numbered{{Target: "identifier"}, {Target: "licenceNumber"}},
	lists:   workermatch.Lists,
	twins:   workermatch.Twins,
}

// list is one that was read.
type list[R any] struct {
	info    Info
	records []R
	rows    []int
}

func run[R any](ctx context.Context, req *Request, k kind[R]) (*Report, error) {
	a, err := k.open(ctx, req, &req.A)
	if err != nil {
		return nil, err
	}
	report := &Report{Kind: req.Kind, A: a.info, Pairs: []Pair{}}
	if req.B == nil {
		pairs, err := k.twins(ctx, a.records)
		if err != nil {
			return nil, err
		}
		fill(report, k, a, a, pairs)
		return report, nil
	}
	b, err := k.open(ctx, req, req.B)
	if err != nil {
		return nil, err
	}
	restore(k.ids, a.records, b.records)
	restore(k.ids, b.records, a.records)
	trust(k, a.records, b.records)
	pairs, err := k.lists(ctx, a.records, b.records)
	if err != nil {
		return nil, err
	}
	report.B = &b.info
	fill(report, k, a, b, pairs)
	paired := [2]map[int]bool{{}, {}}
	for _, p := range pairs {
		paired[0][p.A], paired[1][p.B] = true, true
	}
	report.OnlyA, report.OnlyB = k.others(a, paired[0]), k.others(b, paired[1])
	return report, nil
}

// open reads a list.
func (k *kind[R]) open(ctx context.Context, req *Request, from *List) (l *list[R], err error) {
	src, err := importers.Open(&importers.Request{File: from.File, Name: from.Name, Sheet: from.Sheet, Map: from.Map, Scratch: req.Scratch}, req.Kind, k.targets())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	if _, err := src.LearnNumbers(ctx, importers.Env{}, func() {}, k.numbers...); err != nil {
		return nil, err
	}
	l = &list[R]{}
	if err := k.read(ctx, src, req.Now, func(row int, r R) {
		l.records, l.rows = append(l.records, r), append(l.rows, row)
	}); err != nil {
		return nil, err
	}
	l.info = Info{File: src.Book.Name, Sheet: src.Sheet, HeaderRow: src.Head.Row, Rows: len(l.records)}
	return l, nil
}

func (k *kind[R]) side(l *list[R], n int) Side {
	return Side{Row: l.rows[n], Name: k.name(&l.records[n])}
}

// others are the rows without a pair.
func (k *kind[R]) others(l *list[R], paired map[int]bool) []Side {
	var out []Side
	for n := range l.records {
		if !paired[n] {
			out = append(out, k.side(l, n))
		}
	}
	return out
}

func fill[R any](report *Report, k kind[R], a, b *list[R], pairs []linkage.Pair) {
	for i := range pairs {
		report.add(&pairs[i], k.side(a, pairs[i].A), k.side(b, pairs[i].B))
	}
}

// add takes a pair in.
func (r *Report) add(p *linkage.Pair, a, b Side) {
	if p.Band == linkage.Accept {
		r.Matches++
	} else {
		r.Reviews++
	}
	r.Pairs = append(r.Pairs, Pair{A: a, B: b, Score: p.Score(), Band: p.Band, Explanation: p.Explain(), Evidence: p.Evidence})
}
