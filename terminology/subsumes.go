package terminology

import (
	"context"
	"runtime"
)

// SubsumesRequest asks how two codes of one code system relate
// (https://hl7.org/fhir/R4/codesystem-operation-subsumes.html).
type SubsumesRequest struct {
	Common
	ID              string // of the CodeSystem, for a call on an instance
	System, Version string
	CodeA, CodeB    string
	CodingA         *Coding // instead of CodeA
	CodingB         *Coding
}

// Relation is the answer to Subsumes: equivalent, subsumes, subsumed-by or not-subsumed.
type Relation string

// JSON is the answer as a Parameters resource.
func (r Relation) JSON() []byte { return r.AppendJSON(nil) }

// AppendJSON appends the answer as a Parameters resource.
func (r Relation) AppendJSON(dst []byte) []byte {
	p := newParameters(dst)
	p.text("outcome", "Code", string(r))
	return p.done()
}

// Subsumes tells whether code A is the same as B, above it, below it, or neither. It fails
// with NotFound if the code system or a code is not known, and with Invalid if a code is
// not named or the two are of different code systems.
func (s *Service) Subsumes(_ context.Context, req SubsumesRequest) (out Relation, err error) {
	defer s.unguard(guarding(), &err)
	if err := req.undated(); err != nil {
		return "", err
	}
	a, err := req.coding("A", req.CodeA, req.CodingA)
	if err != nil {
		return "", err
	}
	b, err := req.coding("B", req.CodeB, req.CodingB)
	if err != nil {
		return "", err
	}
	c, err := s.seen(&req.Common)
	if err != nil {
		return "", err
	}
	defer runtime.KeepAlive(c)
	e, err := c.ofBoth(&req, a, b)
	if err != nil {
		return "", err
	}
	e = e.holding(s, a.Code, b.Code)
	x, ok := e.set.Find(a.Code)
	if !ok {
		return "", e.unknownCode(a.Code)
	}
	y, ok := e.set.Find(b.Code)
	if !ok {
		return "", e.unknownCode(b.Code)
	}
	switch {
	case x == y:
		return "equivalent", nil
	case e.set.IsA(y, x):
		return "subsumes", nil
	case e.set.IsA(x, y):
		return "subsumed-by", nil
	}
	return "not-subsumed", nil
}

// coding reads code and coding of one side.
func (req *SubsumesRequest) coding(side, code string, coding *Coding) (*Coding, error) {
	switch {
	case code != "" && coding != nil:
		return nil, missing("Send either code%s or coding%s, not both.", side, side)
	case code != "":
		return &Coding{System: req.System, Version: req.Version, Code: code}, nil
	case coding != nil && coding.Code != "":
		c := *coding
		if c.System == "" {
			c.System = req.System
		}
		return &c, nil
	}
	return nil, missing("$subsumes needs code%s and the system, or coding%s.", side, side)
}

// ofBoth finds the code system of two codings.
func (c *catalog) ofBoth(req *SubsumesRequest, a, b *Coding) (*entry, error) {
	if req.ID != "" {
		e, err := withConcepts(c.instance(codeSystem, req.ID))
		if err != nil {
			return nil, err
		}
		for _, x := range []*Coding{a, b} {
			if x.System != "" && x.System != e.info.URL {
				return nil, missing("The code %s is not of the code system %s.", x.plain(), e.info.URL)
			}
		}
		return e, nil
	}
	switch {
	case a.System == "" || b.System == "":
		return nil, missing("$subsumes needs the system of both codes.")
	case a.System != b.System:
		return nil, missing("The codes are of different code systems, %s and %s; only codes of one can subsume each other.", a.System, b.System)
	case a.Version != "" && b.Version != "" && a.Version != b.Version:
		return nil, missing("The codes are of different versions, %s and %s, of %s.", a.Version, b.Version, a.System)
	}
	for _, version := range []string{req.Version, a.Version, b.Version} {
		if version != "" {
			return c.usable(a.System, version)
		}
	}
	return c.usable(split(a.System, ""))
}
