package terminology

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"strconv"

	"masjala/fhir"
	"masjala/store"
	"masjala/terminology/concept"
)

// ClosureRequest asks for the entries of a closure table that a client keeps
// (https://hl7.org/fhir/R4/conceptmap-operation-closure.html).
type ClosureRequest struct {
	Common
	Owner   string   // whose table it is: names of different owners do not meet
	Name    string   // of the table
	Codings []Coding // to add; none begins the table anew, unless Since is given
	Since   *int     // the version from which on the entries are asked for again
}

// ClosureEntry says that one code of a code system lies below another.
type ClosureEntry struct {
	System string `json:"s"`
	Below  string `json:"b"`
	Above  string `json:"a"`
}

// ClosureEntries is the answer to Closure: what is new in the table.
type ClosureEntries struct {
	Name    string
	Version int
	Entries []ClosureEntry
	id      string
	date    string
}

const (
	closureSpace   = "terminology-closure"
	maxClosureAdd  = 1000   // codings in one request
	maxClosureSize = 50_000 // codings in one table
	closurePage    = 500
)

// closureHead is kept for each table.
type closureHead struct {
	Version int `json:"version"`
}

// closureStep is kept for each version of a table but the first: what it added.
type closureStep struct {
	Codings []closureCoding `json:"codings"`
	Entries []ClosureEntry  `json:"entries,omitempty"`
}

// closureCoding is a code in a table.
type closureCoding struct {
	System string `json:"s"`
	Code   string `json:"c"`
}

// Closure begins a closure table, adds codes to it and returns which of all its codes lie
// below which that were not told before, or returns again what was told since a version. All
// is durable when it returns. It fails with NotFound for a table that was never begun, a
// version that it never had, a code system or a code that is not known, and with TooCostly
// if the table becomes too large.
func (s *Service) Closure(ctx context.Context, req ClosureRequest) (out *ClosureEntries, err error) {
	defer s.unguard(guarding(), &err)
	if err := req.Common.undated(); err != nil {
		return nil, err
	}
	switch {
	case req.Name == "":
		return nil, missing("$closure needs the name of the table.")
	case req.Since != nil && len(req.Codings) > 0:
		return nil, missing("Send either concepts to add or a version to start from, not both.")
	case len(req.Codings) > maxClosureAdd:
		return nil, fhir.Errorf(fhir.TooCostly, "The request adds %d concepts; at most %d are allowed in one.", len(req.Codings), maxClosureAdd).At("concept")
	}
	out = &ClosureEntries{Name: req.Name, id: s.opt.NewID(), date: s.opt.Now().UTC().Format(fhir.Instant)}
	t := closureTable{key: closureKey(req.Owner, req.Name), out: out}
	if req.Since != nil {
		return out, t.replay(ctx, s.opt.Store, *req.Since)
	}
	c, err := s.seen(&req.Common)
	if err != nil {
		return nil, err
	}
	defer runtime.KeepAlive(c)
	if t.places, err = c.places(s, req.Codings); err != nil {
		return nil, err
	}
	err = s.opt.Store.Write(ctx, store.Cause{Actor: req.Owner, Reason: "closure table " + req.Name}, func(tx store.Tx) error {
		out.Entries = nil
		if len(req.Codings) == 0 {
			return t.begin(tx)
		}
		return t.add(tx)
	})
	return out, err
}

// closureKey is where a table is kept. The length of the owner keeps names apart.
func closureKey(owner, name string) string {
	return strconv.Itoa(len(owner)) + ":" + owner + ":" + name
}

// stepKey is where a version of a table is kept.
func stepKey(table string, version int) string { return fmt.Sprintf("%s\x00%010d", table, version) }

// place is a coding with the code system that has it.
type place struct {
	closureCoding
	entry  *entry
	number uint32
}

// places finds codings. It fails with NotFound for one that is not known.
func (c *catalog) places(s *Service, list []Coding) ([]place, error) {
	var out []place
	for i := range list {
		x := &list[i]
		if x.System == "" || x.Code == "" {
			return nil, missing("A concept of $closure needs a system and a code.")
		}
		e, err := c.usable(split(x.System, x.Version))
		if err != nil {
			return nil, err
		}
		e = e.holding(s, x.Code)
		k, ok := e.set.Find(x.Code)
		if !ok {
			return nil, e.unknownCode(x.Code)
		}
		out = append(out, place{closureCoding{e.info.URL, string(e.set.Code(k))}, e, k})
	}
	return out, nil
}

// closureTable is one table in one request.
type closureTable struct {
	key    string
	places []place // to add
	out    *ClosureEntries
}

// begin empties the table.
func (t *closureTable) begin(tx store.Tx) error {
	for {
		list, err := tx.Values(closureSpace, t.key+"\x00", "", closurePage)
		if err != nil {
			return err
		}
		for _, v := range list {
			if err := tx.SetValue(closureSpace, v.Key, nil); err != nil {
				return err
			}
		}
		if len(list) < closurePage {
			break
		}
	}
	t.out.Version = 0
	return t.put(tx, t.key, closureHead{})
}

func (t *closureTable) put(tx store.Tx, key string, value any) error {
	b, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return tx.SetValue(closureSpace, key, b)
}

// head reads what is kept for the table. It fails with NotFound if the table was never begun.
func (t *closureTable) head(b []byte, err error) (head closureHead, _ error) {
	switch {
	case err != nil:
		return head, err
	case b == nil:
		return head, fhir.Errorf(fhir.NotFound, "There is no closure table %q; begin it with a $closure that has only the name.", t.out.Name).At("name")
	}
	if err := json.Unmarshal(b, &head); err != nil {
		return head, fmt.Errorf("read closure table %q: %w", t.out.Name, err)
	}
	return head, nil
}

// add adds the codings that the table does not have, as its next version.
func (t *closureTable) add(tx store.Tx) error {
	head, err := t.head(tx.Value(closureSpace, t.key))
	if err != nil {
		return err
	}
	have, err := t.codings(func(after string) ([]store.Value, error) {
		return tx.Values(closureSpace, t.key+"\x00", after, closurePage)
	})
	if err != nil {
		return err
	}
	var step closureStep
	held := heldCodings{all: map[closureCoding]bool{}, of: map[*entry]*concept.Bits{}}
	for _, x := range have {
		held.all[x] = true
	}
	for i := range t.places {
		p := &t.places[i]
		if !held.all[p.closureCoding] {
			step.Entries = append(step.Entries, held.add(p)...)
			step.Codings = append(step.Codings, p.closureCoding)
		}
	}
	if len(held.all) > maxClosureSize {
		return fhir.Errorf(fhir.TooCostly, "The closure table %q would have more than %d concepts.", t.out.Name, maxClosureSize)
	}
	t.out.Version, t.out.Entries = head.Version, step.Entries
	if len(step.Codings) == 0 {
		return nil
	}
	t.out.Version++
	if err := t.put(tx, stepKey(t.key, t.out.Version), step); err != nil {
		return err
	}
	return t.put(tx, t.key, closureHead{Version: t.out.Version})
}

// heldCodings are the codings of a table, and as concepts of each code system.
type heldCodings struct {
	all map[closureCoding]bool
	of  map[*entry]*concept.Bits
}

// add takes a coding in and tells which of those before it lie above or below it.
func (h *heldCodings) add(p *place) []ClosureEntry {
	set := p.entry.set
	here := h.of[p.entry]
	if here == nil {
		here = concept.NewBits(set.Len())
		for x := range h.all {
			if k, ok := set.Find(x.Code); ok && x.System == p.System { // else a version of the code system took it out
				here.Add(k)
			}
		}
		h.of[p.entry] = here
	}
	var out []ClosureEntry
	up, down := concept.NewBits(set.Len()), concept.NewBits(set.Len())
	set.AddAbove(up, p.number)
	set.AddBelow(down, p.number)
	up.And(here)
	down.And(here)
	for k := range up.All {
		out = append(out, ClosureEntry{p.System, p.Code, string(set.Code(k))})
	}
	for k := range down.All {
		out = append(out, ClosureEntry{p.System, string(set.Code(k)), p.Code})
	}
	h.all[p.closureCoding] = true
	for e, bits := range h.of { // other versions of the same code system too
		if k, ok := e.set.Find(p.Code); ok && e.info.URL == p.System {
			bits.Add(k)
		}
	}
	return out
}

// steps calls yield with each version that the table kept.
func (t *closureTable) steps(page func(after string) ([]store.Value, error), yield func(version int, step *closureStep)) error {
	for after := ""; ; {
		list, err := page(after)
		if err != nil {
			return err
		}
		for _, v := range list {
			var step closureStep
			version, err := strconv.Atoi(v.Key[len(t.key)+1:])
			if err == nil {
				err = json.Unmarshal(v.Data, &step)
			}
			if err != nil {
				return fmt.Errorf("read a version of closure table %q: %w", t.out.Name, err)
			}
			yield(version, &step)
			after = v.Key
		}
		if len(list) < closurePage {
			return nil
		}
	}
}

// codings lists what the table holds.
func (t *closureTable) codings(page func(after string) ([]store.Value, error)) (out []closureCoding, err error) {
	return out, t.steps(page, func(_ int, step *closureStep) { out = append(out, step.Codings...) })
}

// replay returns what the table told after a version.
func (t *closureTable) replay(ctx context.Context, st store.Store, since int) error {
	head, err := t.head(st.Value(ctx, closureSpace, t.key))
	if err != nil {
		return err
	}
	if since < 0 || since > head.Version {
		return fhir.Errorf(fhir.NotFound, "The closure table %q has no version %d; its newest is %d. Begin it anew if yours is lost.", t.out.Name, since, head.Version).At("version")
	}
	t.out.Version = since
	return t.steps(func(after string) ([]store.Value, error) {
		return st.Values(ctx, closureSpace, t.key+"\x00", max(after, stepKey(t.key, since)), closurePage)
	}, func(version int, step *closureStep) {
		t.out.Version, t.out.Entries = version, append(t.out.Entries, step.Entries...)
	})
}

// JSON is the answer as a ConceptMap: the target of an element subsumes it.
func (x *ClosureEntries) JSON() []byte {
	b := []byte(`{"resourceType":"ConceptMap","id":"` + x.id + `","version":"` + strconv.Itoa(x.Version) + `","name":`)
	b = fhir.AppendString(b, x.Name)
	b = append(b, `,"status":"active","experimental":true,"date":"`+x.date+`"`...)
	bySystem := map[string][]ClosureEntry{}
	var systems []string
	for _, e := range x.Entries {
		if bySystem[e.System] == nil {
			systems = append(systems, e.System)
		}
		bySystem[e.System] = append(bySystem[e.System], e)
	}
	for i, system := range systems {
		b = append(b, [2]string{`,"group":[`, `,`}[min(i, 1)]...)
		b = append(b, `{"source":`...)
		b = fhir.AppendString(b, system)
		b = append(b, `,"target":`...)
		b = fhir.AppendString(b, system)
		b = append(b, `,"element":[`...)
		b = appendClosure(b, bySystem[system])
		b = append(b, "]}"...)
	}
	if len(systems) > 0 {
		b = append(b, ']')
	}
	return append(b, '}')
}

// appendClosure appends the entries of one system, an element for each code that lies below
// others.
func appendClosure(b []byte, list []ClosureEntry) []byte {
	above := map[string][]string{}
	var order []string
	for _, e := range list {
		if above[e.Below] == nil {
			order = append(order, e.Below)
		}
		above[e.Below] = append(above[e.Below], e.Above)
	}
	for i, code := range order {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"code":`...)
		b = fhir.AppendString(b, code)
		b = append(b, `,"target":[`...)
		for n, up := range above[code] {
			if n > 0 {
				b = append(b, ',')
			}
			b = append(b, `{"code":`...)
			b = fhir.AppendString(b, up)
			b = append(b, `,"equivalence":"subsumes"}`...)
		}
		b = append(b, "]}"...)
	}
	return b
}
