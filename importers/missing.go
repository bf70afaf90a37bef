package importers

import (
	"bytes"
	"cmp"
	"compress/flate"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"masjala/fhir"
	"masjala/store"
)

// Missing is what a list has not: what an earlier import of the same list had or, of one that should have all,
// what is here. It is left as it is.
type Missing struct {
	Run   string `json:"run,omitempty"`  // the earlier import; "" when the list should have all
	File  string `json:"file,omitempty"` // its file
	Count int    `json:"count"`
	First []Gone `json:"first"` // the first of them
}

// Gone is something that a list no longer has.
type Gone struct {
	Reference string `json:"reference"`
	Name      string `json:"name"`
}

const (
	shownMissing = 100
	// mostLists is how many imported lists are remembered for each kind.
	mostLists = 100
)

// holds is what the store keeps of a list: what it had in its last import.
type holds struct {
	Run    string `json:"run"`
	File   string `json:"file"`
	Before string `json:"before,omitempty"` // the import of the same list before, whose memory this one replaced
	Count  int    `json:"count"`
	IDs    []byte `json:"ids"` // of the resources, by lines, deflated
}

// Present tells whether the list has something that is stored under an id.
func (w *Writer) Present(id string) bool {
	_, has := w.present[id]
	return has
}

// meet notes that the list has a thing. Another row that means the same is told.
func (w *Writer) meet(t *Thing) {
	id := t.id()
	if row := w.present[id]; row != 0 && row != t.Row {
		w.Issues.Add(Issue{Row: t.Row, Value: t.Name, Severity: Warning, Rule: "same-again",
			Reason: fmt.Sprintf("row %d is the same here: what the two say otherwise is as the last of them has it", row), Fix: "Keep one of the rows; if they are two, decide that they are different."})
		return
	}
	w.present[id] = t.Row
}

// Mention notes that the list has something which an earlier import brought, although the row cannot
// be imported: it is not missing.
func (w *Writer) Mention(ctx context.Context, id Identity) error {
	known, err := w.Find(ctx, id, true)
	if at := cmp.Or(known.ID("Location"), known.ID("Practitioner")); err == nil && at != "" && !w.Present(at) {
		w.present[at] = 0
	}
	return err
}

// lists is the bookkeeping space of what lists had.
func (w *Writer) lists() string { return "import/lists/" + w.kind }

// missing compares a list with its last import and remembers it.
func (w *Writer) missing(ctx context.Context) error {
	typ := map[string]string{"facilities": "Location", "workers": "Practitioner"}[w.kind]
	if typ == "" || len(w.present) == 0 {
		return nil
	}
	last, key, err := w.former(ctx)
	if err != nil {
		return err
	}
	if last != nil && !w.req.Complete {
		if err := w.tellMissing(ctx, typ, last); err != nil {
			return err
		}
	}
	if w.req.DryRun {
		return nil
	}
	ids, err := packed(w.present)
	if err != nil || last != nil && bytes.Equal(ids, last.IDs) {
		return err
	}
	return w.remember(ctx, ids, key)
}

// former finds the latest import of the same list: of those that were not undone the one of
// which this list has most, at least half, or a fifth where the file is called nearly the same.
func (w *Writer) former(ctx context.Context) (best *holds, key string, err error) {
	share := 0.0
	err = store.EachValue(ctx, w.env.Store, w.lists(), "", 1, func(v store.Value) error {
		var h holds
		if err := json.Unmarshal(v.Data, &h); err != nil {
			return fmt.Errorf("read what list %s had: %w", v.Key, err)
		}
		report, err := ReadRun(ctx, w.env.Store, h.Run)
		if fhir.KindOf(err) == fhir.NotFound || err == nil && !report.Undone.IsZero() {
			return nil
		}
		if err != nil {
			return err
		}
		part, least, err := w.share(&h)
		if err == nil && part >= least && part >= share {
			best, key, share = &h, v.Key, part
		}
		return err
	})
	return best, key, err
}

// share tells how much of an earlier list this one has, and how much it must have to be the same.
func (w *Writer) share(h *holds) (part, least float64, err error) {
	same := 0
	err = h.each(func(id string) error {
		if w.Present(id) {
			same++
		}
		return nil
	})
	least = 0.5
	if stem(h.File) == stem(w.report.File) {
		least = 0.2
	}
	return float64(same) / float64(max(h.Count, 1)), least, err
}

// stem is a file's name without what changes from one issue to the next.
func stem(file string) string {
	name, _, _ := strings.Cut(file, ".")
	return strings.Trim(strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return ' '
		}
		return r
	}, Key(name)), " ")
}

// each calls fn with every id.
func (h *holds) each(fn func(id string) error) error {
	text, err := io.ReadAll(flate.NewReader(bytes.NewReader(h.IDs)))
	if err != nil {
		return fmt.Errorf("read what %s had: %w", h.File, err)
	}
	for id := range strings.Lines(string(text)) {
		if err := fn(strings.TrimSuffix(id, "\n")); err != nil {
			return err
		}
	}
	return nil
}

// tellMissing reports what the earlier import had and this one has not, and is there still.
func (w *Writer) tellMissing(ctx context.Context, typ string, h *holds) error {
	m := &Missing{Run: h.Run, File: h.File, First: []Gone{}}
	err := h.each(func(id string) error {
		if w.Present(id) {
			return nil
		}
		r, err := w.env.Store.Read(ctx, typ, id)
		if k := fhir.KindOf(err); k == fhir.NotFound || k == fhir.Gone {
			return nil
		}
		if err != nil {
			return err
		}
		w.gone(m, r, fmt.Sprintf("%s was in this list when it was imported as %s, and is not in it now", r.Ref(), h.File))
		return nil
	})
	if m.Count > 0 {
		w.report.Missing = m
	}
	return err
}

// gone takes up that the list does not have a resource.
func (w *Writer) gone(m *Missing, r *fhir.Resource, reason string) {
	name := r.Field("name").Str
	if r.Type == "Practitioner" {
		name = strings.TrimSpace(r.Field("name.0.family").Str + " " + r.Field("name.0.text").Str)
	}
	if m.Count++; m.Count <= shownMissing {
		m.First = append(m.First, Gone{r.Ref(), name})
	}
	w.Issues.Add(Issue{Value: name, Severity: Warning, Rule: "missing", Reason: reason, Fix: "Left as it is; if it was closed, say so in the list or here."})
}

// packed writes ids by lines, deflated.
func packed(ids map[string]int) ([]byte, error) {
	var out bytes.Buffer
	z, err := flate.NewWriter(&out, flate.BestSpeed)
	if err != nil {
		return nil, fmt.Errorf("keep what the list has: %w", err)
	}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		io.WriteString(z, id+"\n") // into memory
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("keep what the list has: %w", err)
	}
	return out.Bytes(), nil
}

// remember keeps what the list has, in the place of what it had. What it had is forgotten with
// the import of that, so that after an undoing nothing is compared with what never was.
func (w *Writer) remember(ctx context.Context, ids []byte, former string) error {
	data, err := json.Marshal(holds{Run: w.Run, File: w.report.File, Before: former, Count: len(w.present), IDs: ids})
	if err != nil {
		return fmt.Errorf("keep what the list has: %w", err)
	}
	return w.env.Store.Write(ctx, w.cause, func(tx store.Tx) error {
		if err := w.forgetLists(tx, former); err != nil {
			return err
		}
		return tx.SetValue(w.lists(), w.Run, data)
	})
}

// forgetLists drops what the import before the last of the same list had, and the oldest lists
// where there are too many. The last one stays, for the case that this import is undone.
func (w *Writer) forgetLists(tx store.Tx, former string) error {
	var keys, old []string
	for after := ""; ; after = keys[len(keys)-1] {
		some, err := tx.Values(w.lists(), "", after, 1) // a list may be long
		if err != nil {
			return err
		}
		if len(some) == 0 {
			break
		}
		if keys = append(keys, some[0].Key); some[0].Key != former {
			continue
		}
		var h holds
		if err := json.Unmarshal(some[0].Data, &h); err != nil {
			return fmt.Errorf("read what list %s had: %w", former, err)
		}
		if h.Before != "" && h.Before != w.Run {
			old = append(old, h.Before)
		}
	}
	old = append(old, keys[:max(0, len(keys)-mostLists)]...) // by time: keys are runs
	for _, key := range old {
		if err := tx.SetValue(w.lists(), key, nil); err != nil {
			return err
		}
	}
	return nil
}
