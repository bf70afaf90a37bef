package mcsd

import (
	"context"
	"fmt"
	"time"

	"masjala/fhir"
	"masjala/store"
)

// Listing is what the configuration says of a source. Secrets are left out.
type Listing struct {
	Name     string   `json:"name"`
	URL      string   `json:"url"`
	Schedule string   `json:"schedule,omitempty"`
	Timezone string   `json:"timezone,omitempty"`
	Types    []string `json:"types"`
	Rule     Rule     `json:"rule"`
	Token    bool     `json:"token"` // requests carry a token
}

// List returns the configured sources, in their order.
func (c *Client) List() []Listing {
	list := make([]Listing, len(c.sources))
	for i, s := range c.sources {
		list[i] = Listing{s.Name, s.URL, s.Schedule, s.Timezone, s.Types, s.Rule, s.Token != "" || s.TokenFile != ""}
	}
	return list
}

// Status is what is known of a source.
type Status struct {
	Name        string            `json:"name"`
	URL         string            `json:"url"`
	Running     bool              `json:"running"`
	Unfinished  bool              `json:"unfinished"`              // pages were pulled that are not applied; the next run goes on
	LastSuccess time.Time         `json:"lastSuccess,omitzero"`    // start of the last run without an error
	Lag         time.Duration     `json:"lagNanoseconds,omitzero"` // time since then
	Marks       map[string]string `json:"marks"`                   // by type: upstream's time up to which all is applied
	Refused     int               `json:"refused"`                 // set aside, because a check failed
	Waiting     int               `json:"waiting"`                 // set aside, because something else must come first
	Conflicts   int               `json:"conflicts"`               // held for a decision
	Last        *Report           `json:"last,omitempty"`
}

// Status tells what is known of each source, in the order of the configuration.
func (c *Client) Status(ctx context.Context) ([]Status, error) {
	list := make([]Status, 0, len(c.sources))
	for _, src := range c.sources {
		st, err := c.status(ctx, src)
		if err != nil {
			return nil, fmt.Errorf("read the status of source %s: %w", src.Name, err)
		}
		list = append(list, st)
	}
	return list, nil
}

func (c *Client) status(ctx context.Context, src Source) (Status, error) {
	st := Status{Name: src.Name, URL: src.URL, Marks: map[string]string{}}
	c.mu.Lock()
	st.Running = c.running[src.Name]
	c.mu.Unlock()
	for _, typ := range src.Types {
		var cur cursor
		if _, err := load(fromStore(ctx, c.o.Store), src.Name+"/"+keyCursor+"/"+typ, &cur); err != nil {
			return st, err
		}
		if cur.Mark != "" {
			st.Marks[typ] = cur.Mark
		}
		st.Unfinished = st.Unfinished || cur.Walk != nil
	}
	reports, err := c.Reports(ctx, src.Name)
	if err != nil {
		return st, err
	}
	for i := range reports {
		st.Last = &reports[i]
		if reports[i].Error == "" {
			st.LastSuccess = reports[i].Started
			st.Lag = c.o.Now().Sub(st.LastSuccess)
		}
	}
	err = c.problems(ctx, src.Name, "", func(p Problem) error {
		switch p.Kind {
		case Refused:
			st.Refused++
		case Waiting:
			st.Waiting++
		case Conflict:
			st.Conflicts++
		}
		return nil
	})
	return st, err
}

// Reports returns the kept reports of a source, oldest first.
func (c *Client) Reports(ctx context.Context, name string) ([]Report, error) {
	if _, err := c.known(name); err != nil {
		return nil, err
	}
	rows, err := c.o.Store.Values(ctx, space, name+"/"+keyReport+"/", "", 2*keptReports)
	if err != nil {
		return nil, fmt.Errorf("read the reports of source %s: %w", name, err)
	}
	list := make([]Report, len(rows))
	for i, row := range rows {
		if err := unmarshal(row, &list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Problems lists what is set aside of a source, at most limit, in the order of upstream
// identities, beginning after the identity after ("" for the first).
func (c *Client) Problems(ctx context.Context, name, after string, limit int) ([]Problem, error) {
	if _, err := c.known(name); err != nil {
		return nil, err
	}
	var list []Problem
	err := c.problems(ctx, name, after, func(p Problem) error {
		if len(list) >= limit {
			return errEnough
		}
		list = append(list, p)
		return nil
	})
	if err == errEnough {
		err = nil
	}
	return list, err
}

// errEnough ends a walk through problems.
var errEnough = fmt.Errorf("enough")

// problems calls fn with everything that is set aside of a source, after an identity.
func (c *Client) problems(ctx context.Context, name, after string, fn func(Problem) error) error {
	prefix := name + "/" + keyAside + "/"
	if after != "" {
		after = prefix + after
	}
	for {
		rows, err := c.o.Store.Values(ctx, space, prefix, after, chunk)
		if err != nil {
			return fmt.Errorf("read what is set aside of source %s: %w", name, err)
		}
		if len(rows) == 0 {
			return nil
		}
		after = rows[len(rows)-1].Key
		for _, row := range rows {
			var a aside
			if err := unmarshal(row, &a); err != nil {
				return err
			}
			if err := fn(Problem{a.Kind, row.Key[len(prefix):], a.Local, a.Reason, a.Since, a.Tries}); err != nil {
				return err
			}
		}
	}
}

// Resolve decides about a resource that is held because it was changed on both sides: by
// UpstreamWins the next run stores the upstream version, by LocalWins it drops it. resource
// is the upstream identity, TYPE/ID. NotFound when no such conflict is held.
func (c *Client) Resolve(ctx context.Context, name, resource string, keep Rule) error {
	if _, err := c.known(name); err != nil {
		return err
	}
	if keep != UpstreamWins && keep != LocalWins {
		return fhir.Errorf(fhir.Invalid, "say which version to keep, upstream or local; %q is neither", keep)
	}
	key := name + "/" + keyAside + "/" + resource
	return c.o.Store.Write(ctx, cause(name, "decide "+resource), func(tx store.Tx) error {
		var a aside
		found, err := load(tx.Value, key, &a)
		if err != nil {
			return err
		}
		if !found || a.Kind != Conflict {
			return fhir.Errorf(fhir.NotFound, "no conflict about %s is held for source %s", resource, name)
		}
		a.Keep = keep
		return save(tx, key, a)
	})
}
