package index

import (
	"strings"

	"masjala/fhir/search"
)

// group is the key whose rows come.
type group struct {
	kind  search.Kind
	param int64
	text  string
	subs  []*sub
	spare []*sub
	last  *sub
	bySub map[int64]*sub // once they are many
}

// manySubs is how many entries of a key are found by going through them.
const manySubs = 32

// keyed adds a row to the key that it belongs to.
func (b *Builder) keyed(r *Row, rid uint32, which int64) error {
	g := &b.key
	if g.text != r.Text || g.param != r.Param || g.kind != r.Kind {
		if err := b.flushKey(); err != nil {
			return err
		}
		g.kind, g.param, g.text = r.Kind, r.Param, strings.Clone(r.Text)
	}
	if g.last == nil || g.last.sub != which {
		g.last = g.find(which)
	}
	g.last.rids.Add(rid)
	return nil
}

// find returns the entry of a key for a system or a target type.
func (g *group) find(which int64) *sub {
	if len(g.subs) <= manySubs {
		for _, s := range g.subs {
			if s.sub == which {
				return s
			}
		}
	} else if s := g.bySub[which]; s != nil {
		return s
	}
	var s *sub
	if n := len(g.spare); n > 0 {
		s, g.spare = g.spare[n-1], g.spare[:n-1]
		s.rids.Reset()
	} else {
		s = &sub{}
	}
	s.sub = which
	g.subs = append(g.subs, s)
	switch n := len(g.subs); {
	case n == manySubs+1:
		g.bySub = make(map[int64]*sub, 2*n)
		for _, s := range g.subs {
			g.bySub[s.sub] = s
		}
	case n > manySubs:
		g.bySub[which] = s
	}
	return s
}

// flushKey writes the key whose rows came.
func (b *Builder) flushKey() error {
	g := &b.key
	if len(g.subs) == 0 {
		return nil
	}
	k := keyOf(g.kind, g.param, g.text)
	err := b.entries(k, g.subs)
	g.spare, g.subs, g.last = append(g.spare, g.subs...), g.subs[:0], nil
	return err
}

// entries adds the record of a key.
func (b *Builder) entries(k digest, subs []*sub) error {
	if len(subs) == 1 && subs[0].rids.Len() == 1 && subs[0].sub >= 0 && subs[0].sub <= maxSub {
		return b.record(k, uint64(subs[0].sub)<<32|uint64(subs[0].rids.List()[0]))
	}
	at, err := b.postings(subs)
	if err != nil {
		return err
	}
	return b.record(k, at)
}

// postings writes the entries of a key and returns the value of its record.
func (b *Builder) postings(subs []*sub) (uint64, error) {
	at := b.posts.Len()
	b.buf = appendPostings(b.buf[:0], at, subs)
	_, err := b.posts.Write(b.buf)
	return elsewhere | at, err
}
