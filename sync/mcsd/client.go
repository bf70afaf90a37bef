package mcsd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"masjala/fhir"
	"masjala/internal/jobs"
	"masjala/store"
)

// Options are what a [Client] needs. Store and Registries are required.
type Options struct {
	Store      store.Store
	Registries *store.Registries
	Sources    []Source
	// Self lists the FHIR base addresses of this server. A resource whose meta.source is one
	// of them is ours and came back in a loop.
	Self []string

	HTTP *http.Client     // its transport and timeout are used; a plain one when nil
	Now  func() time.Time // time.Now when nil
	Rand *rand.Rand       // for waiting times; seeded at random when nil
	// Sleep waits before an attempt is repeated; it fails when ctx ends. A timer when nil.
	Sleep func(ctx context.Context, d time.Duration) error
	Log   *slog.Logger // nothing is logged when nil
	// OnReport, when set, is told of each run that ended.
	OnReport func(*Report)
}

// Client follows sources. Its methods are safe for concurrent use; two runs of one
// source do not take place at once.
type Client struct {
	o       Options
	sources []Source

	mu      sync.Mutex // guards Options.Rand and what follows
	running map[string]bool
}

// New makes a client. It fails with Invalid when a source cannot be used, or two have one name.
func New(o Options) (*Client, error) {
	if o.HTTP == nil {
		o.HTTP = &http.Client{}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	c := &Client{o: o, running: map[string]bool{}}
	for _, src := range o.Sources {
		src, err := src.check()
		if err != nil {
			return nil, err
		}
		if _, taken := c.source(src.Name); taken {
			return nil, fhir.Errorf(fhir.Invalid, "two sources are called %s", src.Name)
		}
		c.sources = append(c.sources, src)
	}
	return c, nil
}

// sleep waits for d, or fails when ctx ends before.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// source finds a source by its name.
func (c *Client) source(name string) (Source, bool) {
	i := slices.IndexFunc(c.sources, func(s Source) bool { return s.Name == name })
	if i < 0 {
		return Source{}, false
	}
	return c.sources[i], true
}

// known returns the source called name, or NotFound.
func (c *Client) known(name string) (Source, error) {
	src, ok := c.source(name)
	if !ok {
		return src, fhir.Errorf(fhir.NotFound, "there is no source called %q; sources are named in the configuration", name)
	}
	return src, nil
}

// Run brings this server up to date with a source and returns what it did. The report is
// there even with an error, and says the same; it is kept in the store. Run fails with
// NotFound for a source that is not configured, with Conflict when a run of it is under
// way, and otherwise when it could not get all there is: the next run goes on from there.
func (c *Client) Run(ctx context.Context, name string, progress jobs.Progress) (*Report, error) {
	src, err := c.known(name)
	if err != nil {
		return nil, err
	}
	if !c.begin(name) {
		return nil, fhir.Errorf(fhir.Conflict, "source %s is being followed right now; wait until that run ended", name)
	}
	defer c.end(name)
	s := newSession(c, src, progress)
	err = s.run(ctx)
	s.report.Ended = c.o.Now().UTC()
	if err != nil {
		s.report.Error = err.Error()
	}
	if kept := c.keep(s.report); kept != nil {
		err = errors.Join(err, kept)
	}
	c.log(s.report)
	if c.o.OnReport != nil {
		c.o.OnReport(s.report)
	}
	return s.report, err
}

func (c *Client) begin(name string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running[name] {
		return false
	}
	c.running[name] = true
	return true
}

func (c *Client) end(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.running, name)
}

func (c *Client) log(r *Report) {
	sum := r.Total()
	attrs := []any{"source", r.Source, "created", sum.Created, "updated", sum.Updated, "deleted", sum.Deleted,
		"refused", sum.Refused, "conflicts", sum.Conflicts, "ms", r.Ended.Sub(r.Started).Milliseconds()}
	if r.Error != "" {
		c.o.Log.Warn("source was not followed to the end", append(attrs, "err", r.Error)...)
		return
	}
	c.o.Log.Info("source was followed", attrs...)
}

// Jobs makes one job for each source, called sync:NAME, whose scheduled runs start up to
// delay later so that many servers do not ask the same upstream at once.
func (c *Client) Jobs(delay time.Duration) []jobs.Job {
	list := make([]jobs.Job, len(c.sources))
	for i, src := range c.sources {
		list[i] = jobs.Job{
			Name: "sync:" + src.Name, Schedule: src.Schedule, Timezone: src.Timezone, Delay: delay,
			Run: func(ctx context.Context, progress jobs.Progress) error {
				_, err := c.Run(ctx, src.Name, progress)
				return err
			},
		}
	}
	return list
}

// keptReports is how many reports of a source are kept.
const keptReports = 50

// keep stores a report and forgets the oldest.
func (c *Client) keep(r *Report) error {
	prefix := r.Source + "/" + keyReport + "/"
	err := c.o.Store.Write(context.Background(), cause(r.Source, "report"), func(tx store.Tx) error {
		if err := save(tx, prefix+r.Started.Format("2006-01-02T15:04:05.000000000Z"), r); err != nil {
			return err
		}
		rows, err := tx.Values(space, prefix, "", 2*keptReports)
		if err != nil {
			return err
		}
		for _, row := range rows[:max(0, len(rows)-keptReports)] {
			if err := tx.SetValue(space, row.Key, nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep the report of source %s: %w", r.Source, err)
	}
	return nil
}

// cause is who changes data when a source is followed.
func cause(source, reason string) store.Cause {
	return store.Cause{Actor: "sync:" + source, Reason: reason}
}
