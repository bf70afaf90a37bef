package facilities

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"masjala/facility/match"
	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/decisions"
)

// codeList is the values of a coded column.
type codeList struct {
	target string
	column *importers.Column
	values map[string]*codeValue // by key
}

// codeValue is one value in all its spellings.
type codeValue struct {
	spellings map[string]int
	first     int              // row
	coding    importers.Coding // Code "" when it is no member
	stranger  bool             // it means something that another column is for
}

func newCodeList(target string, c *importers.Column) *codeList {
	return &codeList{target: target, column: c, values: map[string]*codeValue{}}
}

func (l *codeList) add(text string, row int) {
	key := importers.Key(text)
	if key == "" {
		return
	}
	v := l.values[key]
	if v == nil {
		v = &codeValue{spellings: map[string]int{}, first: row}
		l.values[key] = v
	}
	v.spellings[text]++
}

func (l *codeList) of(text string) *codeValue {
	if l == nil {
		return nil
	}
	return l.values[importers.Key(text)]
}

// settling is what a code list is settled with.
type settling struct {
	*importers.Writer
	env  importers.Env
	book *decisions.Book
}

// settle gives every value its coding: a member of the value set that the column is bound to,
// else a concept of the column's own code system, which is stored with the new ones. With
// propose, a column is bound to a stored value set that knows most of its values, unless an
// earlier import has made a code system of it.
func (l *codeList) settle(ctx context.Context, w *settling, propose bool) error {
	if len(l.values) == 0 {
		return nil
	}
	known, err := w.Find(ctx, l.identity(), true)
	if err != nil {
		return err
	}
	if l.column.ValueSet == "" && known == nil && propose && w.env.Codes != nil {
		if l.column.ValueSet, err = importers.FindValueSet(ctx, w.env.Store, w.env.Codes, l.rows()); err != nil {
			return err
		}
	}
	switch {
	case l.column.ValueSet != "":
		return l.bind(ctx, w)
	case l.column.System != "":
		return l.grow(ctx, w, known)
	}
	return nil
}

// identity is what the code system of the column is known by.
func (l *codeList) identity() importers.Identity {
	return importers.Identity{Base: "codes|" + l.column.System}
}

// rows counts the rows that have each value.
func (l *codeList) rows() map[string]int {
	out := map[string]int{}
	for _, v := range l.values {
		for s, n := range v.spellings {
			out[s] += n
		}
	}
	return out
}

// bind looks every value up in the value set.
func (l *codeList) bind(ctx context.Context, w *settling) error {
	if w.env.Codes == nil {
		return fhir.Errorf(fhir.Invalid, "column %q is bound to the value set %s, but no terminology is at hand", l.column.Heading, l.column.ValueSet)
	}
	coder, err := importers.NewCoder(ctx, w.env.Codes, l.column.ValueSet)
	if err != nil {
		return err
	}
	l.judge(w, coder)
	return nil
}

// judge looks every value up among codes, and reports each that is none of them, once.
func (l *codeList) judge(w *settling, coder *importers.Coder) {
	if l.target == "type" {
		coder.Synonyms(match.Meaning)
	}
	book := w.book
	if l.target == "status" { // what a status means is decided beside, see states
		book = &decisions.Book{}
	}
	for _, key := range slices.Sorted(maps.Keys(l.values)) {
		v := l.values[key]
		was := book.Judge(coder, l.value(v))
		if c := was.Chosen; c != nil && was.State != importers.Stale && c.Code != importers.NoCode {
			v.coding = *c
		}
		if was.State == importers.Doubtful && v.stranger {
			w.reportType(was)
		} else if was.State != "" && l.target != "status" {
			w.Value(was, "code-unknown", "this is not in the code list "+l.source(),
				"Imported as text; correct the value, or decide which code is meant (masjala import values).")
		}
	}
}

// value is a value as it is reported.
func (l *codeList) value(v *codeValue) importers.Value {
	rows := 0
	for _, n := range v.spellings {
		rows += n
	}
	out := importers.Value{Column: l.column.Heading, Target: l.target, Text: commonest(v.spellings), ValueSet: l.column.ValueSet, Rows: rows, Row: v.first}
	if out.ValueSet == "" {
		out.System = l.column.System
	}
	return out
}

// source names where the codes of the column come from.
func (l *codeList) source() string {
	if l.column.ValueSet != "" {
		return l.column.ValueSet
	}
	return l.column.System
}

// grow makes concepts of the values. A code system that did not come from an import is not
// changed: values that it lacks are refused.
func (l *codeList) grow(ctx context.Context, w *settling, known *importers.Known) error {
	stored, err := byURL(ctx, w.env.Store, "CodeSystem", l.column.System)
	if err != nil {
		return err
	}
	var concepts []importers.Coding
	if stored != nil {
		concepts = decisions.Concepts(stored)
	}
	if stored != nil && known == nil {
		l.judge(w, importers.CoderOf(concepts))
		return nil
	}
	concepts = l.extend(w, concepts)
	if !w.env.Registries.Has("CodeSystem") || !w.env.Registries.Has("ValueSet") {
		return nil
	}
	return w.Offer(ctx, &importers.Thing{What: "code lists", Name: l.column.System, Identity: l.identity(), Known: known,
		Resources: codeSystem(l, known, stored, concepts)})
}

// extend gives every value a concept, a new one if need be, or that which was decided.
func (l *codeList) extend(w *settling, concepts []importers.Coding) []importers.Coding {
	byKey, taken := map[string]importers.Coding{}, map[string]int{}
	take := func(c importers.Coding) {
		taken[c.Code] = max(taken[c.Code], 1)
		byKey[importers.Key(c.Display)] = c
		byKey[importers.Key(c.Code)] = c
	}
	for _, c := range concepts {
		take(c)
	}
	before := len(concepts)
	for _, key := range slices.Sorted(maps.Keys(l.values)) {
		v := l.values[key]
		c, ok := byKey[key]
		if decided := w.decided(l, v); decided != nil {
			if decided.Code == importers.NoCode {
				continue
			}
			if c, ok = byKey[importers.Key(decided.Code)]; !ok && decided.System == l.column.System {
				c, ok = *decided, true
				concepts = append(concepts, c)
				take(c)
			}
		}
		if !ok && v.stranger {
			w.reportType(l.value(v))
			continue
		}
		if !ok {
			c = importers.Coding{System: l.column.System, Code: freeCode(key, taken), Display: commonest(v.spellings)}
			concepts = append(concepts, c)
			take(c)
		}
		v.coding = c
	}
	l.doubt(w, concepts[:before])
	return concepts
}

// decided returns what somebody decided that a value means, and reports it; nil when nobody did.
func (w *settling) decided(l *codeList, v *codeValue) *importers.Coding {
	is := l.value(v)
	c, ok := w.book.Value(l.target, l.column.Heading, "", is.Text)
	if !ok || l.target == "status" { // that is what states are for
		return nil
	}
	is.State, is.Chosen = importers.Decided, &c
	w.Value(is, "", "", "")
	return &c
}

// oftener is how many times more rows a value has of which another one may be a misspelling.
const oftener = 10

// doubt reports new values that are nearly those of concepts stored before, or of much more rows.
func (l *codeList) doubt(w *settling, before []importers.Coding) {
	if l.target == "status" { // what a status means is decided beside, see states
		return
	}
	known := map[importers.Coding]bool{}
	for _, c := range before {
		known[c] = true
	}
	slips := l.slips(before)
	for _, key := range slices.Sorted(maps.Keys(l.values)) {
		is := l.value(l.values[key])
		_, decided := w.book.Value(l.target, l.column.Heading, "", is.Text)
		if is.Candidates = slips[key]; decided || known[l.values[key].coding] || len(is.Candidates) == 0 {
			continue
		}
		is.State = importers.Doubtful
		w.Value(is, "code-near", "a new code was made, whose name is nearly that of another",
			"Correct the value, or decide which code is meant (masjala import values).")
	}
}

// slips lists for each value, by key, the concepts stored before and those of much more rows whose
// names are nearly its own.
func (l *codeList) slips(before []importers.Coding) map[string][]importers.Candidate {
	rows := map[string]int{}
	for key, v := range l.values {
		rows[key] = l.value(v).Rows
	}
	often := slices.SortedFunc(maps.Keys(rows), func(a, b string) int { return cmp.Or(cmp.Compare(rows[b], rows[a]), cmp.Compare(a, b)) })
	near, out, in := importers.CoderOf(before), map[string][]importers.Candidate{}, 0
	for _, key := range often { // so that those of more rows come in one after the other
		for ; rows[often[in]] >= oftener*rows[key]; in++ {
			if c := l.values[often[in]].coding; c.Code != "" {
				near.Add(c)
			}
		}
		out[key] = near.Slips(commonest(l.values[key].spellings))
	}
	return out
}

// freeCode makes a code from a value's key that no other concept has. taken has the codes of all,
// each with the last number that was put behind it.
func freeCode(key string, taken map[string]int) string {
	slug := importers.Slug(key)
	code := slug
	for code == "" || taken[code] > 0 {
		taken[slug] = max(taken[slug], 1) + 1
		code = fmt.Sprintf("%s-%d", slug, taken[slug])
	}
	return code
}
