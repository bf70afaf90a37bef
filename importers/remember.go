package importers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"masjala/store"
)

// mappings is the bookkeeping space of the mappings that were given, by kind and headings.
const mappings = "import/mappings"

// remembered is a mapping as it is kept.
type remembered struct {
	Run     string `json:"run"` // of the import that it was given for
	Mapping string `json:"mapping"`
}

// shape is what lists with the same headings, in whatever order, have in common.
func shape(kind string, headings []string) string {
	keys := map[string]bool{}
	for _, h := range headings {
		if k := HeadKey(h); k != "" && h != StatusHeading && h != IDHeading {
			keys[k] = true
		}
	}
	sum := sha256.New()
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		sum.Write([]byte(k + "\x00"))
	}
	return kind + "/" + hex.EncodeToString(sum.Sum(nil)[:16])
}

// Recall opens the file of a request as [Open] does. Without a mapping it takes the one that was
// given for the last list of the kind with the same headings, unless the request says to forget
// it. The mapping of a request is remembered when its run is done.
func Recall(ctx context.Context, env Env, req *Request, kind string, targets []Target) (*Source, error) {
	req.given = req.Map
	if req.Forget || env.Store == nil {
		return Open(req, kind, targets)
	}
	return open(req, kind, targets, func(s *Source) error { return s.recall(ctx, env, req, kind, targets) })
}

// recall gives a request the mapping that is remembered for lists with the headings of a source,
// if there is one that fits.
func (s *Source) recall(ctx context.Context, env Env, req *Request, kind string, targets []Target) error {
	data, err := env.Store.Value(ctx, mappings, shape(kind, s.headings))
	if err != nil || data == nil {
		return err
	}
	var was remembered
	if err := json.Unmarshal(data, &was); err != nil {
		return fmt.Errorf("read the mapping of lists like %s: %w", s.Book.Name, err)
	}
	m, err := ReadMapping(strings.NewReader(was.Mapping))
	if err != nil {
		return err
	}
	m.Sheet, m.HeaderRow = s.Sheet, s.Head.Row // this list may have more rows above the headings
	if slices.ContainsFunc(m.Columns, func(c Column) bool { _, err := s.find(&c); return err != nil }) {
		return nil // headings that occur twice stand elsewhere
	}
	req.Map, req.recalled = m, was.Run
	return nil
}

// keepMapping keeps the mapping that was given for a list, or forgets the one that was kept.
func (w *Writer) keepMapping(ctx context.Context, src *Source) error {
	key := shape(w.kind, src.headings)
	var data []byte
	switch {
	case w.req.Forget:
		have, err := w.env.Store.Value(ctx, mappings, key)
		if err != nil || have == nil {
			return err
		}
	case w.req.given == nil:
		return nil
	default:
		text, err := w.req.given.YAML(nil)
		if err != nil {
			return err
		}
		if data, err = json.Marshal(remembered{w.Run, string(text)}); err != nil {
			return fmt.Errorf("remember mapping: %w", err)
		}
	}
	return w.env.Store.Write(ctx, w.cause, func(tx store.Tx) error { return tx.SetValue(mappings, key, data) })
}
