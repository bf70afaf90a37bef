package export

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/internal/export/table"
	"masjala/internal/jobs"
	"masjala/store"
)

// Plan is a table that is made again and again.
type Plan struct {
	Name      string   // of the plan; its job is called export:NAME
	Type      string   // resource type
	Query     string   // search parameters as a client writes them: "status=active&type=hospital"
	Columns   []string // see the documentation of the setting
	To        string   // file, or http address that takes the table by PUT
	TokenFile string   // file with the bearer token for an address
	Schedule  string   // cron expression; empty: only by hand
	Timezone  string   // IANA name; empty: UTC
}

// Exports are plans that can be carried out. It is safe for concurrent use.
type Exports struct {
	from  store.Store
	http  *http.Client
	plans []plan
}

// plan is a Plan that was checked.
type plan struct {
	Plan
	columns []column
	query   []search.Pair
}

// New checks plans for the resources of a store. It fails with Invalid, naming the plan, when
// one can never work.
func New(from store.Store, plans []Plan) (*Exports, error) {
	e := &Exports{from: from, http: &http.Client{Timeout: time.Hour, CheckRedirect: stay}}
	for _, p := range plans {
		checked, err := p.check()
		if err != nil {
			return nil, fhir.Errorf(fhir.Invalid, "the export %q: %s", p.Name, err)
		}
		for _, other := range e.plans {
			if other.Name == p.Name {
				return nil, fhir.Errorf(fhir.Invalid, "two exports are called %q", p.Name)
			}
		}
		e.plans = append(e.plans, checked)
	}
	return e, nil
}

// stay follows no redirect: what follows one is a question without the table, and its answer
// says nothing of whether the table was taken.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// check reads what a plan says.
func (p Plan) check() (plan, error) {
	out := plan{Plan: p}
	switch {
	case !fhir.ValidID(p.Name):
		return out, fhir.Errorf(fhir.Invalid, "its name must be made of letters, digits, dots and dashes")
	case p.To == "":
		return out, fhir.Errorf(fhir.Invalid, "it needs a file or an address to go to")
	case len(p.Columns) == 0:
		return out, fhir.Errorf(fhir.Invalid, "it needs columns")
	}
	for _, text := range p.Columns {
		c, err := readColumn(text)
		if err != nil {
			return out, err
		}
		out.columns = append(out.columns, c)
	}
	var err error
	if out.query, err = ReadQuery(p.Query); err != nil {
		return out, err
	}
	_, err = search.Parse(search.Request{Type: p.Type, Pairs: out.query, Strict: true})
	if err != nil && fhir.KindOf(err) != fhir.Busy { // one of an own parameter, which is not known yet
		return out, err
	}
	_, err = jobs.ParseSchedule(p.Schedule, p.Timezone)
	return out, err
}

// ReadQuery reads search parameters as a client writes them: "status=active&type=hospital". It fails with Invalid
// when they cannot be read.
func ReadQuery(text string) ([]search.Pair, error) {
	var pairs []search.Pair
	for part := range strings.SplitSeq(text, "&") {
		name, value, _ := strings.Cut(part, "=")
		name, err := url.QueryUnescape(name)
		value, err2 := url.QueryUnescape(value)
		if err != nil || err2 != nil {
			return nil, fhir.Errorf(fhir.Invalid, "the query %q is no query of a search", text)
		}
		if name != "" {
			pairs = append(pairs, search.Pair{Name: name, Value: value})
		}
	}
	return pairs, nil
}

// Jobs makes one job for each plan.
func (e *Exports) Jobs() []jobs.Job {
	list := make([]jobs.Job, len(e.plans))
	for i := range e.plans {
		p := &e.plans[i]
		list[i] = jobs.Job{Name: "export:" + p.Name, Schedule: p.Schedule, Timezone: p.Timezone, Run: func(ctx context.Context, progress jobs.Progress) error {
			return e.run(ctx, p, progress)
		}}
	}
	return list
}

// run makes a table and brings it to where it goes.
func (e *Exports) run(ctx context.Context, p *plan, progress jobs.Progress) error {
	path, remote := p.To, strings.HasPrefix(p.To, "http://") || strings.HasPrefix(p.To, "https://")
	dir := filepath.Dir(path)
	if remote {
		dir = ""
	}
	f, err := os.CreateTemp(dir, "export-*.csv") // for its owner only
	if err != nil {
		return fmt.Errorf("make the table %s: %w", p.Name, err)
	}
	defer os.Remove(f.Name()) // of no effect once it was renamed
	err = e.table(ctx, p, f, progress)
	if err == nil && remote {
		err = e.send(ctx, p, f)
	} else if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil && !remote {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("export %s: %w", p.Name, err)
	}
	return nil
}

// table writes the rows, in UTF-8 as RFC 4180 wants them.
func (e *Exports) table(ctx context.Context, p *plan, to io.Writer, progress jobs.Progress) error {
	titles := make([]string, len(p.columns))
	for i := range p.columns {
		titles[i] = p.columns[i].title
	}
	w, err := table.NewPlain(to, table.Head{Names: titles})
	if err != nil {
		return err
	}
	row, n := make([]table.Cell, len(p.columns)), int64(0)
	err = store.Each(ctx, e.from, p.Type, func(r *fhir.Resource) error {
		for i := range p.columns {
			row[i] = table.Text(p.columns[i].of(r))
		}
		if n++; n%1000 == 0 && progress != nil {
			progress(jobs.Step{Text: "rows", Done: n})
		}
		return w.Row(row)
	}, p.query...)
	if err != nil {
		return err
	}
	return w.Close()
}

// send puts the table to another server.
func (e *Exports) send(ctx context.Context, p *plan, f *os.File) error {
	size, err := f.Seek(0, io.SeekCurrent)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, p.To, io.NopCloser(f))
	if err != nil {
		return err
	}
	req.ContentLength = size
	req.Header.Set("Content-Type", "text/csv; charset=utf-8")
	if p.TokenFile != "" {
		token, err := os.ReadFile(p.TokenFile)
		if err != nil {
			return err
		}
		req.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	}
	res, err := e.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		return fhir.Errorf(fhir.Busy, "the other server answered %s", res.Status)
	}
	return nil
}
