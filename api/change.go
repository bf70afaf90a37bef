package api

import (
	"net/http"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
)

// change is one write that a request asks for: what the client said, what was decided about
// it, and what became of it.
type change struct {
	verb        string // POST, PUT or DELETE
	typ         string
	id          string         // from the address; empty for POST and conditional changes
	conditional bool           // a search decides which resource it is about
	condition   string         // the search parameters, undecoded
	ifMatch     string         // entity tags one of which the current version must have
	ifNoneMatch string         // "*": there must be no current version
	sent        *fhir.Resource // nil for DELETE; of a PATCH what it makes of the current version
	patch       patcher        // of a PATCH, which is done as a PUT of what it makes
	base        int64          // version that the patch was applied to
	cascade     bool           // of a DELETE: what belongs to the resource goes with it
	fullURL     string         // address of the entry, which other entries may refer to
	entry       int            // place in the Bundle, -1 outside of one

	fresh string        // id for a resource that is created without one
	query *search.Query // the condition, with references to other entries resolved
	found string        // id of the resource that meets the condition; empty when none does
	meant string        // what found was when the draft was made; a transaction may run twice
	twin  *change       // an earlier conditional create with the same condition: the same resource
	draft *store.Draft

	result  *fhir.Resource // the version that is now current; nil if there is none
	created bool
	with    []string     // what was deleted with it, the nearest last
	notes   []fhir.Issue // what is wrong between it and others, which did not keep it from being stored
}

// target is the id of the resource that the change is about; empty when it is about none,
// a conditional deletion that nothing meets.
func (c *change) target() string {
	switch {
	case c.twin != nil:
		return c.twin.target()
	case c.found != "":
		return c.found
	case c.id != "":
		return c.id
	case c.patch != nil:
		return ""
	case c.verb == http.MethodPut && c.sent.ID != "":
		return c.sent.ID
	}
	return c.fresh
}

// writes tells whether the change stores a version: a conditional create that meets a
// resource does not.
func (c *change) writes() bool {
	return c.verb == http.MethodPut || c.verb == http.MethodPost && c.found == "" && c.twin == nil
}

// check refuses what is wrong with the change by itself (https://hl7.org/fhir/R4/http.html#update).
func (c *change) check() error {
	if c.verb == http.MethodDelete || c.patch != nil {
		return nil
	}
	if c.sent.Type != c.typ {
		return fhir.Errorf(fhir.Invalid, "The resource is of type %s, the address is for %s.", c.sent.Type, c.typ).At("resourceType")
	}
	if c.verb == http.MethodPut && isPart(c.sent) {
		return fhir.Errorf(fhir.Unprocessable, "The resource has the tag SUBSETTED: it is only a part of one, and would take the place of the whole. Read it without _summary and _elements first.").At(c.typ + ".meta.tag")
	}
	if c.verb == http.MethodPut && c.id != "" && c.sent.ID != c.id {
		if c.sent.ID == "" {
			return fhir.Errorf(fhir.Invalid, "The resource has no id; give it the id of the address, %s.", c.id).At(c.typ + ".id")
		}
		return fhir.Errorf(fhir.Invalid, "The resource has the id %s, the address %s; they must be the same.", c.sent.ID, c.id).At(c.typ + ".id")
	}
	return nil
}

// settle takes over which resource meets the condition, and tells whether it is another one
// than the draft was made for.
func (c *change) settle(found []*fhir.Resource) (moved bool, err error) {
	id := ""
	switch len(found) {
	case 0:
	case 1:
		id = found[0].ID
	default:
		return false, fhir.Errorf(fhir.PreconditionFailed, "Several %s resources meet the condition %q; make it one that at most one meets.", c.typ, clip(c.condition)).Coded("multiple-matches")
	}
	if id != "" && c.verb == http.MethodPut && c.patch == nil && c.sent.ID != "" && c.sent.ID != id {
		return false, fhir.Errorf(fhir.Invalid, "The condition is met by %s/%s, but the resource has the id %s.", c.typ, id, c.sent.ID).At(c.typ + ".id")
	}
	c.found = id
	return id != c.meant, nil
}

// apply does the change in a transaction in which all conditions are decided.
func (c *change) apply(w *work, tx store.Tx) error {
	if !c.writes() {
		if c.verb == http.MethodPost && c.twin == nil {
			var err error
			c.result, err = tx.Read(c.typ, c.found)
			return err
		}
		return nil
	}
	if err := c.guard(tx); err != nil {
		return err
	}
	r, err := w.s.opt.Registries.Put(w.x.ctx, tx, c.draft, c.verb)
	c.result = r
	return err
}

// guard checks what must hold of the current version before a PUT or a POST, and notes
// whether there is none yet.
func (c *change) guard(tx store.Tx) error {
	if c.verb == http.MethodPost {
		c.created = true
		return nil
	}
	current, err := tx.Read(c.typ, c.target())
	if err != nil && !absent(err) {
		return err
	}
	c.created = err != nil
	switch {
	case c.ifMatch != "" && c.created:
		return fhir.Errorf(fhir.PreconditionFailed, "There is no %s/%s to be changed, so it cannot have version %s.", c.typ, c.target(), clip(c.ifMatch))
	case c.ifMatch != "" && !matchesTag(c.ifMatch, current.Version):
		return stale(current, c.ifMatch)
	case c.patch != nil && (c.created || current.Version != c.base):
		return errMoved
	case c.keepsLabels() && !c.created && loses(current.Meta, c.draft.Resource.Meta):
		return errMoved
	case c.ifNoneMatch == "*" && !c.created:
		return fhir.Errorf(fhir.PreconditionFailed, "%s is there already, as version %d.", current.Ref(), current.Version)
	case c.conditional && c.found == "" && !c.created:
		return fhir.Errorf(fhir.Conflict, "%s is there already and does not meet the condition; give another id or none.", current.Ref())
	}
	return nil
}

// stale says that somebody else was faster.
func stale(current *fhir.Resource, tags string) error {
	return fhir.Errorf(fhir.PreconditionFailed, "%s is at version %d, not at %s: somebody changed it. Read it again and repeat the change.", current.Ref(), current.Version, clip(tags))
}

// absent tells whether an error of reading says that there is no current version.
func absent(err error) bool {
	kind := fhir.KindOf(err)
	return kind == fhir.NotFound || kind == fhir.Gone
}

// remove does a deletion. One of what is not there succeeds and changes nothing.
func (c *change) remove(w *work, tx store.Tx) error {
	if c.conditional {
		found, err := tx.Find(c.query, 2)
		if err != nil {
			return err
		}
		if _, err := c.settle(found); err != nil || c.found == "" {
			return err
		}
	}
	if c.ifMatch != "" {
		current, err := tx.Read(c.typ, c.target())
		if absent(err) {
			return fhir.Errorf(fhir.PreconditionFailed, "There is no %s/%s to be deleted, so it cannot have version %s.", c.typ, c.target(), clip(c.ifMatch))
		}
		if err != nil {
			return err
		}
		if !matchesTag(c.ifMatch, current.Version) {
			return stale(current, c.ifMatch)
		}
	}
	if c.cascade {
		if err := w.removeBelonging(c, tx); err != nil {
			return err
		}
	}
	r, err := w.s.opt.Registries.Delete(w.x.ctx, tx, c.typ, c.target())
	if absent(err) {
		return nil
	}
	c.result = r
	return err
}
