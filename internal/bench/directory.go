package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"masjala/internal/bench/national"
)

// census says how a directory of the size of a nation is measured.
type census struct {
	program string
	dir     string // for data, kept from run to run
	scale   float64
	runs    int
	clients int
	each    time.Duration // of one measurement
	crowd   time.Duration // of readers and writers together
	writers int
}

// directory measures the server with a directory of the size of a nation and prints the
// tables. It fails with errMissed when something is slower than promised.
func directory(ctx context.Context, args []string) error {
	var c census
	f := flag.NewFlagSet("directory", flag.ContinueOnError)
	f.StringVar(&c.program, "program", "", "the program to measure (default: built from the source)")
	f.StringVar(&c.dir, "data", ".cache/directory", "folder for data; a directory that was made before is used again")
	f.Float64Var(&c.scale, "scale", 1, "size: 1 is 400,000 facilities, 120,000 areas, 1,000,000 workers, 1,500,000 roles")
	f.IntVar(&c.runs, "runs", 5, "repetitions; medians are printed")
	f.IntVar(&c.clients, "clients", 8, "connections that read at once")
	f.DurationVar(&c.each, "each", 3*time.Second, "how long each measurement takes")
	f.DurationVar(&c.crowd, "crowd", time.Minute, "how long readers and writers work at the same time")
	f.IntVar(&c.writers, "writers", 8, "connections that write meanwhile")
	if err := f.Parse(args); err != nil {
		return err
	}
	if c.scale <= 0 || c.runs < 1 || c.clients < 1 || c.writers < 1 || c.each <= 0 {
		return errors.New("scale, runs, clients, writers and each must be positive")
	}
	found, err := c.measure(ctx)
	if err != nil {
		return err
	}
	if found.report(os.Stdout, machine()) {
		return nil
	}
	return errMissed
}

// tell says on standard error what goes on.
func tell(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%s  %s\n", time.Now().Format("15:04:05"), fmt.Sprintf(format, args...))
}

// measure fills the directory, starts the servers and takes all measurements.
func (c census) measure(ctx context.Context) (*findings, error) {
	if err := os.MkdirAll(c.dir, 0o750); err != nil {
		return nil, fmt.Errorf("make %s: %w", c.dir, err)
	}
	if c.program == "" {
		c.program = filepath.Join(c.dir, "masjala")
		if err := build(ctx, c.program); err != nil {
			return nil, err
		}
	}
	if err := os.RemoveAll(c.requests()); err != nil {
		return nil, err
	}
	defer os.RemoveAll(c.requests()) // it is large
	country := national.New(national.Nation.Scale(c.scale))
	f := &findings{census: c, country: country}
	tell("%d resources: up to %s when the directory is new, and %s to measure it", country.Resources(),
		(time.Duration(country.Resources()) * time.Second / 5000).Round(time.Minute), c.duration().Round(time.Minute))
	if err := c.fill(ctx, f); err != nil {
		return nil, err
	}
	seen, err := c.settle(ctx)
	if err != nil {
		return nil, err
	}
	return f, c.serve(ctx, f, seen)
}

// duration is about how long the measurements take, at full size.
func (c census) duration() time.Duration {
	const kinds, around = 30, 5 * time.Minute // measurements of a run; what is done once
	return time.Duration(c.runs*kinds)*c.each + c.crowd + around
}

func (c census) data() string { return filepath.Join(c.dir, "data") }

// requests is the file of the log of requests.
func (c census) requests() string { return filepath.Join(c.dir, "requests.log") }

// fill makes the data directory.
func (c census) fill(ctx context.Context, f *findings) error {
	begin, told := time.Now(), time.Now()
	total := f.country.Resources()
	made, err := national.Prepare(ctx, c.data(), f.country, func(done int) {
		if time.Since(told) > 10*time.Second || done == total {
			told = time.Now()
			tell("%d of %d resources are stored, %.0f/s", done, total, float64(done)/time.Since(begin).Seconds())
		}
	})
	if err != nil {
		return err
	}
	if made {
		f.filling = time.Since(begin)
		return nil
	}
	tell("%s holds the directory already; reading it once", c.data())
	return warm(filepath.Join(c.data(), "masjala.db"))
}

// warm reads a file to the end, so that the system has of it in memory what it has after
// the file was written: a directory that is used again is measured as one that was just made.
func warm(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(io.Discard, f)
	return err
}

// settle lets the server do what it does once after so much was stored, and asks it for the
// addresses of pages.
func (c census) settle(ctx context.Context) (seen survey, err error) {
	server, header, err := c.start(ctx, "settle.log")
	if err != nil {
		return seen, err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	if err := rest(ctx, server); err != nil {
		return seen, err
	}
	tell("looking for pages")
	return look(ctx, server, header)
}

// rest waits until a server has nothing more to do: what it makes in the background, its
// index above all, takes processor time.
func rest(ctx context.Context, server *process) error {
	const (
		look     = time.Second
		idle     = look / 20
		times    = 4 // in a row
		patience = 15 * time.Minute
	)
	begin, quiet := time.Now(), 0
	used, err := processor(server.cmd.Process.Pid)
	for quiet < times && err == nil {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(look):
		}
		before := used
		if used, err = processor(server.cmd.Process.Pid); used-before > idle {
			quiet = 0
		} else {
			quiet++
		}
		if time.Since(begin) > patience {
			return fmt.Errorf("the server still works by itself after %s", patience)
		}
	}
	tell("the server rests after %s", time.Since(begin).Round(time.Second))
	return err
}

// start starts the program on the directory.
func (c census) start(ctx context.Context, log string) (*process, []byte, error) {
	return startSigned(ctx, c.program, c.data(), c.requests(), filepath.Join(c.dir, log))
}

// serve starts the server anew and measures it.
func (c census) serve(ctx context.Context, f *findings, seen survey) (err error) {
	bare, err := startBare(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bare.stop()) }()
	begin := time.Now()
	server, header, err := c.start(ctx, "serve.log")
	if err != nil {
		return err
	}
	f.ready = time.Since(begin)
	watched := watch(ctx, server)
	defer func() {
		f.memory = watched()
		err = errors.Join(err, server.stop())
	}()
	tell("ready after %s", f.ready.Round(time.Millisecond))
	if err := c.shapes(ctx, f, bare, server, header, seen); err != nil {
		return err
	}
	if err := c.transactions(ctx, f, server, header); err != nil {
		return err
	}
	return c.together(ctx, f, server, header)
}

// shapes measures every shape in every run.
func (c census) shapes(ctx context.Context, f *findings, bare, server *process, header []byte, seen survey) error {
	all := append(shapes(f.country), seen.shapes()...)
	f.shapes = make([]measured, len(all))
	for i, s := range all {
		f.shapes[i].shape = s
	}
	for run := range c.runs {
		tell("run %d of %d", run+1, c.runs)
		for _, m := range []struct {
			of   *process
			path string
			into *[]sample
		}{{bare, "/", &f.bare}, {server, "/livez", &f.floor}} {
			request := append([]byte("GET "+m.path), header...)
			s, err := c.drive(ctx, m.of, func(int) job { return func(int) []byte { return request } })
			if err != nil {
				return err
			}
			*m.into = append(*m.into, s)
		}
		for i := range f.shapes {
			if err := c.pools(ctx, &f.shapes[i], server, header, run); err != nil {
				return fmt.Errorf("%s: %w", f.shapes[i].name, err)
			}
		}
	}
	tell("counting the rows of answers, and different requests")
	return f.count(ctx, server, header)
}

// pools measures a shape with both pools.
func (c census) pools(ctx context.Context, m *measured, server *process, header []byte, run int) error {
	for _, p := range []struct {
		even bool
		into *[]sample
	}{{false, &m.zipf}, {true, &m.even}} {
		s, err := c.drive(ctx, server, func(client int) job {
			return m.pool(uint64(run*c.clients+client), p.even, header)
		})
		if err != nil {
			return err
		}
		*p.into = append(*p.into, s)
	}
	return nil
}

// drive has all clients send requests for a while.
func (c census) drive(ctx context.Context, server *process, of func(client int) job) (sample, error) {
	return driveFor(ctx, c.each, server, 200, c.clients, of)
}
