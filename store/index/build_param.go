package index

import (
	"errors"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strings"

	"masjala/fhir/search"
	"masjala/store/globe"
	"masjala/store/index/rids"
	"masjala/store/index/spool"
	"masjala/store/index/text"
)

// parameter is the parameter whose rows come.
type parameter struct {
	kind   search.Kind
	number int64
	bits   []uint64 // the rids that have it
	some   bool
	spool  *spool.Spool  // of its texts or positions
	text   *text.Builder // nil when its texts are not indexed
	cell   int64
}

// string adds a row of a text. When there are more texts than fit, or one that cannot be,
// the parameter is one whose texts are not indexed.
func (b *Builder) string(r *Row, rid uint32) error {
	p := &b.param
	if p.text == nil {
		return nil
	}
	err := p.text.Add(r.Text, rid)
	if errors.Is(err, text.ErrTooLarge) || strings.IndexByte(r.Text, 0) >= 0 {
		p.text.Abort()
		p.text = nil
		b.parts = b.parts[:len(b.parts)-1]
		delete(b.depths, r.Param)
		return nil
	}
	if err != nil {
		return fmt.Errorf("index the texts of parameter %d: %w", r.Param, err)
	}
	return b.record(exactKey(r.Param, r.Text, r.More), uint64(rid))
}

// position adds a row of a place.
func (b *Builder) position(r *Row, rid uint32) error {
	p := &b.param
	if r.A < p.cell || r.A >= 1<<32 {
		return fmt.Errorf("%w: cell %d after %d", errOrder, r.A, p.cell)
	}
	p.cell = r.A
	b.buf = appendPoint(b.buf[:0], &point{Point: globe.At(r.X, r.Y), rid: rid, cell: uint32(r.A)})
	_, err := p.spool.Write(b.buf)
	return err
}

// nextParam ends the parameter whose rows came and starts the one of r.
func (b *Builder) nextParam(r *Row) error {
	if err := b.endParam(); err != nil {
		return err
	}
	p := &b.param
	p.kind, p.number, p.cell = r.Kind, r.Param, 0
	_, indexed := b.depths[r.Param]
	e := extent{part: partPositions, number: r.Param}
	switch {
	case r.Kind == search.String && indexed:
		e.part, e.depth = partText, uint32(b.depths[r.Param])
	case r.Kind != search.Position:
		return nil
	}
	if slices.ContainsFunc(b.parts, func(o part) bool { return o.part == e.part && o.number == e.number }) {
		return fmt.Errorf("%w: parameter %d comes again", errOrder, r.Param)
	}
	var err error
	if p.spool, err = b.newSpool(); err != nil {
		return err
	}
	if e.part == partText {
		p.text = text.NewBuilder(p.spool, b.dir, b.depths[r.Param] == Parts)
	}
	b.parts = append(b.parts, part{e, p.spool})
	return nil
}

// endParam writes what belongs to the parameter whose rows came.
func (b *Builder) endParam() error {
	if err := b.flushKey(); err != nil {
		return err
	}
	p := &b.param
	if p.text != nil {
		if err := p.text.Finish(); err != nil {
			return fmt.Errorf("index the texts of parameter %d: %w", p.number, err)
		}
	}
	p.text, p.spool = nil, nil
	if !p.some {
		return nil
	}
	if had := b.has[p.number]; had != nil {
		rids.Each(had, func(rid uint32) { p.bits[rid>>6] |= 1 << (rid & 63) })
	}
	var e rids.Encoder
	for i, w := range p.bits {
		for ; w != 0; w &= w - 1 {
			e.Add(uint32(i<<6 + bits.TrailingZeros64(w)))
		}
	}
	b.has[p.number] = e.Append(nil)
	clear(p.bits)
	p.some = false
	return nil
}

// emptyTexts adds the texts of parameters that no resource has.
func (b *Builder) emptyTexts() error {
	for _, p := range slices.Sorted(maps.Keys(b.depths)) {
		if slices.ContainsFunc(b.parts, func(o part) bool { return o.part == partText && o.number == p }) {
			continue
		}
		s, err := b.newSpool()
		if err != nil {
			return err
		}
		if err := text.NewBuilder(s, b.dir, b.depths[p] == Parts).Finish(); err != nil {
			return err
		}
		b.parts = append(b.parts, part{extent{part: partText, depth: uint32(b.depths[p]), number: p}, s})
	}
	return nil
}
