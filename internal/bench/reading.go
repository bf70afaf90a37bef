package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
)

// readings are the samples of each kind of reading, one per run.
type readings struct {
	bare, alive, read []sample
	searches          []searching
}

// searching is a kind of search; numbers of places take the place of %d.
type searching struct {
	name, query string
	samples     []sample
}

// searches are measured beside the promises: they say what clients may expect.
func searches() []searching {
	return []searching{
		{name: "one identifier", query: "identifier=http://registry.example.org/facilities%%7CF%07d"},
		{name: "start of a name, first 50 and total", query: "name=Health%%20Centre%%20%d"},
		{name: "status, type and postal code, with total", query: "status=active&type=HOSP&address-postalcode=%05d"},
		{name: "within 20 km, nearest 50 first", query: "near=-1.28%%7C36.%d%%7C20%%7Ckm"},
	}
}

// searchPart is how many searches are made for one request of another kind: they are slower.
const searchPart = 10

// reading measures the bare handler, /livez and reads by id in turns, so that all see the
// same machine.
func (p plan) reading(ctx context.Context) (out readings, err error) {
	bare, err := startBare(ctx)
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
	out.searches = searches()
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
		if err := p.searching(ctx, server, out.searches); err != nil {
			return out, err
		}
	}
	return out, nil
}

// searching measures each kind of search once.
func (p plan) searching(ctx context.Context, server *process, kinds []searching) error {
	for k := range kinds {
		jobs := make([]job, p.clients)
		for c := range jobs {
			next := popular(uint64(k*100+c), p.places)
			jobs[c] = func(i int) []byte {
				if i >= max(p.requests/searchPart/p.clients, 1) {
					return nil
				}
				return get("/fhir/Location?" + fmt.Sprintf(kinds[k].query, next()))
			}
		}
		s, err := drive(ctx, server, 200, jobs)
		if err != nil {
			return fmt.Errorf("search by %s: %w", kinds[k].name, err)
		}
		kinds[k].samples = append(kinds[k].samples, s)
	}
	return nil
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
