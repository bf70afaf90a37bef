package terminology

import (
	"context"
	"errors"
	"strings"

	"masjala/fhir"
	"masjala/terminology/compose"
)

// CompareRequest asks how the codes of two value sets relate (ValueSet/$compare of the
// terminology ecosystem).
type CompareRequest struct {
	Common
	Rules
	This, Other SetRef
	Language    string // of the message: displayLanguage, or Accept-Language
	Diagnostics bool   // say more of why they cannot be compared
}

// Comparison is the answer to Compare. The lists hold codes without their systems; they are
// empty where the definitions alone told the result.
type Comparison struct {
	Result   string // same, subset, superset, overlapping, disjoint, empty or indeterminate
	Message  string
	Expanded bool   // the codes were listed to compare them
	Missing  string // codes that only this has, joined by commas
	Extra    string // codes that only the other has
	Shared   string // codes of both
	Reason   string // why they cannot be compared, in more words
}

// JSON is the answer as a Parameters resource.
func (c *Comparison) JSON() []byte {
	p := newParameters(nil)
	p.text("result", "Code", c.Result)
	p.text("message", "String", c.Message)
	p.boolean("performed-expansion", c.Expanded)
	p.text("common-codes", "String", c.Shared)
	p.text("missing-codes", "String", c.Missing)
	p.text("extra-codes", "String", c.Extra)
	p.text("diagnostics", "String", c.Reason)
	return p.done()
}

// Compare tells whether one value set has the codes of another. It fails with NotFound if
// one of them is not known; if one cannot be evaluated, the result is indeterminate.
func (s *Service) Compare(ctx context.Context, req CompareRequest) (out *Comparison, err error) {
	defer s.unguard(guarding(), &err)
	if err := req.Common.undated(); err != nil {
		return nil, err
	}
	v, err := s.view(&req.Common, req.Rules, nil)
	if err != nil {
		return nil, err
	}
	defer v.done()
	ctx, end := bounded(ctx, &err)
	defer end()
	this, err := v.side(ctx, &req.This, "this")
	if err != nil {
		return nil, err
	}
	other, err := v.side(ctx, &req.Other, "other")
	if err != nil {
		return nil, err
	}
	k := &comparer{v: v, limit: req.limit(s.opt.MaxCompare), voice: voiceOf(req.Language), this: this, other: other}
	out, err = k.run(ctx)
	if out != nil && !req.Diagnostics {
		out.Reason = ""
	}
	return out, err
}

// side is one of two value sets that are compared.
type side struct {
	target *target
	*subject
	codes []Coding // when it was listed
}

// side finds one of the value sets. It fails with Invalid if the request does not name it.
func (v *view) side(ctx context.Context, ref *SetRef, name string) (*side, error) {
	if ref.ID == "" && ref.URL == "" && ref.ValueSet == nil {
		return nil, missing("$compare needs two value sets; say which is the %s by %sUrl or send it as %sValueSet.", name, name, name)
	}
	t, err := v.target(ref)
	if err != nil {
		return nil, err
	}
	sub, err := v.subject(ctx, t)
	return &side{target: t, subject: sub}, err
}

// comparer compares two value sets: by their definitions where that tells, else by their codes.
type comparer struct {
	v           *view
	limit       int
	voice       voice
	this, other *side
	out         Comparison

	left, right, common bool // codes that only this has, that only the other has, that both have
}

func (k *comparer) run(ctx context.Context) (*Comparison, error) {
	if k.definitions(ctx) {
		return k.conclude(), nil
	}
	k.out = Comparison{Expanded: true}
	for _, x := range []struct {
		*side
		message string
	}{{k.this, msgCompareThisFailed}, {k.other, msgCompareOtherFailed}} {
		if err := k.list(ctx, x.side); err != nil {
			e, ok := errors.AsType[*fhir.Error](err)
			if !ok || e.Kind == fhir.Unauthenticated || e.Kind == fhir.Forbidden {
				return nil, err
			}
			return k.unable(x.side, x.message, e), nil
		}
	}
	k.codes()
	return k.conclude(), nil
}

// list lists the codes of a side. It fails with TooCostly if they are more than allowed.
func (k *comparer) list(ctx context.Context, s *side) error {
	plan, err := k.v.plan(ctx, s.target)
	if err == nil && plan.Size() > heavyMembers {
		err = k.v.Heavy(ctx)
	}
	if err != nil {
		return err
	}
	_, err = plan.List(ctx, compose.Selection{Count: k.limit + 1}, func(m compose.Member) {
		s.codes = append(s.codes, Coding{System: m.System.URL, Code: m.Code()})
	})
	if err == nil && len(s.codes) > k.limit {
		return tooCostly(s.definition.URL, k.limit)
	}
	return err
}

// unable says that a side cannot be listed. Where the concepts of a code system are not
// here, that is as if they were too many.
func (k *comparer) unable(s *side, message string, e *fhir.Error) *Comparison {
	text := k.voice.text(e)
	k.out.Result, k.out.Reason = "indeterminate", text
	if errors.Is(e, compose.ErrAbsent) {
		text = k.voice.text(tooCostly(s.definition.URL, k.limit))
	}
	k.out.Message = k.voice.say(msgCompareUnable, k.this.name(), k.other.name(), k.voice.say(message, text))
	return &k.out
}

// codes compares what was listed. Versions of code systems do not matter.
func (k *comparer) codes() {
	shared, missing, extra := k.meet(k.this.codes, k.other.codes)
	if k.left || k.right {
		k.named(shared, missing, extra)
	}
}

// meet tells which codes two lists share and which only one has, and notes whether there are any.
func (k *comparer) meet(a, b []Coding) (shared, missing, extra []string) {
	in := func(list []Coding) map[Coding]bool {
		out := make(map[Coding]bool, len(list))
		for _, x := range list {
			out[x] = true
		}
		return out
	}
	mine, theirs := in(a), in(b)
	for _, x := range a {
		if theirs[x] {
			shared = append(shared, x.Code)
		} else {
			missing = append(missing, x.Code)
		}
	}
	for _, x := range b {
		if !mine[x] {
			extra = append(extra, x.Code)
		}
	}
	k.left, k.right, k.common = k.left || len(missing) > 0, k.right || len(extra) > 0, k.common || len(shared) > 0
	return shared, missing, extra
}

// named notes which codes are common and which are not.
func (k *comparer) named(shared, missing, extra []string) {
	k.out.Shared, k.out.Missing, k.out.Extra = strings.Join(shared, ","), strings.Join(missing, ","), strings.Join(extra, ",")
}

// conclude says what was found.
func (k *comparer) conclude() *Comparison {
	result, message := "empty", msgCompareEmpty
	switch {
	case k.common && k.left && k.right:
		result, message = "overlapping", msgCompareOverlap
	case k.common && k.left:
		result, message = "superset", msgCompareSuperset
	case k.common && k.right:
		result, message = "subset", msgCompareSubset
	case k.common:
		result, message = "same", msgCompareSame
	case k.left || k.right:
		result, message = "disjoint", msgCompareDisjoint
	}
	k.out.Result, k.out.Message = result, k.voice.say(message, k.this.name(), k.other.name())
	return &k.out
}
