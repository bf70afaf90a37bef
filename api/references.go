package api

import (
	"bytes"
	"strings"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
)

// conditionalLink is a reference that names its target by a search: "Organization?identifier=x".
type conditionalLink struct {
	typ       string
	condition string
	query     *search.Query
	id        string  // of the one resource that meets it; empty while none was found
	meant     string  // what id was when the drafts were made; a transaction may run twice
	spare     string  // stands in for id in drafts that are not going to be stored
	entry     *change // one that has it among its references in this attempt; nil when none does
}

// resolved returns the resource of a change with its id, and with references to other
// entries and conditional references replaced (https://hl7.org/fhir/R4/http.html#trules).
func (w *work) resolved(c *change) (*fhir.Resource, error) {
	r := *c.sent
	r.ID = c.target()
	if len(w.links) == 0 && !bytes.Contains(r.Body, []byte("?")) && !bytes.Contains(r.Body, []byte(placeholder)) {
		return &r, nil
	}
	l := linker{w: w, c: c, own: w.s.base(w.x) + "/"}
	if i := strings.LastIndex(c.fullURL, "/"+c.typ+"/"); i > 0 && strings.Contains(c.fullURL, "://") {
		l.base = c.fullURL[:i+1]
	}
	to := fhir.RewriteReferences(&r, l.link)
	return to, l.err
}

// linker says what the references of one resource become.
type linker struct {
	w    *work
	c    *change
	base string // what relative references of the entry are relative to, "" when its address does not say
	own  string // the base address of this server
	err  error
}

// placeholder begins the addresses that stand for resources which a transaction makes.
const placeholder = "urn:uuid:"

// link replaces a reference to an entry, as written or relative to the address of its own
// entry, and one by a condition.
func (l *linker) link(text string) string {
	whole, fragment, marked := strings.Cut(text, "#")
	if marked {
		fragment = "#" + fragment
	}
	if typ, condition, ok := strings.Cut(whole, "?"); ok {
		return l.condition(text, typ, condition)
	}
	for _, name := range []string{whole, unversioned(whole)} {
		if to, ok := l.w.links[name]; ok {
			return to + fragment
		}
	}
	if strings.HasPrefix(whole, placeholder) && l.w.x.place == systemPlace && l.err == nil {
		l.err = l.w.blame(l.c, fhir.Errorf(fhir.Unprocessable, "The reference %q is to an entry of the transaction that is not there.", clip(text)))
	}
	if len(l.w.links) == 0 || strings.Contains(whole, ":") {
		return text
	}
	for _, base := range []string{l.base, l.own} {
		if to, ok := l.w.links[base+unversioned(whole)]; ok {
			return to + fragment
		}
	}
	return text
}

// unversioned takes the version off a reference: what a transaction stores is a new one.
func unversioned(ref string) string {
	ref, _, _ = strings.Cut(ref, "/_history/")
	return ref
}

// condition replaces a conditional reference by the resource that meets it.
func (l *linker) condition(text, typ, condition string) string {
	typ = strings.TrimPrefix(typ, l.own)
	if _, served := l.w.s.known[typ]; !served {
		return text
	}
	ref, err := l.w.conditional(l.c, typ, condition)
	switch {
	case err != nil:
		l.err = err
		return text
	case ref.id == "":
		return typ + "/" + ref.spare
	}
	return typ + "/" + ref.id
}

// conditional returns the conditional link of a text; on first sight it looks for the
// resource that meets it now. That none does may change: another entry may create it.
func (w *work) conditional(c *change, typ, condition string) (*conditionalLink, error) {
	text := typ + "?" + condition
	ref := w.refs[text]
	if ref == nil {
		ref = &conditionalLink{typ: typ, condition: condition, spare: w.s.opt.Store.NewID()}
	}
	if ref.entry != nil {
		return ref, nil
	}
	var err error // the condition may name another entry, whose id may be new in this attempt
	if ref.query, err = w.query(typ, condition); err != nil {
		return nil, err
	}
	if w.refs[text] == nil {
		found, err := w.s.look(w.x)(ref.query)
		if err != nil {
			return nil, err
		}
		if len(found) == 1 {
			ref.id = found[0].ID
		}
	}
	ref.entry, ref.meant, w.refs[text] = c, ref.id, ref
	return ref, nil
}

// verify checks that each conditional reference is met by exactly the resource that was
// put in its place, once all changes are done. It fails with errMoved if it is another one.
func (w *work) verify(tx store.Tx) error {
	moved := false
	for text, ref := range w.refs {
		if ref.entry == nil {
			continue
		}
		found, err := tx.Find(ref.query, 2)
		if err != nil {
			return err
		}
		if len(found) != 1 {
			some, code := "Several resources meet", "multiple-matches"
			if len(found) == 0 {
				some, code = "No resource meets", "not-found"
			}
			return w.blame(ref.entry, fhir.Errorf(fhir.PreconditionFailed, "%s the conditional reference %q; exactly one must.", some, clip(text)).Coded(code))
		}
		moved = moved || found[0].ID != ref.meant
		ref.id = found[0].ID
	}
	if moved {
		return errMoved
	}
	return nil
}
