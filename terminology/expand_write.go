package terminology

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/terminology/compose"
	"masjala/terminology/concept"
)

// briefHead are the members that an expansion keeps of its value set when the definition is
// not asked for.
var briefHead = []string{"url", "identifier", "version", "name", "title", "status", "experimental", "date", "publisher", "language", "immutable", "copyright", "useContext", "jurisdiction"}

// header returns members of a ValueSet as JSON with a comma after each.
func header(body []byte, all bool) []byte {
	var b []byte
	gjson.ParseBytes(body).ForEach(func(key, value gjson.Result) bool {
		name := key.Str
		if name == "expansion" || !all && !slices.Contains(briefHead, strings.TrimPrefix(name, "_")) {
			return true
		}
		b = append(b, key.Raw...)
		b = append(b, ':')
		b = append(b, value.Raw...)
		b = append(b, ',')
		return true
	})
	if !gjson.GetBytes(body, "status").Exists() { // 1..1
		b = append(b, `"status":"active",`...)
	}
	return b
}

// expansionWriter writes members as they are listed.
type expansionWriter struct {
	req       *ExpandRequest
	languages languages
	plan      *compose.Plan
	b         []byte
	count     int
	warnings  []warning
	props     []shownProperty
	open      []openMember // that the next member may be nested in

	system *compose.System // of the member before
	lead   []byte          // what members of it begin with
}

// rooms are the buffers of writers that are done.
var rooms = sync.Pool{New: func() any { return new([]byte) }}

// largestRoom is how large a buffer may be to be used again.
const largestRoom = 1 << 20

// preferredUse is the use of a display among designations.
const preferredUse = `{"system":"http://terminology.hl7.org/CodeSystem/hl7TermMaintInfra","code":"preferredForLanguage","display":"Preferred For Language"}`

// openMember is a member whose JSON object is not closed yet.
type openMember struct {
	set    *concept.Set
	number uint32
	kids   bool
}

func newExpansionWriter(req *ExpandRequest, plan *compose.Plan, langs languages) *expansionWriter {
	return &expansionWriter{req: req, plan: plan, languages: langs, b: (*rooms.Get().(*[]byte))[:0]}
}

// nested tells whether a member is shown among those below its nearest member above: in
// whole expansions of what is not a list (excludeNested, TX-12).
func (w *expansionWriter) nested(m *compose.Member) bool {
	return w.nests() && m.Known && m.Given == nil
}

// nests tells whether the expansion keeps the hierarchy.
func (w *expansionWriter) nests() bool {
	return w.plan.Nests && w.req.Nested && w.req.Count == nil && w.req.Offset == 0
}

// place closes the open members that the next one is not below, and begins its object.
func (w *expansionWriter) place(m *compose.Member) {
	nest := w.nested(m)
	for len(w.open) > 0 {
		top := &w.open[len(w.open)-1]
		if nest && top.set == m.System.Set && top.set.IsA(m.Number, top.number) {
			break
		}
		w.close()
	}
	switch n := len(w.open); {
	case n > 0 && !w.open[n-1].kids:
		w.open[n-1].kids = true
		w.b = append(w.b, `,"contains":[`...)
	case w.count > 0:
		w.b = append(w.b, ',')
	}
	w.count++
	w.b = append(w.b, '{')
}

// close ends the last open member.
func (w *expansionWriter) close() {
	n := len(w.open) - 1
	if w.open[n].kids {
		w.b = append(w.b, ']')
	}
	w.b = append(w.b, '}')
	w.open = w.open[:n]
}

// closeAll ends all open members.
func (w *expansionWriter) closeAll() {
	for len(w.open) > 0 {
		w.close()
	}
}

// member writes one entry of expansion.contains.
func (w *expansionWriter) member(m compose.Member) {
	w.place(&m)
	start := len(w.b)
	w.b = append(w.b, w.leading(m.System)...)
	if m.Abstract() {
		w.raw(start, "abstract", "true")
	}
	if m.Inactive() {
		w.raw(start, "inactive", "true")
	}
	if w.plan.Several(m.System.URL) || m.Given != nil && m.Given.Version != "" {
		w.text(start, "version", m.System.Version)
	}
	w.texts(start, &m)
	w.extended(&m)
	if w.nested(&m) {
		w.open = append(w.open, openMember{set: m.System.Set, number: m.Number})
	} else {
		w.b = append(w.b, '}')
	}
}

// leading is what members of a system begin with.
func (w *expansionWriter) leading(sys *compose.System) []byte {
	if sys != w.system {
		w.system, w.lead = sys, nil
		if sys.URL != "" {
			w.lead = fhir.AppendString([]byte(`"system":`), sys.URL)
		}
	}
	return w.lead
}

// texts writes the code of a member, its display and, if asked for, its designations.
func (w *expansionWriter) texts(start int, m *compose.Member) {
	designations := w.req.IncludeDesignations || len(w.req.Designations) > 0
	own := m.Given == nil || m.Given.Display == "" // the code system has the display
	if !m.Known || !own || len(w.languages) > 0 || designations {
		w.text(start, "code", m.Code())
		shown := displayOfMember(m, w.languages)
		w.text(start, "display", shown)
		if designations {
			w.designations(m, shown)
		}
		return
	}
	set := m.System.Set
	w.raw(start, "code", "")
	w.b = fhir.AppendBytes(w.b, set.Code(m.Number))
	if display := set.Display(m.Number); len(display) > 0 {
		w.b = append(w.b, `,"display":`...)
		w.b = fhir.AppendBytes(w.b, display)
	}
}

// text writes a member of the object that began at start, unless its value is empty.
func (w *expansionWriter) text(start int, name, value string) {
	if value != "" {
		w.raw(start, name, "")
		w.b = fhir.AppendString(w.b, value)
	}
}

// raw writes a member whose value is JSON already.
func (w *expansionWriter) raw(start int, name, value string) {
	if len(w.b) > start {
		w.b = append(w.b, ',')
	}
	w.b = append(w.b, '"')
	w.b = append(w.b, name...)
	w.b = append(w.b, `":`...)
	w.b = append(w.b, value...)
}

// designations writes those that were asked for, if any: of the code system and its
// supplements, then of the value set.
func (w *expansionWriter) designations(m *compose.Member, shown string) {
	some := false
	moved := m.Known && string(m.System.Set.Display(m.Number)) != shown // shown is a designation
	put := func(language, use, value, extensions string) {
		if !w.wanted(language, use) || moved && value == shown && use == "" && language != "" && len(w.languages) > 0 && fits(language, w.languages[0]) > 0 {
			return
		}
		if some {
			w.b = append(w.b, ',')
		} else {
			w.b = append(w.b, `,"designation":[`...)
		}
		some = true
		w.b = append(w.b, '{')
		w.designationExtensions(extensions)
		if language != "" {
			w.b = append(w.b, `"language":`...)
			w.b = fhir.AppendString(w.b, language)
			w.b = append(w.b, ',')
		}
		if use != "" {
			w.b = append(w.b, `"use":`...)
			w.b = append(w.b, use...)
			w.b = append(w.b, ',')
		}
		w.b = append(w.b, `"value":`...)
		w.b = fhir.AppendString(w.b, value)
		w.b = append(w.b, '}')
	}
	if m.Known {
		if own := string(m.System.Set.Display(m.Number)); own != shown && own != "" {
			put(languageOf(m.System.Set), preferredUse, own, "")
		}
		for d := range m.System.Designations(m.Number) {
			put(d.Language, d.Use, string(d.Value), string(d.Extensions))
		}
	}
	if m.Given != nil {
		for _, d := range m.Given.Designations {
			put(d.Language, d.Use, d.Value, d.Extensions)
		}
	}
	if some {
		w.b = append(w.b, ']')
	}
}

// wanted tells whether a designation is one of those the parameter designation names; all
// are when it names none.
func (w *expansionWriter) wanted(language, use string) bool {
	if len(w.req.Designations) == 0 {
		return true
	}
	return slices.ContainsFunc(w.req.Designations, func(token string) bool {
		system, code, both := strings.Cut(token, "|")
		switch {
		case both && system == "urn:ietf:bcp:47":
			return language != "" && fits(language, code) > 0
		case both:
			return gjson.Get(use, "system").Str == system && gjson.Get(use, "code").Str == code
		}
		return gjson.Get(use, "code").Str == token || strings.EqualFold(language, token)
	})
}

// finish puts the answer together.
func (w *expansionWriter) finish(head []byte, total int, id string, at time.Time) *Expansion {
	w.closeAll()
	params := w.parameters()
	sum := sha256.New()
	sum.Write(head)
	sum.Write(params)
	sum.Write(strconv.AppendInt(nil, int64(total), 10))
	sum.Write(w.b)
	b := make([]byte, 0, len(head)+len(params)+len(w.b)+320)
	b = append(b, `{"resourceType":"ValueSet","id":"`...)
	b = append(b, id...)
	b = append(b, `",`...)
	b = append(b, head...)
	b = append(b, `"expansion":{"identifier":"urn:uuid:`...)
	b = append(b, id...)
	b = append(b, `","timestamp":"`...)
	b = at.UTC().AppendFormat(b, fhir.Instant)
	b = append(b, '"')
	open := w.plan.Open()
	if len(open) == 0 { // else nobody can count the codes
		b = append(b, `,"total":`...)
		b = strconv.AppendInt(b, int64(total), 10)
	}
	if w.req.Count != nil || w.req.Offset > 0 {
		b = append(b, `,"offset":`...)
		b = strconv.AppendInt(b, int64(w.req.Offset), 10)
	}
	b = append(b, params...)
	b = w.expansionExtensions(b, open)
	if w.count > 0 {
		b = append(b, `,"contains":[`...)
		b = append(b, w.b...)
		b = append(b, ']')
	}
	b = append(b, "}}"...)
	if room := w.b; cap(room) <= largestRoom {
		rooms.Put(&room)
	}
	w.b = nil
	return &Expansion{Total: total, body: b, etag: `W/"` + base64.RawURLEncoding.EncodeToString(sum.Sum(nil)[:12]) + `"`}
}

// parameters writes expansion.parameter: what was asked and which versions were used.
func (w *expansionWriter) parameters() []byte {
	var b []byte
	put := func(name, typ, value string) {
		if b == nil {
			b = append(b, `,"parameter":[`...)
		} else {
			b = append(b, ',')
		}
		b = append(b, `{"name":`...)
		b = fhir.AppendString(b, name)
		b = append(b, `,"value`...)
		b = append(b, typ...)
		b = append(b, `":`...)
		switch typ {
		case "Boolean", "Integer":
			b = append(b, value...)
		default:
			b = fhir.AppendString(b, value)
		}
		b = append(b, '}')
	}
	for _, e := range w.req.Echo {
		put(e.Name, e.Type, e.Value)
	}
	for _, sys := range w.plan.Systems {
		put("used-codesystem", "Uri", canonical(sys.URL, sys.Version))
		for _, x := range sys.Supplements {
			put("used-supplement", "Uri", x.Canonical)
		}
	}
	for _, vs := range w.plan.ValueSets {
		put("used-valueset", "Uri", vs)
	}
	for _, warning := range w.warnings {
		put("warning-"+warning.word, "Uri", warning.canonical)
	}
	if w.plan.VersionsMatch {
		put("versionsMatch", "Boolean", "true")
	}
	if b != nil {
		b = append(b, ']')
	}
	return b
}
