package terminology

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"

	"masjala/fhir"
	"masjala/terminology/compose"
	"masjala/terminology/concept"
)

// space is where the store keeps what the service notes of each resource.
const space = "terminology"

// Resource types of the service.
const (
	codeSystem   = "CodeSystem"
	valueSet     = "ValueSet"
	conceptMap   = "ConceptMap"
	namingSystem = "NamingSystem"
)

// info is what the service notes of a resource, in the transaction that writes it.
type info struct {
	Resource   int64  `json:"resource"` // version of the resource
	Written    int64  `json:"written"`  // time of the commit, milliseconds since 1970
	URL        string `json:"url,omitempty"`
	Version    string `json:"version,omitempty"`
	Name       string `json:"name,omitempty"`
	Title      string `json:"title,omitempty"`
	Status     string `json:"status,omitempty"`
	Date       string `json:"date,omitempty"`
	Content    string `json:"content,omitempty"`    // CodeSystem
	Supplement string `json:"supplement,omitempty"` // CodeSystem: what it supplements
	ValueSet   string `json:"valueSet,omitempty"`   // CodeSystem: canonical of the set of all its codes
	Hash       string `json:"hash,omitempty"`       // CodeSystem: its concept set
	Source     string `json:"source,omitempty"`     // ConceptMap
	Target     string `json:"target,omitempty"`     // ConceptMap
	Language   string `json:"language,omitempty"`   // ValueSet: of its texts
	Standing   string `json:"standing,omitempty"`   // of the standard: draft, deprecated, withdrawn …

	Experimental  bool `json:"experimental,omitempty"`
	Restricted    bool `json:"restricted,omitempty"`    // ValueSet: for callers that are cleared
	VersionNeeded bool `json:"versionNeeded,omitempty"` // CodeSystem: codes mean nothing without its version

	Aliases []string `json:"aliases,omitempty"` // NamingSystem: its addresses, the preferred first
}

// entry is a resource that the catalog knows.
type entry struct {
	typ, id string
	info    info
	body    []byte          // of one that a request brought; nil for what is stored
	set     *concept.Set    // CodeSystem: nil when it has no concepts of its own, or they are opened later
	system  *compose.System // CodeSystem
	grammar *grammar        // CodeSystem that is part of the program
	later   *later          // CodeSystem: opens the concepts; nil when they are open

	definition atomic.Pointer[compose.Definition] // ValueSet: nil until it is first used
	brief      atomic.Pointer[[]byte]             // ValueSet: what expansions say of it, likewise
	mapping    atomic.Pointer[mapping]            // ConceptMap: likewise
	caveat     atomic.Pointer[caveat]             // CodeSystem: what validations say of it, likewise
}

func (e *entry) key() string { return e.typ + "/" + e.id }

func (e *entry) canonical() string { return e.info.canonical() }

func (n *info) canonical() string { return canonical(n.URL, n.Version) }

// catalog is all terminology at one moment. Nothing in it changes but caches.
type catalog struct {
	byID  map[string]*entry    // "ValueSet/1"
	byURL map[address][]*entry // best first
	alias map[string]string    // other addresses of code systems

	wholes map[string]*entry // by address of the value set of all codes: some version of the code system

	plans *plans
	date  string // what was dated later is left out; empty for all
}

// address is where resources of a type are known.
type address struct{ typ, url string }

// load reads the notes from the store and opens the concept sets that are used when no version
// is asked for.
func (s *Service) load(ctx context.Context) (*catalog, error) {
	c := &catalog{byID: map[string]*entry{}, byURL: map[address][]*entry{}, alias: map[string]string{}, plans: newPlans()}
	after := ""
	for {
		values, err := s.opt.Store.Values(ctx, space, "", after, 1000)
		if err != nil {
			return nil, fmt.Errorf("load terminology: %w", err)
		}
		for _, v := range values {
			e, err := s.entry(v.Key, v.Data)
			if err != nil {
				return nil, err
			}
			c.add(e)
			after = v.Key
		}
		if len(values) < 1000 {
			break
		}
	}
	for _, list := range c.byURL {
		slices.SortFunc(list, better)
	}
	c.openBest()
	if err := c.build(s); err != nil {
		return nil, err
	}
	c.aliases()
	c.named()
	return c, nil
}

// entry makes the entry of a note, whose concepts are opened later. Those that can be had neither
// from the disk nor from the store are logged then, and the code system answers as one that is
// only described.
func (s *Service) entry(key string, note []byte) (*entry, error) {
	e := &entry{}
	for i := range key {
		if key[i] == '/' {
			e.typ, e.id = key[:i], key[i+1:]
		}
	}
	if err := json.Unmarshal(note, &e.info); err != nil {
		return nil, fmt.Errorf("read the note on %s: %w", key, err)
	}
	switch {
	case e.typ != codeSystem:
		return e, nil
	case e.info.Hash == "":
		return e.holds(nil), nil
	}
	return e, s.shelve(e)
}

// partial tells whether the code system has more concepts than are here.
func (e *entry) partial() bool { return e.info.Content == "fragment" || e.info.Content == "example" }

func (c *catalog) add(e *entry) {
	c.byID[e.key()] = e
	if e.info.URL != "" {
		k := address{e.typ, e.info.URL}
		c.byURL[k] = append(c.byURL[k], e)
	}
}

// aliases finds by which other addresses code systems go.
func (c *catalog) aliases() {
	for _, e := range c.byID {
		if e.typ != namingSystem || len(e.info.Aliases) < 2 {
			continue
		}
		for _, other := range e.info.Aliases[1:] {
			c.alias[other] = e.info.Aliases[0]
		}
	}
}

// better orders versions of one address: the one to use when none is asked for comes first.
// What the request brought comes first, supplements last, before them retired ones and those
// without concepts; among the others the highest version wins, then the one written last.
func better(a, b *entry) int {
	rank := func(e *entry) int {
		switch {
		case e.body != nil && e.info.Content != "supplement":
			return -1
		case e.info.Content == "supplement":
			return 4
		case e.grammar != nil: // before what is only described
			return 1
		case e.info.Status == "retired":
			return 3
		case e.typ == codeSystem && !e.usable():
			return 2
		}
		return 0
	}
	return cmp.Or(
		cmp.Compare(rank(a), rank(b)),
		compareVersions(b.info.Version, a.info.Version),
		cmp.Compare(b.info.Written, a.info.Written),
		cmp.Compare(b.id, a.id),
	)
}

// with returns a catalog with some entries added, replaced or, where nil, removed.
func (c *catalog) with(changes map[string]*entry) *catalog {
	n := &catalog{byID: maps.Clone(c.byID), byURL: maps.Clone(c.byURL), alias: map[string]string{}}
	touched := map[string]bool{}
	drop := func(e *entry) {
		k := address{e.typ, e.info.URL}
		n.byURL[k] = slices.DeleteFunc(slices.Clone(n.byURL[k]), func(x *entry) bool { return x.id == e.id })
		if len(n.byURL[k]) == 0 {
			delete(n.byURL, k)
		}
		touched[e.info.URL] = true
	}
	for key, e := range changes {
		if old := n.byID[key]; old != nil {
			drop(old)
			delete(n.byID, key)
		}
		if e == nil {
			continue
		}
		n.byID[key] = e
		if e.info.URL != "" {
			k := address{e.typ, e.info.URL}
			n.byURL[k] = append(slices.Clone(n.byURL[k]), e)
			slices.SortFunc(n.byURL[k], better)
			touched[e.info.URL] = true
		}
	}
	n.aliases()
	n.named()
	n.plans = newPlans()
	if maps.Equal(n.alias, c.alias) {
		n.plans = c.plans.without(touched)
	}
	return n
}

// sets lists the concept sets in use, each with a code system that has it.
func (c *catalog) sets() map[concept.Hash]*entry {
	out := map[concept.Hash]*entry{}
	for _, e := range c.byID {
		if h, err := concept.ParseHash(e.info.Hash); err == nil && e.usable() {
			out[h] = e
		}
	}
	return out
}

// names returns a function that tells which concept sets are in use.
func (c *catalog) names() func(concept.Hash) bool {
	sets := c.sets()
	return func(h concept.Hash) bool { return sets[h] != nil }
}

// find returns a version of a resource by its address, the best one if version is empty;
// nil if there is none.
func (c *catalog) find(typ, url, version string) *entry {
	list := c.byURL[address{typ, url}]
	if len(list) == 0 {
		return nil
	}
	if version == "" {
		return list[0].opened()
	}
	for _, e := range list {
		if e.info.Version == version {
			return e.opened()
		}
	}
	for _, e := range list {
		if matches(version, e.info.Version) {
			return e.opened()
		}
	}
	return nil
}

// instance finds a resource by its id. It fails with NotFound if there is none.
func (c *catalog) instance(typ, id string) (*entry, error) {
	e := c.byID[typ+"/"+id].opened()
	if e == nil {
		return nil, fhir.Errorf(fhir.NotFound, "There is no %s with the id %q.", typ, id)
	}
	return e, nil
}

// usableOrNil finds a code system whose concepts are here; nil if there is none.
func (c *catalog) usableOrNil(url, version string) *entry {
	if e := c.system(url, version); e != nil && e.set != nil {
		return e
	}
	return nil
}

// same tells whether two addresses are of one code system.
func (c *catalog) same(a, b string) bool { return a == b || c.preferred(a) == c.preferred(b) }

func (c *catalog) preferred(url string) string {
	if other, ok := c.alias[url]; ok {
		return other
	}
	return url
}

// held lists the versions in which the concepts of a code system are here, the lowest first.
func (c *catalog) held(url string) []string {
	var out []string
	for _, e := range c.byURL[address{codeSystem, c.preferred(url)}] {
		if e.usable() && !slices.Contains(out, e.info.Version) {
			out = append(out, e.info.Version)
		}
	}
	slices.SortFunc(out, compareVersions)
	return out
}

// supplement finds a supplement by its own address.
func (c *catalog) supplement(url string) *entry {
	url, version := split(url, "")
	if e := c.find(codeSystem, url, version); e != nil && e.info.Content == "supplement" {
		return e
	}
	return nil
}

// system finds a code system by any of its addresses.
func (c *catalog) system(url, version string) *entry {
	e := c.find(codeSystem, url, version)
	if other, ok := c.alias[url]; e == nil && ok {
		e = c.find(codeSystem, other, version)
	}
	if e != nil && e.info.Content == "supplement" {
		return nil
	}
	return e
}

// versions lists the versions of an address, best first, for messages.
func (c *catalog) versions(typ, url string) []string {
	var out []string
	for _, e := range c.byURL[address{typ, url}] {
		out = append(out, e.info.Version)
	}
	return out
}

// notHere says that an address leads nowhere.
func (c *catalog) notHere(typ, url, version string) *fhir.Error {
	return c.dated(c.absent(typ, url, version))
}

// absent says that an address leads nowhere, whatever the date.
func (c *catalog) absent(typ, url, version string) *fhir.Error {
	if version == "" {
		return fhir.Errorf(fhir.NotFound, "There is no %s %s on this server.", typ, url)
	}
	if have := c.versions(typ, url); len(have) > 0 {
		return fhir.Errorf(fhir.NotFound, "There is no %s %s in version %q on this server; it has %q.", typ, url, version, have)
	}
	return fhir.Errorf(fhir.NotFound, "There is no %s %s|%s on this server.", typ, url, version)
}
