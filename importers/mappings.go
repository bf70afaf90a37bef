package importers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"masjala/fhir"
	"masjala/store"
)

// Remembered is a mapping that lists with the same headings are taken with, because one was imported
// with it.
type Remembered struct {
	ID       string    `json:"id"`
	Kind     string    `json:"kind"`
	Run      string    `json:"run"`             // the import that it was given for
	File     string    `json:"file,omitempty"`  // of that import
	Actor    string    `json:"actor,omitempty"` // who imported it
	Given    time.Time `json:"given,omitzero"`
	Headings []string  `json:"headings"`          // of the columns that the mapping names
	Mapping  string    `json:"mapping,omitempty"` // YAML
}

// idMark parts the kind from the rest in the id of a mapping; in the bookkeeping that is a slash.
const idMark = "-"

// Mappings lists the mappings that are remembered, by kind, without their YAML.
func Mappings(ctx context.Context, s store.Store) ([]Remembered, error) {
	out := []Remembered{}
	err := store.EachValue(ctx, s, mappings, "", 10, func(v store.Value) error { // a mapping may be long
		m, err := readMapping(ctx, s, v.Key, v.Data)
		if err != nil {
			return err
		}
		m.Mapping = ""
		out = append(out, *m)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read mappings: %w", err)
	}
	return out, nil
}

// MappingOf returns the mapping of an id. It fails with NotFound when there is none.
func MappingOf(ctx context.Context, s store.Store, id string) (*Remembered, error) {
	key := strings.Replace(id, idMark, "/", 1)
	data, err := s.Value(ctx, mappings, key)
	if err != nil {
		return nil, fmt.Errorf("read mapping %s: %w", id, err)
	}
	if data == nil {
		return nil, noMapping(id)
	}
	return readMapping(ctx, s, key, data)
}

func noMapping(id string) error {
	return fhir.Errorf(fhir.NotFound, "there is no mapping %.60q", id)
}

// ForgetMapping forgets a mapping: the next list with its headings is understood by its content. It fails
// with NotFound when there is none of the id.
func ForgetMapping(ctx context.Context, s store.Store, by store.Cause, id string) error {
	key := strings.Replace(id, idMark, "/", 1)
	return s.Write(ctx, by, func(tx store.Tx) error {
		data, err := tx.Value(mappings, key)
		if err != nil {
			return err
		}
		if data == nil {
			return noMapping(id)
		}
		return tx.SetValue(mappings, key, nil)
	})
}

// readMapping makes a Remembered of what is kept, and of the run that it names.
func readMapping(ctx context.Context, s store.Store, key string, data []byte) (*Remembered, error) {
	var was remembered
	if err := json.Unmarshal(data, &was); err != nil {
		return nil, fmt.Errorf("read mapping %s: %w", key, err)
	}
	kind, _, _ := strings.Cut(key, "/")
	out := &Remembered{ID: strings.Replace(key, "/", idMark, 1), Kind: kind, Run: was.Run, Headings: []string{}, Mapping: was.Mapping}
	m, err := ReadMapping(strings.NewReader(was.Mapping))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read mapping %s", key), err)
	}
	for _, c := range m.Columns {
		out.Headings = append(out.Headings, c.Heading)
	}
	r, err := ReadRun(ctx, s, was.Run)
	switch {
	case err == nil:
		out.File, out.Actor, out.Given = r.File, r.Actor, r.Started
	case fhir.KindOf(err) != fhir.NotFound:
		return nil, err
	}
	return out, nil
}
