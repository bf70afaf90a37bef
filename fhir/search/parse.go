package search

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"masjala/fhir"
)

// What a request may ask for at most; more is refused with a sentence that says so.
const (
	maxPairs      = 100    // parameters of a request
	maxValues     = 1_000  // values of one parameter, joined by OR
	maxValueBytes = 4_096  // one value
	maxBytes      = 65_536 // all names and values
	maxDepth      = 6      // steps of a chain
	maxSortKeys   = 8
)

// Parse reads a search request. Parameters it does not know are refused when the request
// is strict and listed in Query.Ignored otherwise; a known parameter with a modifier or
// a value that it cannot have is always refused. Errors are Invalid and name the parameter
// (https://hl7.org/fhir/R4/search.html).
func Parse(req Request) (*Query, error) {
	if req.MaxCount <= 0 {
		req.MaxCount = 1000
	}
	if req.DefaultCount <= 0 {
		req.DefaultCount = min(50, req.MaxCount)
	}
	if req.Now.IsZero() {
		req.Now = time.Now()
	}
	r := &reader{req: req, q: &Query{Type: req.Type, Count: req.DefaultCount}}
	if err := r.check(); err != nil {
		return nil, err
	}
	for _, p := range req.Pairs { // first, since other parameters depend on the types
		if err := r.types(p); err != nil {
			return nil, err
		}
	}
	for _, p := range req.Pairs {
		if err := r.pair(p); err != nil {
			return nil, err
		}
	}
	if err := r.finish(); err != nil {
		return nil, err
	}
	if p := r.unready; p != nil {
		return nil, fhir.Errorf(fhir.Busy, "Search parameter %s of %s was defined a moment ago and is being indexed; what was stored before would not be found. Try again later.", p.Name, p.Type)
	}
	return r.q, nil
}

// reader reads one request.
type reader struct {
	req Request
	q   *Query

	unready *Parameter // one that was asked for
}

// verdict tells what became of a parameter.
type verdict uint8

const (
	unknown    verdict = iota
	understood         // part of the query and of link.self
	silent             // meant for someone else, or spoken for elsewhere
)

func (r *reader) check() error {
	if r.req.Type != "" && !held(r.req.Type) {
		return fhir.Errorf(fhir.NotFound, "this server does not hold resources of type %s", r.req.Type)
	}
	if len(r.req.Pairs) > maxPairs {
		return fhir.Errorf(fhir.Invalid, "The search has %d parameters; this server takes %d at most.", len(r.req.Pairs), maxPairs)
	}
	size := 0
	for _, p := range r.req.Pairs {
		size += len(p.Name) + len(p.Value)
		if !utf8.ValidString(p.Name) || !utf8.ValidString(p.Value) {
			return fhir.Errorf(fhir.Invalid, "A search parameter is not valid UTF-8; encode names and values in UTF-8.")
		}
	}
	if size > maxBytes {
		return fhir.Errorf(fhir.Invalid, "The search is %d bytes long; this server takes %d at most.", size, maxBytes)
	}
	return nil
}

func (r *reader) pair(p Pair) error {
	v, known, err := r.special(p)
	if !known {
		v, err = r.result(p)
	}
	if !known && err == nil && v == unknown {
		v, err = r.where(p)
	}
	if err != nil {
		return err
	}
	switch v {
	case understood:
		r.q.Used = append(r.q.Used, p)
	case unknown:
		return r.ignore(p, "")
	}
	return nil
}

// ignore notes a parameter that is not understood, or refuses it when the request is strict.
func (r *reader) ignore(p Pair, why string) error {
	if r.req.Strict {
		if why == "" {
			why = "it is not a search parameter of " + r.subject() + r.hint(p.Name)
		}
		return refuse(p.Name, "%s; the request wants unknown parameters refused", why)
	}
	r.q.Ignored = append(r.q.Ignored, p)
	return nil
}

// hint names the parameter that differs only by case.
func (r *reader) hint(name string) string {
	for _, p := range Parameters(r.req.Type) {
		if strings.EqualFold(p.Name, name) {
			return " (names are case-sensitive: " + p.Name + ")"
		}
	}
	return ""
}

func (r *reader) subject() string {
	switch {
	case r.req.Type != "":
		return r.req.Type
	case len(r.q.Types) > 0:
		return strings.Join(r.q.Types, " and ")
	}
	return "every type"
}

// result reads a parameter that shapes the answer instead of choosing resources.
func (r *reader) result(p Pair) (verdict, error) {
	name, modifier, _ := strings.Cut(p.Name, ":")
	switch name {
	case "_include", "_revinclude", "_revInclude":
		return r.include(p, name != "_include", modifier)
	case "_format", "_pretty":
		return silent, nil
	case "_sort", "_count", "_total", "_summary", "_elements", "_cursor", "_type":
	default:
		return unknown, nil
	}
	if modifier != "" {
		return unknown, refuse(p.Name, "%s takes no modifier", name)
	}
	if p.Value == "" {
		return unknown, r.empty(p)
	}
	switch name {
	case "_sort":
		return r.sort(p)
	case "_count":
		return understood, r.count(p)
	case "_total":
		return understood, r.total(p)
	case "_summary":
		return understood, r.summary(p)
	case "_elements":
		return understood, r.elements(p)
	case "_cursor":
		r.q.Cursor = p.Value
		return silent, nil
	}
	if r.req.Type != "" { // _type
		return unknown, nil
	}
	return understood, nil
}

// empty refuses a parameter without a value when the request is strict.
func (r *reader) empty(p Pair) error {
	if r.req.Strict {
		return refuse(p.Name, "it has no value")
	}
	return nil
}

func (r *reader) count(p Pair) error {
	for i := range len(p.Value) {
		if p.Value[i] < '0' || p.Value[i] > '9' {
			return refuse(p.Name, "%q is not a number of resources; write a whole number of at least 0", clip(p.Value))
		}
	}
	n, err := strconv.Atoi(p.Value)
	if err != nil || n > r.req.MaxCount { // only too large a number is left
		n = r.req.MaxCount
	}
	r.q.Count = n
	return nil
}

func (r *reader) total(p Pair) error {
	switch p.Value {
	case "accurate":
		r.q.Total = TotalAccurate
	case "estimate":
		r.q.Total = TotalEstimate
	case "none":
		r.q.Total = TotalNone
	default:
		return refuse(p.Name, "%q is not one of none, estimate, accurate", clip(p.Value))
	}
	return nil
}

func (r *reader) summary(p Pair) error {
	switch p.Value {
	case "true", "text", "data", "count", "false":
		r.q.Summary = p.Value
		return nil
	}
	return refuse(p.Name, "%q is not one of true, text, data, count, false", clip(p.Value))
}

func (r *reader) elements(p Pair) error {
	for name := range strings.SplitSeq(p.Value, ",") {
		name = strings.TrimPrefix(strings.TrimSpace(name), r.req.Type+".")
		if name == "" {
			continue
		}
		for i := range len(name) {
			if c := name[i]; (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '_' && c != '.' && (c < '0' || c > '9') {
				return refuse(p.Name, "%q is not the name of an element", clip(name))
			}
		}
		r.q.Elements = append(r.q.Elements, name)
	}
	return nil
}

// sort reads the keys of _sort; unknown keys are left out like unknown parameters.
func (r *reader) sort(p Pair) (verdict, error) {
	var known []string
	for key := range strings.SplitSeq(p.Value, ",") {
		name, desc := strings.CutPrefix(strings.TrimSpace(key), "-")
		param := r.lookup(r.req.Type, name)
		if r.byDistance(name, desc) {
			known = append(known, name)
			break // what is as far comes in no order that a further key could change
		}
		if param == nil || param.Kind == Position || param.Kind == Composite {
			if err := r.ignore(Pair{Name: p.Name, Value: key}, "it cannot sort "+r.subject()+" by "+strconv.Quote(clip(name))); err != nil {
				return unknown, err
			}
			continue
		}
		if len(r.q.Sort) == maxSortKeys {
			return unknown, refuse(p.Name, "it has more than %d keys", maxSortKeys)
		}
		r.q.Sort = append(r.q.Sort, SortKey{Param: param, Desc: desc})
		known = append(known, strings.TrimSpace(key))
	}
	if len(known) > 0 {
		r.q.Used = append(r.q.Used, Pair{Name: p.Name, Value: strings.Join(known, ",")})
	}
	return silent, nil
}

// types reads _type of a system-level search.
func (r *reader) types(p Pair) error {
	if r.req.Type != "" || p.Name != "_type" || p.Value == "" {
		return nil
	}
	for name := range strings.SplitSeq(p.Value, ",") {
		name = strings.TrimSpace(name)
		if !held(name) {
			return refuse(p.Name, "this server does not hold resources of type %q", clip(name))
		}
		if !slices.Contains(r.q.Types, name) {
			r.q.Types = append(r.q.Types, name)
		}
	}
	return nil
}

// lookup finds a parameter of a type; for "" one that all types of the search have alike.
func (r *reader) lookup(typ, name string) *Parameter {
	p := r.find(typ, name)
	if p != nil && p.unready {
		r.unready = p
	}
	return p
}

func (r *reader) find(typ, name string) *Parameter {
	if typ != "" || len(r.q.Types) == 0 || strings.HasPrefix(name, "_") {
		return Lookup(typ, name)
	}
	first := Lookup(r.q.Types[0], name)
	for _, t := range r.q.Types[1:] {
		p := Lookup(t, name)
		if p == nil || first == nil || p.element != first.element || p.system != first.system || !slices.Equal(p.Targets, first.Targets) {
			return nil
		}
	}
	return first
}

// finish checks what concerns several parameters.
func (r *reader) finish() error {
	if r.q.Summary == "count" {
		r.q.Count = 0
	}
	if r.q.Summary == "text" && len(r.q.Includes) > 0 {
		return refuse("_summary", "_summary=text cannot be combined with _include or _revinclude")
	}
	return nil
}

// refuse makes the error for a parameter that is understood but wrong.
func refuse(name, format string, args ...any) error {
	name = clip(name)
	return fhir.Errorf(fhir.Invalid, "Search parameter %q: "+format+".", append([]any{name}, args...)...)
}

// clip shortens what a message quotes.
func clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	n := most
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
