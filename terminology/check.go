package terminology

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"masjala/fhir"
	"masjala/terminology/compose"
)

// Checks are what both forms of $validate-code let a client ask for.
type Checks struct {
	Abstract       *bool    // false: abstract codes are not valid
	ActiveOnly     bool     // inactive codes are not valid
	Lenient        bool     // lenient-display-validation: a wrong display is only worth a warning
	MembershipOnly bool     // valueset-membership-only: say nothing but whether the value set has it
	Supplements    []string // useSupplement: canonicals of supplements to honour
	Original       string   // JSON of the CodeableConcept of the request
	Language       string   // displayLanguage, or Accept-Language
}

// The elements that codings are sent in, which paths of issues begin with.
const (
	rootCode    = ""
	rootCoding  = "Coding"
	rootConcept = "CodeableConcept"
)

// answer tells whether a value set has a code; it may be that nobody can tell.
type answer uint8

const (
	no answer = iota
	yes
	unknown
)

// checker validates the codings of one request and gathers what there is to say.
type checker struct {
	findings
	v        *view
	checks   Checks
	root     string
	infer    bool
	internal bool // the value set stands for a whole code system: do not name it
	langs    languages
	voice    voice // of messages

	inactive   struct{ path, code string } // the first inactive coding
	state      string                      // its status, or that of the coding
	deprecated string                      // the first deprecated code
	normalized string
	implied    string
	prepared   map[string]bool // value sets that can be evaluated, by key
	steps      *int            // value sets that were looked into
}

const (
	maxImports = 64      // how many value sets may import each other in a row
	maxSteps   = 100_000 // how many value sets one request may look into
)

// step counts a value set that is looked into, and fails with TooCostly when they are many.
func (k *checker) step() error {
	if k.steps == nil {
		k.steps = new(int)
	}
	if *k.steps++; *k.steps > maxSteps {
		return fhir.Errorf(fhir.TooCostly, "The value set imports others more than %d times.", maxSteps)
	}
	return nil
}

// say writes a message in the language of the request.
func (k *checker) say(id string, args ...string) string { return k.voice.say(id, args...) }

// match is the concept that a coding turned out to be.
type match struct {
	e     *entry
	texts texts
	code  string
	by    *compose.Include // that has it, nil for a stored expansion

	inactive bool
}

// under joins a path and a member.
func under(path, member string) string {
	if path == "" {
		return member
	}
	return path + "." + member
}

// run validates codings against a value set; one that is valid is enough.
func (k *checker) run(ctx context.Context, s *subject, codings []Coding) (*Validation, error) {
	k.status(&s.notes, &s.notes, valueSet)
	out := &Validation{}
	ok, shown := no, ""
	var hit, near *match
	var list []string
	for i := range codings {
		x := &codings[i]
		path := k.path(i)
		m := &match{}
		a, err := k.in(ctx, s, path, x, m)
		if err != nil {
			return nil, err
		}
		if shown == "" || a == yes && hit == nil {
			shown = x.Code
			out.System, out.Code, out.Version = x.System, x.Code, x.Version
		}
		named := *x
		if named.System == "" {
			named.System = k.implied
		}
		if a == no {
			list = append(list, k.notThis(s, path, &named))
		}
		if ok != yes && a != no {
			ok = a
		}
		if a == yes {
			k.displays(path, &named, m)
			if hit == nil {
				hit = m
			}
			continue
		}
		if !k.checks.MembershipOnly && named.System != "" {
			k.outside(s, path, &named, m)
			if m.e != nil && len(m.texts) > 0 {
				near = m
			}
		}
	}
	if ok == no {
		k.notIn(s, list, codings)
	}
	k.conclude(out, ok, hit, near)
	return out, nil
}

// notThis says, of a concept, that the value set does not have one of its codings. It returns
// the coding as messages show it.
func (k *checker) notThis(s *subject, path string, x *Coding) string {
	shown := x.quoted()
	if k.root == rootConcept && !k.internal {
		k.add(Issue{"information", "code-invalid", "this-code-not-in-vs", msgNotInSet, k.say(msgNotInSet, s.name(), shown), path + ".code", ""})
	}
	return shown
}

// path is the element that a coding was sent in.
func (k *checker) path(i int) string {
	if k.root == rootConcept {
		return under(rootConcept, "coding["+strconv.Itoa(i)+"]")
	}
	return k.root
}

// notIn says that the value set has none of the codings or, where that stands for a code system,
// that they are of others, if nothing else is wrong.
func (k *checker) notIn(s *subject, list []string, codings []Coding) {
	if k.internal {
		if !k.failed() {
			k.elsewhere(s, codings)
		}
		return
	}
	i := Issue{"error", "code-invalid", "not-in-vs", msgNotInSet, k.say(msgNotInSet, s.name(), strings.Join(list, ", ")), under(k.root, "code"), ""}
	if k.root == rootConcept {
		i.ID, i.Text, i.Path = msgNoneInSet, k.say(msgNoneInSet, s.name()), ""
	}
	k.blame(i)
}

// conclude fills in the answer.
func (k *checker) conclude(out *Validation, ok answer, hit, near *match) {
	if k.deprecated != "" && k.inactive.code == "" {
		out.Status = "deprecated"
		k.blame(Issue{"warning", "business-rule", "code-comment", msgDeprecatedConcept, k.say(msgDeprecatedConcept, k.deprecated, out.Status), cmp.Or(k.root, "code"), ""})
	}
	if hit != nil && k.root == rootConcept {
		k.overlook()
	}
	out.Result = ok == yes && !k.failed()
	out.Normalized = k.normalized
	if k.implied != "" && ok == yes {
		out.System = k.implied
	}
	switch {
	case hit != nil:
		out.Code = hit.code
		out.Version = hit.e.info.Version
		out.Display = hit.texts.preferred(k.langs)
	case k.root == rootConcept:
		out.System, out.Code, out.Version = "", "", ""
	case near != nil:
		out.Version = near.e.info.Version
		out.Display = near.texts.preferred(k.langs)
	}
	if len(k.unknown) > 0 && !out.Result {
		out.Unknown, out.Caused = k.unknown, ok != no
	}
	if k.inactive.code != "" {
		out.Inactive = hit != nil || k.root != rootConcept
		k.inactiveIssue(out)
	}
	out.Message, out.Issues = k.text(), k.issues
	if k.root == rootConcept {
		out.Concept = k.checks.Original
	}
}

// overlook makes warnings of what could not be checked of other codings, once one coding of
// a concept is in the value set: any is enough.
func (k *checker) overlook() {
	for i := range k.issues {
		x := &k.issues[i]
		switch x.ID {
		case msgUnknownSystem, msgUnknownVersionNone:
			x.Severity = "warning"
			k.messages = slices.DeleteFunc(k.messages, func(m string) bool { return m == x.Text })
		}
	}
	if !k.failed() {
		k.unknown = nil
	}
}

func (k *checker) inactiveIssue(out *Validation) {
	state := "inactive"
	if k.state != "" && k.state != "inactive" {
		state = k.state + " and inactive"
		out.Status = k.state
	}
	path := k.inactive.path
	if path == "" {
		path = "code"
	}
	k.blame(Issue{"warning", "business-rule", "code-comment", msgInactive, k.say(msgInactive, k.inactive.code, state), path, ""})
}

// outside says what is wrong with a coding that the value set does not have, by itself.
func (k *checker) outside(s *subject, path string, x *Coding, m *match) {
	if !absolute(x.System) {
		k.blame(Issue{"error", "invalid", "invalid-data", msgSystemRelative, k.say(msgSystemRelative), under(path, "system"), ""})
	}
	version := x.Version
	if version == "" {
		version = s.pinned(x.System)
	}
	e := k.find(x.System, version, path)
	if e == nil {
		k.unknownSystem(path, x.System, k.v.rules.version(x.System, version))
		return
	}
	k.status(&e.info, &s.notes, codeSystem)
	e = e.holding(k.v.s, x.Code)
	number, known := e.set.Find(x.Code)
	if !known {
		k.unknownCode(path, x.Code, e)
		return
	}
	m.e, m.code = e, x.Code
	m.texts = k.textsOf(e, number, nil, "", x)
	if k.inactive.code == "" && e.set.Inactive(number) && k.root != rootConcept {
		k.inactive.path, k.inactive.code, k.state = path, x.Code, e.set.Status(number)
	}
	if x.Display != "" && !m.texts.has(x.Display, nil) && !s.internal {
		k.wrongDisplay(path, x, m, k.severity())
	}
}

// unknownSystem says that a code system is not known.
func (k *checker) unknownSystem(path, system, version string) {
	at := under(path, "system")
	if k.v.c.find(valueSet, system, "") != nil {
		k.blame(Issue{"error", "invalid", "invalid-data", msgSystemIsSet, k.say(msgSystemIsSet, system), at, ""})
		return
	}
	if e := k.v.c.supplement(system); e != nil {
		k.blame(Issue{"error", "invalid", "invalid-data", msgSystemIsSupplement, k.say(msgSystemIsSupplement, e.canonical()), at, ""})
		return
	}
	id, canonical := msgUnknownSystem, system
	have := k.v.c.held(system)
	switch {
	case version != "" && len(have) == 0:
		id = msgUnknownVersionNone
	case version != "":
		id, canonical = msgUnknownVersion, system+"|"+version
	}
	text := k.say(id, system, version, choices(have))
	k.message(text)
	if k.missing(canonical) {
		k.add(Issue{"error", "not-found", "not-found", id, text, at, ""})
	}
}

// unknownCode says that a code system does not have a code.
func (k *checker) unknownCode(path, code string, e *entry) {
	at := under(path, "code")
	if e.partial() {
		k.add(Issue{"warning", "code-invalid", "invalid-code", msgUnknownCodeFragment, k.say(msgUnknownCodeFragment, code, e.info.URL, e.info.Version), at, ""})
		return
	}
	hint := ""
	if near := e.near(code, 3); len(near) > 0 {
		hint = k.say(msgNearest, strings.Join(near, ", "))
	}
	id, args := unknownCodePhrase(code, e)
	k.blame(Issue{"error", "code-invalid", "invalid-code", id, k.say(id, args...), at, hint})
}

// detailStatus is the kind of finding that something is to be used with care.
const detailStatus = "status-check"

// status tells of a code system or value set that is not meant for use, as the value set
// that refers to it should know.
func (k *checker) status(n, by *info, typ string) {
	word := n.caution(by)
	if word == "" {
		return
	}
	id := statusID(word)
	k.add(Issue{"information", "business-rule", detailStatus, id, k.say(msgStatus, word, typ, n.canonical()), "", ""})
}

// statusID is the id of the message about a word for why something should be used with care.
func statusID(word string) string {
	switch word {
	case "retired":
		return msgStatus + "RETIRED"
	case "experimental":
		return msgStatus + "EXPERIMENTAL"
	case "draft":
		return msgStatus + "DRAFT"
	}
	return msgStatus + strings.ToUpper(word)
}

// caution is the word for why something should be used with care; by refers to it.
func (n *info) caution(by *info) string {
	switch {
	case n.Standing == "deprecated", n.Standing == "withdrawn":
		return n.Standing
	case n.Status == "retired":
		return "retired"
	case n.Experimental && !by.Experimental:
		return "experimental"
	case (n.Status == "draft" || n.Standing == "draft") && by.Status != "draft" && by.Standing != "draft":
		return "draft"
	}
	return ""
}

// absolute tells whether an address has a scheme.
func absolute(url string) bool {
	scheme, _, ok := strings.Cut(url, ":")
	return ok && scheme != "" && !strings.ContainsAny(scheme, "/?#")
}

// subject is a value set that codings are validated against.
type subject struct {
	key        string // of the entry, to keep what is compiled; empty to keep nothing
	definition *compose.Definition
	notes      info
	internal   bool
}

// name is how messages name the value set.
func (s *subject) name() string {
	if s.definition.URL == "" {
		return "in the request"
	}
	return s.notes.canonical()
}

// pinned is the highest version in which the value set includes a system.
func (s *subject) pinned(system string) string {
	best := ""
	for _, in := range s.definition.Include {
		if in.System == system && in.Version != "" && (best == "" || compareVersions(in.Version, best) > 0) {
			best = in.Version
		}
	}
	return best
}
