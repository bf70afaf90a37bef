package mcsd

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/store"
)

// outcome is what applying an item comes to.
type outcome uint8

const (
	unchanged outcome = iota // nothing is stored
	created
	updated
	deleted
	parked // set aside
)

// change is an item with what is to be done about it, decided outside of the transaction.
type change struct {
	*item
	next    state // what will be known of the resource
	outcome outcome
	local   string // local id
	base    int64  // local version the decision rests on: 0 none, gone
	draft   *store.Draft
	waits   []ident // what it refers to and has not come
	before  *aside  // it is set aside already
	aside   *aside  // outcome parked
	clash   string  // changed here too, and settled by the rule: how
	moved   string  // the local id by which others refer to it, when someone else took that
}

// gone is the base of a change to a resource that is deleted here.
const gone = -1

// here is the local side of a resource.
type here struct {
	*fhir.Resource      // nil when there is none
	gone           bool // deleted
}

func (h here) version() int64 {
	switch {
	case h.Resource != nil:
		return h.Version
	case h.gone:
		return gone
	}
	return 0
}

// look reads the local side of a resource.
func look(r *fhir.Resource, err error) (here, error) {
	switch kind := fhir.KindOf(err); {
	case err == nil:
		return here{Resource: r}, nil
	case kind == fhir.NotFound:
		return here{}, nil
	case kind == fhir.Gone:
		return here{gone: true}, nil
	}
	return here{}, err
}

// refusal tells whether err is the fault of the resource, and not of this server.
func refusal(err error) bool {
	switch fhir.KindOf(err) {
	case fhir.Internal, fhir.Busy, fhir.Full:
		return false
	}
	return !errors.Is(err, context.Canceled)
}

// plan decides what is to be done about an item.
func (s *session) plan(ctx context.Context, b *book, it *item) (*change, error) {
	st, err := b.state(it.ident)
	if err != nil {
		return nil, err
	}
	ch := &change{item: it, next: *st, local: st.local(it.ID)}
	ch.next.Token = it.Token
	var old aside
	if had, err := load(b.get, s.key(keyAside, it.Type, it.ID), &old); err != nil {
		return nil, err
	} else if had {
		ch.before = &old
	}
	if it.Delete {
		return ch, s.planDelete(ctx, ch)
	}
	err = s.planPut(ctx, b, ch)
	if w, ok := errors.AsType[*waiting](err); ok {
		ch.park(Waiting, w.Error())
		return ch, nil
	}
	if err != nil && refusal(err) {
		ch.park(Refused, err.Error())
		return ch, nil
	}
	return ch, err
}

// park sets the item aside.
func (ch *change) park(kind Sort, reason string) {
	ch.outcome, ch.draft = parked, nil
	ch.aside = &aside{Kind: kind, Reason: reason, Token: ch.Token, Delete: ch.Delete, Raw: ch.Raw}
	ch.aside.Local = ch.elsewhere()
}

// planDelete decides about a deletion upstream.
func (s *session) planDelete(ctx context.Context, ch *change) error {
	h, err := look(s.c.o.Store.Read(ctx, ch.Type, ch.local))
	if err != nil {
		return err
	}
	if !ch.next.arrived() || h.Resource == nil {
		ch.next.Deleted = true
		return nil
	}
	edited, err := s.edited(ctx, ch, h)
	if err != nil {
		return err
	}
	if edited && !s.settle(ch, "it was deleted upstream and changed here") {
		return nil
	}
	ch.outcome, ch.base, ch.next.Deleted = deleted, h.Version, true
	return nil
}

// planPut decides about a resource that was created or changed upstream.
func (s *session) planPut(ctx context.Context, b *book, ch *change) error {
	up, err := fhir.Parse(ch.Raw)
	if err != nil {
		return err
	}
	if up.Type != ch.Type || up.ID != ch.ID {
		return fhir.Errorf(fhir.Invalid, "the entry is about %s, but its resource is %s", ch.ident, up.Ref())
	}
	h, err := look(s.c.o.Store.Read(ctx, ch.Type, ch.local))
	if err != nil {
		return err
	}
	r, err := s.localise(b, ch, up)
	if err != nil {
		return err
	}
	if !ch.next.arrived() {
		var known bool
		if h, r, known, err = s.settleID(ctx, b, ch, up, h, r); err != nil || known {
			return err
		}
	}
	ch.base = h.version()
	if h.Resource != nil && same(h.Resource, r) {
		ch.agree(h)
		return nil
	}
	if ch.next.arrived() {
		edited, err := s.edited(ctx, ch, h)
		if err != nil {
			return err
		}
		if edited && !s.settle(ch, "it was changed upstream and here") {
			return nil
		}
	}
	return s.prepare(ctx, ch, h, r)
}

// prepare makes the draft of what will be stored.
func (s *session) prepare(ctx context.Context, ch *change, h here, r *fhir.Resource) error {
	d, err := s.c.o.Registries.Prepare(ctx, r)
	if err != nil {
		return err
	}
	if h.Resource != nil && same(h.Resource, d.Resource) {
		ch.agree(h)
		return nil
	}
	ch.draft, ch.outcome = d, updated
	if h.Resource == nil {
		ch.outcome = created
	}
	return nil
}

// agree notes that both sides are the same.
func (ch *change) agree(h here) {
	ch.outcome, ch.clash = unchanged, ""
	ch.next.Version, ch.next.Deleted, ch.next.Reserved = h.Version, false, false
}

// settleID decides which local id a resource gets that comes for the first time: the
// upstream one if it is free. If it is taken by the same content, or by something of which
// upstream has a former version, the two are the same resource (known is then true if there
// is nothing to do). Otherwise upstream's gets an id of its own.
func (s *session) settleID(ctx context.Context, b *book, ch *change, up *fhir.Resource, h here, r *fhir.Resource) (_ here, _ *fhir.Resource, known bool, err error) {
	free := h.version() == 0
	if free && !ch.next.Reserved {
		if free, err = b.unreserved(ident{ch.Type, ch.local}); err != nil {
			return h, r, false, err
		}
	}
	if h.version() != 0 {
		version, err := s.former(ctx, r)
		if err != nil || version > 0 {
			ch.next.Version, ch.next.Reserved = version, false
			return h, r, true, err
		}
	}
	if s.ours(up) {
		return h, r, true, nil
	}
	if free {
		return h, r, false, nil
	}
	if ch.next.Reserved {
		ch.moved = ch.local
	}
	ch.local = s.c.o.Store.NewID()
	ch.next.Local, ch.next.Reserved = ch.local, true
	b.reserve(ch.ident, ch.local)
	r, err = s.localise(b, ch, up)
	return here{}, r, false, err
}

// formerVersions is how many versions of a resource are looked through for one that upstream has.
const formerVersions = 100

// former finds the newest local version with the same content as r; 0 if there is none.
func (s *session) former(ctx context.Context, r *fhir.Resource) (int64, error) {
	page, err := s.c.o.Store.History(ctx, store.HistoryQuery{Type: r.Type, ID: r.ID, Count: formerVersions})
	if err != nil {
		return 0, fmt.Errorf("read the history of %s: %w", r.Ref(), err)
	}
	for _, v := range page.Versions {
		if !v.Resource.Deleted && same(v.Resource, r) {
			return v.Resource.Version, nil
		}
	}
	return 0, nil
}

// edited tells whether the resource was changed or deleted here since it was last the
// same as upstream.
func (s *session) edited(ctx context.Context, ch *change, h here) (bool, error) {
	switch {
	case h.Resource == nil:
		return h.gone && !ch.next.Deleted, nil
	case ch.next.Deleted:
		return true, nil
	case h.Version == ch.next.Version:
		return false, nil
	}
	old, err := s.c.o.Store.ReadVersion(ctx, ch.Type, ch.local, ch.next.Version)
	if kind := fhir.KindOf(err); err != nil && kind != fhir.NotFound && kind != fhir.Gone {
		return false, err
	}
	return err != nil || !same(old, h.Resource), nil
}

// settle applies the rule to a resource that was changed on both sides, or what a person
// decided about it. It tells whether the upstream version is to be stored.
func (s *session) settle(ch *change, what string) bool {
	rule := s.src.Rule
	if ch.before != nil && ch.before.Keep != "" {
		rule = ch.before.Keep
	}
	switch rule {
	case UpstreamWins:
		ch.clash = what + "; the upstream version was taken, the local one is in the history"
		return true
	case LocalWins:
		ch.clash = what + "; the local version was kept"
		return false
	}
	ch.park(Conflict, what+"; decide which one to keep")
	return false
}

// same tells whether two resources say the same, but for where they come from.
func same(a, b *fhir.Resource) bool {
	return bytes.Equal(a.Body, b.Body) &&
		(bytes.Equal(a.Meta, b.Meta) || bytes.Equal(sourceless(a.Meta), sourceless(b.Meta)))
}

// sourceless returns meta without its source.
func sourceless(meta []byte) []byte {
	out := []byte{'{'}
	gjson.ParseBytes(meta).ForEach(func(k, v gjson.Result) bool {
		if k.Str == "source" {
			return true
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(out, k.Raw...), ':'), v.Raw...)
		return true
	})
	return append(out, '}')
}

// ours tells whether a resource went out from this server and came back.
func (s *session) ours(r *fhir.Resource) bool {
	source := gjson.GetBytes(r.Meta, "source").Str
	for _, base := range s.c.o.Self {
		if source != "" && source == base {
			return true
		}
	}
	return false
}
