package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// lexicon says how a server with large code systems is measured.
type lexicon struct {
	program   string
	dir       string // for content, which is kept from run to run, and data, which is not
	reference string // the folder with the generator of the content
	concepts  int    // of the large code system
	labs      int    // of the second one
	only      string // cases, separated by commas; empty: all
	runs      int
	clients   int
	each      time.Duration // of one measurement
	checked   int           // answers of each case that are compared with what is known
	mixed     time.Duration // of lookups while others expand
	again     bool          // use the data that the last run left, and import nothing
}

// vocabulary measures the server with large code systems and prints the tables. It fails with
// errMissed when an answer is wrong or something is worse than promised.
func vocabulary(ctx context.Context, args []string) error {
	l := lexicon{}
	f := flag.NewFlagSet("terminology", flag.ContinueOnError)
	f.StringVar(&l.program, "program", "", "the program to measure (default: built from the source)")
	f.StringVar(&l.dir, "data", ".cache/terminology", "folder for content and data; content that was made before is used again")
	f.StringVar(&l.reference, "reference", "../shared", "the reference folder, whose generator makes the content")
	f.IntVar(&l.concepts, "concepts", 350_000, "concepts of the large code system")
	f.IntVar(&l.labs, "labs", 100_000, "concepts of the second one")
	f.StringVar(&l.only, "cases", "", "cases to measure, separated by commas; ICD is typeahead in ICD-10-CM (default: all)")
	f.IntVar(&l.runs, "runs", 5, "repetitions; medians are printed")
	f.IntVar(&l.clients, "clients", 10, "connections at once")
	f.DurationVar(&l.each, "each", 2*time.Second, "how long each measurement takes")
	f.IntVar(&l.checked, "checked", 200, "answers of each case that are compared with what is known")
	f.DurationVar(&l.mixed, "mixed", 10*time.Second, "how long lookups are made while others expand")
	f.BoolVar(&l.again, "again", false, "use the data that the last run left: nothing is imported or measured of importing")
	if err := f.Parse(args); err != nil {
		return err
	}
	if l.runs < 1 || l.clients < 1 || l.each <= 0 || l.concepts < 1 || l.labs < 1 || l.checked < 1 || l.mixed <= 0 {
		return errors.New("runs, clients, each, concepts, labs, checked and mixed must be positive")
	}
	found, err := l.measure(ctx)
	if err != nil {
		return err
	}
	kept := found.report(os.Stdout, machine())
	if err := l.compare(ctx, os.Stdout, found); err != nil {
		return err
	}
	if !kept {
		return errMissed
	}
	return nil
}

// asked is a case with its samples, one for each run.
type asked struct {
	name, what string
	limit      float64 // in floors
	status     int     // of the answers
	questions  []question
	samples    []sample
	cold       sample // the first after a restart
	right      int
	tried      int
	first      string // the first wrong answer
}

// knowledge is all that was measured of a server with large code systems.
type knowledge struct {
	lexicon
	cases       []*asked
	bare, floor []sample
	loads       []loading
	fresh       memory // the most in a run of all cases right after the imports
	restarted   memory // the most of all runs after a restart
	ready       time.Duration
	alone, busy sample // lookups
	typing      typing
	swap        swapping
}

// measure loads the content into an empty server, restarts it and takes all measurements.
func (l lexicon) measure(ctx context.Context) (*knowledge, error) {
	if err := os.MkdirAll(l.dir, 0o750); err != nil {
		return nil, fmt.Errorf("make %s: %w", l.dir, err)
	}
	if err := l.content(ctx); err != nil {
		return nil, err
	}
	if l.program == "" {
		l.program = filepath.Join(l.dir, "masjala")
		if err := build(ctx, l.program); err != nil {
			return nil, err
		}
	}
	if err := os.RemoveAll(l.log()); err != nil {
		return nil, err
	}
	defer os.RemoveAll(l.log())
	k := &knowledge{lexicon: l}
	if err := k.read(); err != nil {
		return nil, err
	}
	if !l.again {
		if err := k.fill(ctx); err != nil {
			return nil, err
		}
	}
	return k, k.serve(ctx)
}

func (l lexicon) data() string { return filepath.Join(l.dir, "data") }

// log is the file of the log of requests.
func (l lexicon) log() string { return filepath.Join(l.dir, "requests.log") }

// start starts the program, with messages to a file.
func (l lexicon) start(ctx context.Context, messages string) (*process, []byte, error) {
	return startSigned(ctx, l.program, l.data(), l.log(), filepath.Join(l.dir, messages))
}

// read reads the questions of the cases to measure: those on FHIR packages, then those on the
// release files of the same content, whose names end in /rf2.
func (k *knowledge) read() error {
	for _, file := range []struct{ name, suffix string }{{"cases-cs.jsonl", ""}, {"cases-sct.jsonl", "/rf2"}} {
		all, err := readQuestions(filepath.Join(k.contentDir(), file.name))
		if err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(all)) {
			promise, known := promises[name]
			if known && (k.only == "" || slices.Contains(strings.Split(k.only, ","), name)) {
				k.cases = append(k.cases, &asked{name: name + file.suffix, what: promise.what, limit: promise.limit, questions: all[name]})
			}
		}
	}
	if len(k.cases) == 0 && k.only != "ICD" {
		return fmt.Errorf("no case is called %q", k.only)
	}
	return nil
}

// fill loads the content into a server that has none and asks all questions once.
func (k *knowledge) fill(ctx context.Context) (err error) {
	if err := os.RemoveAll(k.data()); err != nil {
		return err
	}
	server, header, err := k.start(ctx, "import.log")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	for _, source := range k.sources() {
		if err := k.load(ctx, server, source); err != nil {
			return err
		}
	}
	if err := rest(ctx, server); err != nil {
		return err
	}
	tell("all cases once, right after the imports")
	watched := watch(ctx, server)
	err = k.warm(ctx, server, header)
	k.fresh = watched()
	return err
}

// warm asks all cases for a while, and checks answers: what is made on first use is there,
// afterwards.
func (k *knowledge) warm(ctx context.Context, server *process, header []byte) error {
	for _, a := range k.cases {
		err := k.check(ctx, a, server, header, 1) // which tells the status
		if err == nil {
			a.cold, err = k.ask(ctx, a, server, header, 0)
		}
		if err == nil {
			err = k.check(ctx, a, server, header, k.checked)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// serve starts the server anew and takes all measurements.
func (k *knowledge) serve(ctx context.Context) (err error) {
	bare, err := startBare(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bare.stop()) }()
	begin := time.Now()
	server, header, err := k.start(ctx, "serve.log")
	if err != nil {
		return err
	}
	k.ready = time.Since(begin)
	tell("ready after %s", k.ready.Round(time.Millisecond))
	watched := watch(ctx, server)
	defer func() { err = errors.Join(err, server.stop()) }()
	if err := rest(ctx, server); err != nil { // else what it does by itself counts as that of requests
		return err
	}
	tell("all cases once, after a restart")
	if err := k.warm(ctx, server, header); err != nil {
		return err
	}
	for run := range k.runs {
		tell("run %d of %d", run+1, k.runs)
		if err := k.run(ctx, bare, server, header, run); err != nil {
			return err
		}
	}
	if err := k.mix(ctx, server, header); err != nil {
		return err
	}
	k.restarted = watched()
	if err := k.typeahead(ctx, server, header); err != nil {
		return err
	}
	return k.replace(ctx, bare, server, header)
}

// run asks all questions once, and measures the floor all along: others may use the machine.
func (k *knowledge) run(ctx context.Context, bare, server *process, header []byte, run int) error {
	alive := append([]byte("GET /livez"), header...)
	plain := append([]byte("GET /"), header...)
	var floor, handler sample
	for _, a := range k.cases {
		for _, m := range []struct {
			of      *process
			request []byte
			into    *sample
		}{{bare, plain, &handler}, {server, alive, &floor}} {
			s, err := driveFor(ctx, k.each/4, m.of, 200, k.clients, func(int) job { return func(int) []byte { return m.request } })
			if err != nil {
				return err
			}
			m.into.add(s)
		}
		s, err := k.ask(ctx, a, server, header, run)
		if err != nil {
			return err
		}
		a.samples = append(a.samples, s)
	}
	k.bare, k.floor = append(k.bare, handler), append(k.floor, floor)
	return nil
}

// add joins what two measurements of the same thing gave; the slower times count.
func (s *sample) add(o sample) {
	s.requests, s.elapsed, s.cpu = s.requests+o.requests, s.elapsed+o.elapsed, s.cpu+o.cpu
	s.p50, s.p95, s.p99 = max(s.p50, o.p50), max(s.p95, o.p95), max(s.p99, o.p99)
}

// ask has all clients ask questions of a case for a while.
func (k *knowledge) ask(ctx context.Context, a *asked, server *process, header []byte, run int) (sample, error) {
	requests := a.requests(header)
	s, err := driveFor(ctx, k.each, server, a.status, k.clients, func(client int) job {
		r := rand.New(rand.NewPCG(uint64(run), uint64(client)))
		return func(int) []byte { return requests[r.IntN(len(requests))] }
	})
	if err != nil {
		return s, fmt.Errorf("%s: %w", a.name, err)
	}
	return s, nil
}

func (a *asked) requests(header []byte) [][]byte {
	out := make([][]byte, len(a.questions))
	for i := range out {
		out[i] = a.questions[i].request(header)
	}
	return out
}

// check compares n answers of a case with what is known of them.
func (k *knowledge) check(ctx context.Context, a *asked, server *process, header []byte, n int) error {
	c, err := dial(ctx, server.address)
	if err != nil {
		return err
	}
	defer c.conn.Close()
	c.whole = true
	r := rand.New(rand.NewPCG(1, 2))
	for range n {
		q := &a.questions[r.IntN(len(a.questions))]
		status, err := c.do(q.request(header))
		if err != nil {
			return fmt.Errorf("%s: %w", a.name, err)
		}
		a.tried, a.status = a.tried+1, status
		if wrong := q.Answer.wrong(status, c.answer); wrong == "" {
			a.right++
		} else if a.first == "" {
			a.first = fmt.Sprintf("%s %s: %s", q.Method, q.Path, wrong)
			tell("%s is wrong: %s", a.name, a.first)
		}
	}
	return nil
}
