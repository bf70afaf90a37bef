package facilities

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"masjala/fhir"
	"masjala/importers"
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
	coding    importers.Coding // Code "" when it is no member
	refused   string           // why, with near members
}

func newCodeList(target string, c *importers.Column) *codeList {
	return &codeList{target: target, column: c, values: map[string]*codeValue{}}
}

func (l *codeList) add(text string) {
	key := importers.Key(text)
	if key == "" {
		return
	}
	v := l.values[key]
	if v == nil {
		v = &codeValue{spellings: map[string]int{}}
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

// settle gives every value its coding: a member of the value set that the column is bound to,
// else a concept of the column's own code system, which is stored with the new ones. With
// propose, a column is bound to a stored value set that knows most of its values, unless an
// earlier import has made a code system of it.
func (l *codeList) settle(ctx context.Context, w *importers.Writer, env importers.Env, propose bool) error {
	if len(l.values) == 0 {
		return nil
	}
	known, err := w.Find(ctx, l.identity(), true)
	if err != nil {
		return err
	}
	if l.column.ValueSet == "" && known == nil && propose && env.Codes != nil {
		if l.column.ValueSet, err = importers.FindValueSet(ctx, env.Store, env.Codes, l.rows()); err != nil {
			return err
		}
	}
	switch {
	case l.column.ValueSet != "":
		return l.bind(ctx, env)
	case l.column.System != "":
		return l.grow(ctx, w, env, known)
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
func (l *codeList) bind(ctx context.Context, env importers.Env) error {
	if env.Codes == nil {
		return fhir.Errorf(fhir.Invalid, "column %q is bound to the value set %s, but no terminology is at hand", l.column.Heading, l.column.ValueSet)
	}
	coder, err := importers.NewCoder(ctx, env.Codes, l.column.ValueSet)
	if err != nil {
		return err
	}
	for _, v := range l.values {
		text := commonest(v.spellings)
		if coding, ok := coder.Find(text); ok {
			v.coding = coding
			continue
		}
		v.refused = strings.TrimSpace(importers.Meant(coder.Near(text, 3)))
	}
	return nil
}

// grow makes concepts of the values. A code system that did not come from an import is not
// changed: values that it lacks are refused.
func (l *codeList) grow(ctx context.Context, w *importers.Writer, env importers.Env, known *importers.Known) error {
	stored, err := byURL(ctx, env.Store, "CodeSystem", l.column.System)
	if err != nil {
		return err
	}
	concepts := conceptsOf(stored)
	ours := stored == nil || known != nil
	byKey := map[string]importers.Coding{}
	for _, c := range concepts {
		byKey[importers.Key(c.Display)] = c
		byKey[importers.Key(c.Code)] = c
	}
	for _, key := range slices.Sorted(maps.Keys(l.values)) {
		v := l.values[key]
		c, ok := byKey[key]
		if !ok && !ours {
			v.refused = strings.TrimSpace(importers.DidYouMean(commonest(v.spellings), displaysOf(concepts)))
			continue
		}
		if !ok {
			c = importers.Coding{System: l.column.System, Code: freeCode(key, concepts), Display: commonest(v.spellings)}
			concepts = append(concepts, c)
		}
		v.coding = c
	}
	if !ours || !env.Registries.Has("CodeSystem") || !env.Registries.Has("ValueSet") {
		return nil
	}
	return w.Offer(ctx, &importers.Thing{What: "code lists", Name: l.column.System, Identity: l.identity(), Known: known,
		Resources: codeSystem(l, known, stored, concepts)})
}

// freeCode makes a code from a value's key that no other concept has.
func freeCode(key string, concepts []importers.Coding) string {
	slug := importers.Slug(key)
	code := slug
	for n := 2; code == "" || slices.ContainsFunc(concepts, func(c importers.Coding) bool { return c.Code == code }); n++ {
		code = fmt.Sprintf("%s-%d", slug, n)
	}
	return code
}

func displaysOf(cs []importers.Coding) []string {
	out := make([]string, len(cs))
	for i, c := range cs {
		out[i] = c.Display
	}
	return out
}

// conceptsOf reads the top-level concepts of a stored code system.
func conceptsOf(r *fhir.Resource) []importers.Coding {
	if r == nil {
		return nil
	}
	var out []importers.Coding
	url := r.Field("url").String()
	for _, c := range r.Field("concept").Array() {
		out = append(out, importers.Coding{System: url, Code: c.Get("code").String(), Display: c.Get("display").String()})
	}
	return out
}

// check reports a value that is no member.
func (l *codeList) check(row *importers.Row, issues *importers.Issues) {
	if l == nil {
		return
	}
	c := row.Get(l.target)
	v := l.of(c.Text)
	if v == nil || v.coding.Code != "" || l.column.System == "" && l.column.ValueSet == "" {
		return
	}
	list := l.column.ValueSet
	if list == "" {
		list = l.column.System
	}
	fix := "Imported as text; correct the value, or say in the mapping's values which code is meant."
	if v.refused != "" {
		fix += " " + v.refused
	}
	issues.Add(importers.Issue{Row: row.Number, Column: c.Column.Heading, Value: c.Shown, Severity: importers.Warning, Rule: "code-unknown",
		Reason: "this is not in the code list " + list, Fix: fix})
}
