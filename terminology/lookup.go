package terminology

import (
	"context"
	"slices"
	"strings"

	"masjala/fhir"
	"masjala/terminology/compose"
	"masjala/terminology/concept"
)

// LookupRequest asks for all that is known of a code
// (https://hl7.org/fhir/R4/codesystem-operation-lookup.html, ITI-98).
type LookupRequest struct {
	Common
	System, Version, Code string
	Coding                *Coding  // instead of these
	Language              string   // displayLanguage, or Accept-Language
	Properties            []string // what to show; empty: all; "*" too
	Supplements           []string // useSupplement: canonicals of supplements to honour
	Room                  []byte   // that the answer may be written into; it is the answer's then
}

// Details is the answer to Lookup.
type Details struct {
	Name, Version, Display, Definition string
	Code, System                       string
	Abstract, Inactive                 bool
	body                               []byte
}

// JSON is the answer as a Parameters resource. It must not be changed.
func (d *Details) JSON() []byte { return d.body }

// Lookup tells what is known of a code. It fails with NotFound if the code system, the
// version or the code is not known, and with Invalid if the request names no code.
func (s *Service) Lookup(_ context.Context, req LookupRequest) (out *Details, err error) {
	defer s.unguard(guarding(), &err)
	if err := req.check(); err != nil {
		return nil, err
	}
	if req.Coding != nil {
		if req.Code != "" {
			return nil, missing("Send either code and system or a coding, not both.")
		}
		req.System, req.Code = req.Coding.System, req.Coding.Code
		if req.Version == "" {
			req.Version = req.Coding.Version
		}
	}
	if req.Code == "" || req.System == "" {
		return nil, missing("$lookup needs a code and its system, or a coding that has both.")
	}
	v, err := s.view(&req.Common, Rules{}, req.Supplements)
	if err != nil {
		return nil, err
	}
	defer v.done()
	e, err := v.c.usable(split(req.System, req.Version))
	if err != nil {
		return nil, err
	}
	e = e.holding(s, req.Code)
	k, ok := e.set.Find(req.Code)
	if !ok {
		return nil, e.unknownCode(req.Code)
	}
	e.set.Warm(k)
	return e.details(v.systemOf(e), k, &req), nil
}

// usable finds a code system whose concepts are here.
func (c *catalog) usable(url, version string) (*entry, error) {
	e := c.system(url, version)
	if e == nil {
		return nil, c.notHere(codeSystem, url, version)
	}
	return withConcepts(e, nil)
}

// withConcepts fails with NotFound for a code system, if it was found, whose concepts are not here.
func withConcepts(e *entry, err error) (*entry, error) {
	if err == nil && e.set == nil {
		return nil, fhir.Errorf(fhir.NotFound, "The concepts of the code system %s are not on this server; only its description is.", e.canonical())
	}
	return e, err
}

// unknownCode says that a system lacks a code, and which come close.
func (e *entry) unknownCode(code string) *fhir.Error {
	id, args := unknownCodePhrase(code, e)
	out := failure(fhir.NotFound, id, args...)
	if near := e.near(code, 3); len(near) > 0 {
		return also(out, msgNearest, strings.Join(near, ", "))
	}
	return out
}

// near lists the codes that come closest to a text, with their displays.
func (e *entry) near(text string, n int) []string {
	var out []string
	for _, k := range e.set.Nearest(text, n) {
		hit := `"` + string(e.set.Code(k)) + `"`
		if d := e.set.Display(k); len(d) > 0 {
			hit += " (" + string(d) + ")"
		}
		out = append(out, hit)
	}
	return out
}

// details gathers the answer for a concept.
func (e *entry) details(sys *compose.System, k uint32, req *LookupRequest) *Details {
	set := e.set
	d := &Details{
		Name: e.name(), Version: e.info.Version, System: e.info.URL,
		Code: req.Code, Definition: string(set.Definition(k)),
		Display:  shown(sys, k, parseLanguages(req.Language)),
		Abstract: set.Abstract(k), Inactive: set.Inactive(k),
	}
	if code := set.Code(k); string(code) != d.Code {
		d.Code = string(code)
	}
	p := newParameters(req.Room[:0])
	p.text("name", "String", d.Name)
	p.text("version", "String", d.Version)
	p.text("display", "String", d.Display)
	if d.Display == "" { // 1..1: a concept without a display is shown by its code
		p.text("display", "String", d.Code)
	}
	w := wishes(req.Properties)
	if w.has("definition") {
		p.text("definition", "String", d.Definition)
	}
	if w.has("code") {
		p.text("code", "Code", d.Code)
	}
	if w.has("system") {
		p.text("system", "Uri", d.System)
	}
	if w.has("abstract") {
		p.boolean("abstract", d.Abstract)
	}
	p.designations(sys, k, w)
	p.properties(sys, k, w)
	for _, x := range sys.Supplements {
		p.text("used-supplement", "Canonical", x.Canonical)
	}
	d.body = p.done()
	return d
}

// shown is the display of a concept, of a supplement if only that has the wanted language.
func shown(sys *compose.System, k uint32, wanted languages) string {
	if len(sys.Supplements) == 0 {
		return displayOf(sys.Set, k, wanted)
	}
	return displayOfMember(&compose.Member{System: sys, Number: k, Known: true}, wanted)
}

// name is the name of a code system, which $lookup must give.
func (e *entry) name() string {
	for _, n := range []string{e.info.Name, e.info.Title, e.info.URL} {
		if n != "" {
			return n
		}
	}
	return e.id
}

// wishes are the values of the parameter property.
type wishes []string

// has tells whether something is wanted. Without any wish all is.
func (w wishes) has(name string) bool {
	return len(w) == 0 || slices.Contains(w, name) || slices.Contains(w, "*")
}

func (w wishes) language(tag string) bool {
	return w.has("designation") || slices.ContainsFunc(w, func(name string) bool {
		want, ok := strings.CutPrefix(name, "lang.")
		return ok && fits(tag, want) > 0
	})
}

// designations adds the display in the language of the code system, if that is said, and
// the designations of the code system and its supplements.
func (p *parameters) designations(sys *compose.System, k uint32, w wishes) {
	if l, own := sys.Set.Meta().Language, sys.Set.Display(k); l != "" && len(own) > 0 && w.language(l) {
		p.begin("designation")
		p.text("language", "Code", l)
		p.raw("use", "Coding", preferredUse)
		p.bytes("value", "String", own)
		p.end()
	}
	for x := range sys.Designations(k) {
		if !w.language(x.Language) {
			continue
		}
		p.begin("designation")
		p.text("language", "Code", x.Language)
		if x.Use != "" {
			p.raw("use", "Coding", x.Use)
		}
		p.bytes("value", "String", x.Value)
		p.text("source", "Canonical", x.Source)
		p.end()
	}
}

// valueTypes are the types of a property value in Parameters.
var valueTypes = [...]string{
	concept.KindCode: "Code", concept.KindCoding: "Coding", concept.KindString: "String",
	concept.KindInteger: "Integer", concept.KindBoolean: "Boolean", concept.KindDateTime: "DateTime", concept.KindDecimal: "Decimal",
}

// properties adds the properties of a concept, its parents and children, and whether it is
// inactive, once each.
func (p *parameters) properties(sys *compose.System, k uint32, w wishes) {
	set := sys.Set
	var inactive, parent, child bool // said by a property of that code
	show := func(x *concept.Property) {
		inactive = inactive || x.Code == "inactive"
		parent = parent || x.Code == "parent"
		child = child || x.Code == "child"
		if w.has(x.Code) {
			p.property(x)
		}
	}
	for x := range set.Properties(k) {
		show(&x)
	}
	if len(sys.Supplements) > 0 {
		for x := range sys.Added(k) {
			show(&x.Property)
		}
	}
	if w.has("inactive") && !inactive {
		p.begin("property")
		p.text("code", "Code", "inactive")
		p.boolean("value", set.Inactive(k))
		p.end()
	}
	if w.has("parent") {
		p.relatives("parent", set, k, set.Parents(k), parent)
	}
	if w.has("child") {
		p.relatives("child", set, k, set.Children(k), child)
	}
}

// property adds a property of a concept.
func (p *parameters) property(x *concept.Property) {
	p.begin("property")
	p.text("code", "Code", x.Code)
	p.begun("value", valueTypes[x.Kind], len(x.Value))
	switch x.Kind {
	case concept.KindCoding, concept.KindInteger, concept.KindBoolean, concept.KindDecimal:
		p.b = append(p.b, x.Value...)
	default:
		p.b = fhir.AppendBytes(p.b, x.Value)
	}
	p.b = append(p.b, '}')
	p.end()
}

// relatives adds the parents or children of a concept, but for those that a property of that
// name says, if there is one.
func (p *parameters) relatives(name string, set *concept.Set, of uint32, list concept.Numbers, some bool) {
	var said []string
	if some {
		for x := range set.Properties(of) {
			if x.Code == name {
				said = append(said, x.Text())
			}
		}
		slices.Sort(said)
	}
	for k := range list.All() {
		if _, ok := slices.BinarySearch(said, string(set.Code(k))); ok {
			continue
		}
		p.begin("property")
		p.text("code", "Code", name)
		p.bytes("value", "Code", set.Code(k))
		p.bytes("description", "String", set.Display(k))
		p.end()
	}
}
