package compose

import (
	"context"
	"sync"

	"masjala/fhir"
	"masjala/terminology/concept"
)

// search lists a page of the members that a text finds, best first. Only where nothing in the
// whole value set has words that begin with it, fragments count, and then typing errors: so
// the members and their order are the same on every page.
func (p *Plan) search(ctx context.Context, sel *Selection, q *concept.Query, yield func(Member)) (total int, err error) {
	var found []finding
	defer func() { release(found) }()
	for reach := concept.Begins; reach < concept.Reaches && total == 0; reach++ {
		release(found)
		if found, err = p.find(ctx, sel, q, reach); err != nil {
			return 0, err
		}
		for _, f := range found {
			total += f.hits.Total()
		}
	}
	if sel.InOrder {
		listInOrder(found, yield)
		return total, nil
	}
	skip, left := sel.Offset, sel.Count
	for grade := concept.AsWhole; grade < concept.Grades; grade++ {
		for _, f := range found {
			if left == 0 {
				return total, nil
			}
			n := f.hits.List(grade, skip, left, func(k uint32) {
				yield(f.member(k))
				left--
			})
			skip = max(0, skip-n)
		}
	}
	return total, nil
}

// listInOrder lists all that was found in the order of the value set.
func listInOrder(found []finding, yield func(Member)) {
	for _, f := range found {
		for k := range f.hits.Numbers().All {
			yield(f.member(k))
		}
	}
}

// finding is what a text finds in one set, and whose members those concepts are.
type finding struct {
	hits   *concept.Hits
	member func(k uint32) Member
}

func release(found []finding) {
	for _, f := range found {
		f.hits.Release()
	}
}

// find looks for a text in all parts. What it returns must be released, also when it fails.
func (p *Plan) find(ctx context.Context, sel *Selection, q *concept.Query, reach concept.Reach) (found []finding, err error) {
	for _, x := range p.parts {
		if err := ctx.Err(); err != nil {
			return found, err
		}
		if sel.Without != nil && sel.Without(x.sys) {
			continue
		}
		f := concept.Search{Query: q, Reach: reach, Within: x.bits, ActiveOnly: sel.ActiveOnly, ForUI: sel.ForUI}
		if x.listed != nil || x.bits == nil {
			own := x.texts()
			if own.set != nil {
				f := f
				f.Within = nil
				found = append(found, finding{own.set.Search(&f), func(k uint32) Member { return x.member(&x.listed[own.listed[k]]) }})
			}
			f.Within = own.rest
		}
		if x.bits != nil {
			hits := x.sys.Set.Search(&f)
			found = append(found, finding{hits, x.numbered})
			if len(x.sys.Supplements) > 0 {
				found = append(found, x.supplemented(f, hits)...)
			}
		}
	}
	return found, nil
}

// numbered returns the member with the number of a concept.
func (x *part) numbered(k uint32) Member {
	m := Member{System: x.sys, Number: k, Known: true}
	if x.listed == nil {
		return m
	}
	if i, ok := x.byCode[string(x.sys.Set.Code(k))]; ok {
		m.Given = x.listed[i].given
	}
	return m
}

// ownTexts are the texts of those listed members of which the definition says more than the
// code system, or which the code system does not have.
type ownTexts struct {
	once   sync.Once
	set    *concept.Set
	listed []int         // by number in set
	rest   *concept.Bits // the other members
}

// texts makes the own texts of a part, when a text is looked for the first time.
func (x *part) texts() *ownTexts {
	x.own.once.Do(func() {
		o := x.own
		if o.rest = x.bits; o.rest != nil {
			o.rest = x.bits.Clone()
		}
		b := []byte(`{"language":`)
		language := ""
		if x.sys.Set != nil {
			language = x.sys.Set.Meta().Language
		}
		b = append(fhir.AppendString(b, language), `,"concept":[`...)
		for i := range x.listed {
			l := &x.listed[i]
			if !x.speaks(l) {
				continue
			}
			if l.known {
				o.rest.Remove(l.number)
			}
			if len(o.listed) > 0 {
				b = append(b, ',')
			}
			b = x.appendTexts(b, l)
			o.listed = append(o.listed, i)
		}
		if len(o.listed) == 0 {
			return
		}
		src, err := concept.Read(append(b, "]}"...))
		if err == nil {
			o.set, err = concept.Build(src)
		}
		if err != nil { // codes are there, and each once
			panic(err)
		}
	})
	return x.own
}

// speaks tells whether the definition says something of a listed member that its code system
// does not.
func (x *part) speaks(l *listed) bool {
	g := l.given
	return g.Code != "" && (!l.known || g.Inactive || g.Abstract || len(g.Designations) > 0 ||
		g.Display != "" && g.Display != string(x.sys.Set.Display(l.number)))
}

// appendTexts writes a listed member with all of its texts as a concept of a code system.
func (x *part) appendTexts(b []byte, l *listed) []byte {
	m := x.member(l)
	b = fhir.AppendString(append(b, `{"code":`...), m.Code())
	if l.given.Display != "" {
		b = fhir.AppendString(append(b, `,"display":`...), l.given.Display)
	} else if l.known {
		b = fhir.AppendString(append(b, `,"display":`...), string(x.sys.Set.Display(l.number)))
	}
	b = append(b, `,"designation":[`...)
	add := func(language, value string) {
		if b[len(b)-1] != '[' {
			b = append(b, ',')
		}
		b = fhir.AppendString(append(b, `{"language":`...), language)
		b = fhir.AppendString(append(b, `,"value":`...), value)
		b = append(b, '}')
	}
	for _, d := range l.given.Designations {
		add(d.Language, d.Value)
	}
	if l.known {
		if l.given.Display != "" {
			add("", string(x.sys.Set.Display(l.number)))
		}
		for d := range x.sys.Designations(l.number) {
			add(d.Language, string(d.Value))
		}
	}
	b = append(b, `],"property":[`...)
	if m.Inactive() {
		b = append(b, `{"code":"inactive","valueBoolean":true}`...)
	}
	if m.Abstract() {
		if m.Inactive() {
			b = append(b, ',')
		}
		b = append(b, `{"code":"notSelectable","valueBoolean":true}`...)
	}
	return append(b, "]}"...)
}
