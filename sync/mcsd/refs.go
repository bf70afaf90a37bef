package mcsd

import (
	"context"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"masjala/fhir"
)

// waiting is why a resource cannot get its references yet.
type waiting struct{ on ident }

func (w *waiting) Error() string {
	return "it refers to " + w.on.String() + ", which has not come yet and whose id another resource has here"
}

// book is what is known of upstream resources while a chunk is planned: what is stored, and
// what the chunk will add to it.
type book struct {
	s      *session
	get    getter
	read   func(typ, id string) (*fhir.Resource, error)
	states map[ident]*state
	fresh  []ident // reserved by this chunk and not stored yet
}

func (s *session) newBook(ctx context.Context) *book {
	st := s.c.o.Store
	return &book{
		s: s, get: fromStore(ctx, st), states: map[ident]*state{},
		read: func(typ, id string) (*fhir.Resource, error) { return st.Read(ctx, typ, id) },
	}
}

// local is the local id of an upstream resource.
func (s *state) local(id string) string {
	if s.Local != "" {
		return s.Local
	}
	return id
}

// state returns what is known of an upstream resource. It must not be changed.
func (b *book) state(k ident) (*state, error) {
	if st := b.states[k]; st != nil {
		return st, nil
	}
	st := &state{}
	if _, err := load(b.get, b.s.key(keyState, k.Type, k.ID), st); err != nil {
		return nil, err
	}
	b.states[k] = st
	return st, nil
}

// reserve keeps a local id for an upstream resource that has not come.
func (b *book) reserve(k ident, local string) {
	st := *b.states[k]
	st.Reserved, st.Local = true, ""
	if local != k.ID {
		st.Local = local
	}
	b.states[k] = &st
	if !slices.Contains(b.fresh, k) {
		b.fresh = append(b.fresh, k)
	}
}

// unreserved tells whether no other source keeps a local id for itself.
func (b *book) unreserved(local ident) (bool, error) {
	owner, err := b.get(spaceReserve, local.String())
	return len(owner) == 0 || string(owner) == b.s.src.Name, err
}

// resolve returns the local id of an upstream resource that another refers to, and whether
// it is here. One that has not come gets the id it will have: its own if that is free,
// else a new one. If it is on its way in this run, and may turn out to be the resource
// that has its id here, the error is a *waiting.
func (b *book) resolve(k ident) (local string, here bool, err error) {
	st, err := b.state(k)
	if err != nil {
		return "", false, err
	}
	if st.arrived() || st.Reserved {
		return st.local(k.ID), st.arrived(), nil
	}
	h, err := look(b.read(k.Type, k.ID))
	if err != nil {
		return "", false, err
	}
	free := h.version() == 0
	if free {
		if free, err = b.unreserved(k); err != nil {
			return "", false, err
		}
	}
	switch {
	case free:
		local = k.ID
	case st.Walk > 0 && !b.s.force:
		return "", false, &waiting{k}
	default:
		local = b.s.c.o.Store.NewID()
	}
	b.reserve(k, local)
	return local, false, nil
}

// localise returns an upstream resource as it will be stored here: with its local id, its
// references leading to local resources, and its origin in meta.source.
func (s *session) localise(b *book, ch *change, up *fhir.Resource) (*fhir.Resource, error) {
	var failed error
	ch.waits = nil
	out := *fhir.RewriteReferences(up, func(ref string) string {
		to, err := s.reference(b, ch, ref)
		if err != nil && failed == nil {
			failed = err
		}
		return to
	})
	if failed != nil {
		return nil, failed
	}
	out.ID = ch.local
	if !gjson.GetBytes(up.Meta, "source").Exists() {
		out.Meta = withSource(up.Meta, s.src.URL)
	}
	return &out, nil
}

// withSource returns meta with a source in front.
func withSource(meta []byte, source string) []byte {
	out := fhir.AppendString([]byte(`{"source":`), source)
	if len(meta) > 2 {
		return append(append(out, ','), meta[1:]...)
	}
	return append(out, '}')
}

// reference returns what a reference of an upstream resource is here. One to a type that is
// not followed becomes absolute, because it means a resource of the upstream server.
func (s *session) reference(b *book, ch *change, ref string) (string, error) {
	for _, own := range s.c.o.Self {
		if rest, ok := strings.CutPrefix(ref, own+"/"); ok {
			return rest, nil
		}
	}
	rest, absolute := strings.CutPrefix(ref, s.src.URL+"/")
	k, ok := relative(rest)
	switch {
	case !ok:
		return ref, nil
	case !s.follows[k.Type] && absolute:
		return ref, nil
	case !s.follows[k.Type]:
		return s.src.URL + "/" + ref, nil
	case k == ch.ident:
		return k.Type + "/" + ch.local, nil
	}
	local, here, err := b.resolve(k)
	if err != nil {
		return ref, err
	}
	if !here && !slices.Contains(ch.waits, k) {
		ch.waits = append(ch.waits, k)
	}
	return k.Type + "/" + local, nil
}

// relative reads TYPE/ID, a version after it left out.
func relative(ref string) (ident, bool) {
	parts := strings.Split(ref, "/")
	if len(parts) == 4 && parts[2] == "_history" {
		parts = parts[:2]
	}
	if len(parts) != 2 || !typeShape.MatchString(parts[0]) || !fhir.ValidID(parts[1]) {
		return ident{}, false
	}
	return ident{parts[0], parts[1]}, true
}
