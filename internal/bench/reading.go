package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// readings are the samples of each kind of reading, one per run.
type readings struct{ bare, alive, read []sample }

// reading measures the bare handler, /livez and reads by id in turns, so that all see the
// same machine.
func (p plan) reading(ctx context.Context) (out readings, err error) {
	self, err := os.Executable()
	if err != nil {
		return out, err
	}
	bare, err := start(ctx, self, "bare-handler")
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, bare.stop()) }()
	server, err := p.serve(ctx, "reading")
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	if err := p.fill(ctx, server); err != nil {
		return out, err
	}
	for run := range p.runs {
		for _, m := range []struct {
			server *process
			jobs   []job
			into   *[]sample
		}{
			{bare, p.same(get("/")), &out.bare},
			{server, p.same(get("/livez")), &out.alive},
			{server, p.reads(uint64(run)), &out.read},
		} {
			s, err := drive(ctx, m.server, 200, m.jobs)
			if err != nil {
				return out, err
			}
			*m.into = append(*m.into, s)
		}
	}
	return out, nil
}

// serve starts the real program on a fresh data directory.
func (p plan) serve(ctx context.Context, name string) (*process, error) {
	return start(ctx, p.program, "serve", "--data", filepath.Join(p.dir, name), "--listen", "127.0.0.1:0", "--open", "--json", "--log-level", "warn")
}

// fill stores the places to read, and reads each once.
func (p plan) fill(ctx context.Context, server *process) error {
	const batch = 500
	load := func(i int) []byte {
		if i*batch >= p.places {
			return nil
		}
		return post(nil, "/fhir", pack(nil, i*batch, min((i+1)*batch, p.places)))
	}
	if _, err := drive(ctx, server, 200, []job{load}); err != nil {
		return fmt.Errorf("store the places: %w", err)
	}
	read := func(i int) []byte {
		if i >= p.places {
			return nil
		}
		return get("/fhir/Location/" + placeID(i))
	}
	if _, err := drive(ctx, server, 200, []job{read}); err != nil {
		return fmt.Errorf("read the places: %w", err)
	}
	return nil
}

// same makes jobs that repeat one request.
func (p plan) same(request []byte) []job {
	jobs := make([]job, p.clients)
	for c := range jobs {
		jobs[c] = func(i int) []byte {
			if i >= p.requests/p.clients {
				return nil
			}
			return request
		}
	}
	return jobs
}

// reads makes jobs that read places by id, some much more often than others.
func (p plan) reads(seed uint64) []job {
	jobs := make([]job, p.clients)
	for c := range jobs {
		requests := make([][]byte, p.requests/p.clients)
		next := popular(seed*1000+uint64(c), p.places)
		for i := range requests {
			requests[i] = get("/fhir/Location/" + placeID(next()))
		}
		jobs[c] = func(i int) []byte {
			if i >= len(requests) {
				return nil
			}
			return requests[i]
		}
	}
	return jobs
}
