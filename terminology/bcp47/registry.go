package bcp47

import (
	"cmp"
	"slices"
	"strings"
)

// Record is what the registry of IANA says of a subtag, or of a tag that was registered whole
// (RFC 5646, section 3.1).
type Record struct {
	Type        string // language, extlang, script, region, variant, grandfathered
	Subtag      string // or the tag; of a range, both ends: qaa..qtz
	Description string
	Added       string   // 2005-10-16
	Deprecated  string   // empty while it is in use
	Preferred   string   // what is used instead
	Scope       string   // of a language: macrolanguage, collection, special, private-use
	Prefixes    []string // what an extended language stands behind
}

// Registry is the registry of IANA as it was loaded. Nil stands for what the program knows
// without it. It is safe for concurrent use.
type Registry struct {
	records map[string]*Record // by type and subtag in lower case
	ranges  []*Record
}

// NewRegistry makes a registry of records. Those of other types are left out.
func NewRegistry(records []Record) *Registry {
	r := &Registry{records: make(map[string]*Record, len(records))}
	for i := range records {
		x := &records[i]
		if strings.Contains(x.Subtag, "..") {
			r.ranges = append(r.ranges, x)
			continue
		}
		r.records[registered(x.Type, x.Subtag)] = x
	}
	return r
}

func registered(typ, subtag string) string { return typ + " " + strings.ToLower(subtag) }

// find returns the record of a subtag; nil if there is none.
func (r *Registry) find(typ, subtag string) *Record {
	if x := r.records[registered(typ, subtag)]; x != nil {
		return x
	}
	for _, x := range r.ranges {
		first, last, _ := strings.Cut(strings.ToLower(x.Subtag), "..")
		if s := strings.ToLower(subtag); x.Type == typ && len(s) == len(first) && s >= first && s <= last {
			return x
		}
	}
	return nil
}

// name is what a subtag is called; empty if it is not registered.
func (r *Registry) name(typ, subtag string) string {
	if x := r.find(typ, subtag); x != nil {
		return x.Description
	}
	return ""
}

// members639 is when languages of ISO 639-3 began to be registered: those before were of ISO
// 639-1 and ISO 639-2. later are the ones of ISO 639-2 that came after, gone those that were
// taken out of ISO 639-1.
const members639 = "2009-07-29"

var (
	later = strings.Fields("cnr zgh")
	gone  = strings.Fields("bh sh")
)

// inLanguages are the names that http://terminology.hl7.org/ValueSet/Languages has otherwise than
// the registry: of one whose description takes two lines there the first line only, as the
// HL7 terminology tests want it.
var inLanguages = map[string]string{"ia": "Interlingua (International Auxiliary Language"}

// Common lists the languages of ISO 639-1 and ISO 639-2 that are in use, by code and
// with the names of http://terminology.hl7.org/ValueSet/Languages; without a registry those that [Common] does.
func (r *Registry) Common() []Language {
	if r == nil {
		return Common()
	}
	var out []Language
	for _, x := range r.records {
		early := x.Added < members639 && !slices.Contains(gone, x.Subtag) || slices.Contains(later, x.Subtag)
		if x.Type == "language" && early && x.Deprecated == "" && x.Scope != "private-use" {
			out = append(out, Language{x.Subtag, cmp.Or(inLanguages[x.Subtag], x.Description)})
		}
	}
	slices.SortFunc(out, func(a, b Language) int { return strings.Compare(a.Code, b.Code) })
	return out
}
