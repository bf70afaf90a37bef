package api

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
)

// attempts is how often a set of changes is prepared anew because the resources that its
// conditions meet changed meanwhile. Of many that patch one resource at once, one wins each time.
const attempts = 50

// errMoved ends a transaction whose conditions are met by other resources than those the
// drafts were made for. The work then makes new drafts and tries again.
var errMoved = errors.New("conditions are met by other resources than before")

// work is a set of changes that succeed or fail together, in one transaction of the store.
//
// Drafts are made outside of the transaction, because that may be slow; for that the ids
// must be known, and which resources meet the conditions is looked up beforehand. Inside of
// the transaction the conditions are decided again. If that gives something else, the
// transaction is given up and the drafts are made anew for what was found.
type work struct {
	s     *Server
	x     *exchange
	list  []*change
	links map[string]string           // address of an entry → Type/id that it got
	refs  map[string]*conditionalLink // conditional references of all resources, by their text
	reads func(tx store.Tx) error     // run last in the transaction; may be nil
	again bool                        // drafts were made before, and did not fit
}

// commit does the changes, all or none.
func (s *Server) commit(x *exchange, list []*change, reads func(store.Tx) error) error {
	w := &work{s: s, x: x, list: list, refs: map[string]*conditionalLink{}, reads: reads}
	for _, c := range list {
		err := c.check()
		if err == nil {
			err = s.mayDelete(c)
		}
		if err != nil {
			return w.blame(c, err)
		}
		if c.verb != http.MethodDelete {
			c.fresh = s.opt.Store.NewID()
		}
	}
	if err := w.decide(s.look(x)); err != nil && !errors.Is(err, errMoved) {
		return err
	}
	for range attempts {
		if err := w.prepare(); err != nil {
			return err
		}
		err := s.opt.Store.Write(x.ctx, x.cause(), w.apply)
		if !errors.Is(err, errMoved) {
			return err
		}
		w.again = true
	}
	return fhir.Errorf(fhir.Conflict, "Others keep changing the resources that this request is about. Try again.")
}

// finder returns up to two current resources that a query meets.
type finder func(q *search.Query) ([]*fhir.Resource, error)

// look finds outside of a transaction.
func (s *Server) look(x *exchange) finder {
	return func(q *search.Query) ([]*fhir.Resource, error) {
		few := *q
		few.Count, few.Total = 2, search.TotalNone
		page, err := s.opt.Store.Search(x.ctx, &few)
		if err != nil {
			return nil, err
		}
		return page.Matches, nil
	}
}

// within finds in a transaction.
func within(tx store.Tx) finder {
	return func(q *search.Query) ([]*fhir.Resource, error) { return tx.Find(q, 2) }
}

// decide finds out which resources the conditions of creates and updates meet. Conditions
// that name another entry are decided after that entry. It fails with errMoved when the
// drafts were made for other resources.
func (w *work) decide(find finder) error {
	w.links = map[string]string{}
	moved := false
	for _, later := range []bool{false, true} {
		for _, c := range w.list {
			if c.verb == http.MethodDelete || later != strings.Contains(c.condition, "urn") {
				continue
			}
			news, err := w.settle(c, find)
			if err != nil {
				return w.blame(c, err)
			}
			moved = moved || news
			if c.fullURL != "" {
				w.links[c.fullURL] = c.typ + "/" + c.target()
			}
		}
	}
	if moved {
		return errMoved
	}
	return nil
}

// settle decides one change.
func (w *work) settle(c *change, find finder) (moved bool, err error) {
	if !c.conditional {
		return false, nil
	}
	if c.query, err = w.query(c.typ, c.condition); err != nil {
		return false, err
	}
	if c.verb == http.MethodPost {
		if c.twin = w.twinOf(c); c.twin != nil {
			return false, nil
		}
	}
	found, err := find(c.query)
	if err != nil {
		return false, err
	}
	return c.settle(found)
}

// twinOf returns an earlier conditional create with the same condition.
func (w *work) twinOf(c *change) *change {
	for _, d := range w.list {
		if d == c {
			return nil
		}
		if d.verb == http.MethodPost && d.conditional && d.typ == c.typ && d.condition == c.condition {
			return d
		}
	}
	return nil
}

// query reads a condition. It must have at least one criterion, and nothing in it is ignored.
func (w *work) query(typ, condition string) (*search.Query, error) {
	if before, after, ok := strings.Cut(condition, "?"); ok && !strings.Contains(before, "=") {
		if said := before[strings.LastIndexByte(before, '/')+1:]; said != "" && said != typ {
			return nil, fhir.Errorf(fhir.Invalid, "The condition %q looks for a %s, but the request is about a %s.", clip(condition), clip(said), typ)
		}
		condition = after // "Organization?identifier=…" says the type once more
	}
	pairs, err := readPairs(nil, condition, &control{})
	if err != nil {
		return nil, err
	}
	for i := range pairs {
		if to, ok := w.links[pairs[i].Value]; ok {
			pairs[i].Value = to
		}
	}
	q, err := search.Parse(search.Request{Type: typ, Base: w.s.base(w.x), Pairs: pairs, Strict: true, Now: w.s.opt.Now()})
	if err != nil {
		return nil, err
	}
	if err := w.s.servedOnly(q); err != nil {
		return nil, err
	}
	if q.NeedsCodes() { // value sets and hierarchies may change while the condition is decided
		return nil, fhir.Errorf(fhir.Unsupported, "The condition for %s asks for the codes of a value set or of a hierarchy; a write cannot depend on that. Name the codes.", typ)
	}
	if q.NeedsAreas() { // likewise
		return nil, fhir.Errorf(fhir.Unsupported, "The condition for %s asks which areas contain a point; a write cannot depend on that. Name the areas.", typ)
	}
	if len(q.Where) == 0 {
		return nil, fhir.Errorf(fhir.PreconditionFailed, "The condition for %s has no search criterion, so it would meet every resource. Add one.", typ)
	}
	return q, nil
}

// prepare makes the drafts of what is to be stored.
func (w *work) prepare() error {
	if err := w.distinct(); err != nil {
		return err
	}
	for _, ref := range w.refs {
		ref.entry = nil
	}
	for _, c := range w.list {
		c.meant = c.found
		if !c.writes() {
			continue
		}
		if c.patch != nil {
			if err := c.revise(w); err != nil {
				return w.blame(c, err)
			}
		}
		r, err := w.resolved(c)
		if err == nil && w.again && c.keepsLabels() {
			err = w.withLabels(c, r)
		}
		if err == nil {
			err = w.prepareDraft(c, r)
		}
		if err != nil {
			return w.blame(c, err)
		}
		search.Localize(c.typ, c.draft.Entries, w.s.base(w.x))
	}
	return nil
}

// distinct refuses two changes of one resource (https://hl7.org/fhir/R4/http.html#trules),
// and two entries of one address, between which references could not choose (bdl-7).
func (w *work) distinct() error {
	if len(w.list) == 1 {
		return nil
	}
	seen, addresses := make(map[string]*change, len(w.list)), make(map[string]*change, len(w.list))
	for _, c := range w.list {
		if c.fullURL != "" && c.verb != http.MethodDelete {
			if other := addresses[c.fullURL]; other != nil {
				return w.blame(c, fhir.Errorf(fhir.Invalid, "The fullUrl %s is that of entry %d, too; give each entry its own.", clip(c.fullURL), other.entry))
			}
			addresses[c.fullURL] = c
		}
		if !c.writes() && c.verb != http.MethodDelete || c.target() == "" {
			continue
		}
		ref := c.typ + "/" + c.target()
		if other := seen[ref]; other != nil {
			return w.blame(c, fhir.Errorf(fhir.Invalid, "%s is changed by entry %d, too; a transaction may change a resource once.", ref, other.entry))
		}
		seen[ref] = c
	}
	return nil
}

// apply does the changes in the order of the specification: deletions, creates, updates.
func (w *work) apply(tx store.Tx) error {
	for _, c := range w.list {
		c.result, c.created = nil, false
		if c.verb == http.MethodDelete {
			if err := w.remove(c, tx); err != nil {
				return w.blame(c, err)
			}
		}
	}
	if err := w.decide(within(tx)); err != nil {
		return err
	}
	if err := w.distinct(); err != nil { // now that it is known what conditional deletions met
		return err
	}
	for _, verb := range []string{http.MethodPost, http.MethodPut} {
		for _, c := range w.list {
			if c.verb != verb {
				continue
			}
			if err := c.apply(w, tx); err != nil {
				return w.blame(c, err)
			}
		}
	}
	if err := w.verify(tx); err != nil {
		return err
	}
	if err := w.related(tx); err != nil {
		return err
	}
	for _, c := range w.list {
		if c.twin != nil {
			c.result = c.twin.result
		}
	}
	if w.reads != nil {
		return w.reads(tx)
	}
	return nil
}

// remove deletes, after its condition was read.
func (w *work) remove(c *change, tx store.Tx) (err error) {
	if c.conditional && c.query == nil {
		if c.query, err = w.query(c.typ, c.condition); err != nil {
			return err
		}
	}
	return c.remove(w, tx)
}

// blame says which entry of a Bundle an error is about.
func (w *work) blame(c *change, err error) error {
	if c.entry < 0 || errors.Is(err, errMoved) {
		return err
	}
	return inEntry(c.entry, err)
}

// inEntry puts the place of an entry before the text and the path of an error.
func inEntry(n int, err error) error {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, one := range many.Unwrap() {
			all = append(all, inEntry(n, one))
		}
		return errors.Join(all...)
	}
	e, ok := errors.AsType[*fhir.Error](err)
	if !ok {
		return err
	}
	at := "Bundle.entry[" + strconv.Itoa(n) + "]"
	if strings.HasPrefix(e.Path, at) {
		return err
	}
	located := *e
	located.Text = "Entry " + strconv.Itoa(n) + ": " + e.Text
	located.Path = at
	if _, below, ok := strings.Cut(e.Path, "."); ok {
		located.Path = at + ".resource." + below
	}
	return located.Because(err)
}
