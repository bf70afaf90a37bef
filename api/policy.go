package api

import (
	"errors"
	"strings"

	"masjala/fhir"
	"masjala/fhir/profile"
	"masjala/store"
)

// prepareDraft makes the draft of what a change stores. A writer that asked for
// handling=strict is refused whatever the profiles find (MD-130-9).
func (w *work) prepareDraft(c *change, r *fhir.Resource) (err error) {
	if w.x.prefer.strict {
		if err := refusal(w.s.opt.Registries.Findings(r), "error", "warning"); err != nil {
			return err
		}
	}
	c.draft, err = w.s.opt.Registries.Prepare(w.x.ctx, r)
	return err
}

// refusal joins the findings of some severities into an error; nil when there are none.
func refusal(found []fhir.Issue, severities ...string) error {
	var wrong []error
	for _, i := range found {
		for _, s := range severities {
			if i.Severity == s {
				wrong = append(wrong, fhir.Errorf(fhir.Unprocessable, "%s", i.Text).At(i.Path).Coded(i.Code))
			}
		}
	}
	return errors.Join(wrong...)
}

// advice is what a writer that wants an OperationOutcome is told of a resource that was
// stored all the same.
func (s *Server) advice(c *change) []fhir.Issue {
	if c.result == nil || c.result.Deleted {
		return nil
	}
	found := append(s.opt.Registries.Findings(c.result), c.notes...)
	for i := range found {
		if found[i].Severity == "error" {
			found[i].Severity = "warning" // the resource is stored: nothing failed
		}
	}
	return found
}

// careServices refuses entries of a transaction that ITI-130 does not have, when the
// server or the client is strict: only POST, PUT and DELETE are meant there (MD-130-8).
func (s *Server) careServices(x, sub *exchange) error {
	if (x.prefer.strict || s.opt.IHEStrict) && (sub.method == get || sub.method == edit) {
		return fhir.Errorf(fhir.Unprocessable, "A transaction of ITI-130 takes POST, PUT and DELETE, not %s.", methodNames[sub.method]).At("Bundle.entry.request.method")
	}
	return nil
}

// related checks, once all changes are made, that what they refer to is there, as far as
// the settings or the client want to know, and that facilities and jurisdictions are pairs.
func (w *work) related(tx store.Tx) error {
	for _, c := range w.list {
		if !c.writes() || c.result == nil {
			continue
		}
		c.notes = nil
		err := w.linked(tx, c)
		if err == nil {
			err = w.paired(tx, c)
		}
		if err != nil {
			return w.blame(c, err)
		}
	}
	return nil
}

// linked checks that what a resource refers to is there (MD-130-11).
func (w *work) linked(tx store.Tx, c *change) error {
	refuse := w.s.opt.CheckReferences || w.x.prefer.strict
	if !refuse && w.x.prefer.answer != "OperationOutcome" {
		return nil
	}
	err := w.s.referenced(tx.Read, w.s.base(w.x), c.result)
	if refuse || fhir.KindOf(err) != fhir.Unprocessable {
		return err
	}
	c.notes = fhir.Issues(err)
	return nil
}

// paired checks that the Organization of a facility or jurisdiction is one of the same
// kind (MD-90-14, MD-130-12). One that is not here is left to referenced.
func (w *work) paired(tx store.Tx, c *change) error {
	policy := w.s.opt.Registries.Policy(c.typ)
	refuse := w.x.prefer.strict || policy == store.Reject
	if c.typ != "Location" || policy == store.Off || !refuse && w.x.prefer.answer != "OperationOutcome" {
		return nil
	}
	found, err := w.s.pair(tx.Read, w.s.base(w.x), c.result)
	if err != nil {
		return err
	}
	c.notes = append(c.notes, found...)
	if refuse {
		return refusal(found, "error")
	}
	return nil
}

// reader reads the current version of a resource, as the store and its transactions do.
type reader func(typ, id string) (*fhir.Resource, error)

// pair tells what is wrong between a Location and the Organization that manages it.
func (s *Server) pair(read reader, base string, loc *fhir.Resource) ([]fhir.Issue, error) {
	typ, id := localTarget(base, loc.Field("managingOrganization.reference").Str)
	if typ != "Organization" {
		return nil, nil
	}
	org, err := read(typ, id)
	if absent(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return profile.Pair(loc, org), nil
}

// maxLost is how many references to nothing are told of one resource.
const maxLost = 20

// referenced fails with Unprocessable when references to resources of this server lead to
// nothing (MD-130-11). Each is named by its path.
func (s *Server) referenced(read reader, base string, r *fhir.Resource) error {
	var lost []error
	for path, ref := range profile.References(r) {
		typ, id := localTarget(base, ref)
		if typ == "" {
			continue
		}
		if _, served := s.known[typ]; served {
			_, err := read(typ, id)
			if err == nil {
				continue
			}
			if !absent(err) {
				return err
			}
		}
		lost = append(lost, fhir.Errorf(fhir.Unprocessable, "%s refers to %s, which this server does not have. Send it first, or in the same transaction.", path, clip(ref)).At(path).Coded("not-found"))
		if len(lost) == maxLost {
			break
		}
	}
	return errors.Join(lost...)
}

// localTarget is the type and id that a reference to a resource of this server names;
// empty for all others.
func localTarget(base, ref string) (typ, id string) {
	if strings.Contains(ref, ":") {
		local := false
		if ref, local = relative(base, ref); !local {
			return "", ""
		}
	}
	ref, _, _ = strings.Cut(unversioned(ref), "#")
	typ, id, ok := strings.Cut(ref, "/")
	if !ok || !fhir.ValidID(id) {
		return "", ""
	}
	return typ, id
}
