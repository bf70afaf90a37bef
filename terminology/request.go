package terminology

import (
	"strconv"

	"masjala/fhir"
	"masjala/terminology/compose"
)

// Coding is a code as a client sends it.
type Coding struct{ System, Version, Code, Display string }

// Common is what requests of several operations share.
type Common struct {
	// Date asks for what was so then: of each resource the versions are left out that are
	// dated later or not at all. $subsumes and $translate refuse it.
	Date string
	// Context is the element that a value set is bound to. It is refused with Unsupported.
	Context string
	// Resources are what the request brings along (tx-resource): code systems, supplements,
	// value sets and concept maps that it alone sees, before those that are stored.
	Resources []*fhir.Resource
	// Threshold is how many codes an answer may have before the caller would have it refused
	// as too costly; 0 leaves that to the server, whose own limit counts if it is lower.
	Threshold int
	// Clearance says which value sets the caller may look into.
	Clearance Clearance
	// Other names further parameters, of R4, R5 or the terminology ecosystem, that the client
	// sent and that are not honoured. Any is refused with Unsupported.
	Other []string
}

func (c *Common) check() error {
	switch {
	case c.Context != "":
		return unsupported("context")
	case len(c.Other) > 0:
		return unsupported(c.Other[0])
	}
	return nil
}

// limit is the number of codes that an answer may have: that of the server or, where it is
// lower, that of the caller.
func (c *Common) limit(most int) int {
	if c.Threshold > 0 && c.Threshold < most {
		return c.Threshold
	}
	return most
}

// tooCostly says that a value set has more codes than an answer may have.
func tooCostly(set string, limit int) *fhir.Error {
	return failure(fhir.TooCostly, msgTooCostly, set, strconv.Itoa(limit))
}

// undated is check for operations that know no date.
func (c *Common) undated() error {
	if c.Date != "" {
		return unsupported("date")
	}
	return c.check()
}

// Rules say which version of a code system to use, each as url|version.
type Rules struct {
	System []string // system-version: where nothing else says
	Check  []string // check-system-version: fail when another is used
	Force  []string // force-system-version: whatever else says
	Sets   []string // default-valueset-version: of imported value sets, where nothing else says

	CheckSets []string // check-valueset-version: fail when another version of a value set is used
	ForceSets []string // force-valueset-version: of value sets, whatever else says
}

// version is the version to use of a system, for which a definition or request asks for want.
func (r *Rules) version(url, want string) string {
	v, _ := r.decide(url, want)
	return v
}

// decide is version, with the name of the rule that decided, if one did.
func (r *Rules) decide(url, want string) (version, rule string) {
	return choose(url, want, &[...]ruling{{"force-system-version", r.Force}, {"system-version", r.System}, {"check-system-version", r.Check}})
}

// check fails with Unprocessable when a used version is not the one that must be.
func (r *Rules) check(url, used string) error { return require(r.Check, msgVersionCheck, url, used) }

// checks lists the versions that the request allows of a system.
func (r *Rules) checks(url string) []string { return lookIn(r.Check, url) }

// setVersion is the version to use of an imported value set, with the name of the rule that
// decided, if one did.
func (r *Rules) setVersion(url, want string) (version, rule string) {
	return choose(url, want, &[...]ruling{{"force-valueset-version", r.ForceSets}, {"default-valueset-version", r.Sets}, {"check-valueset-version", r.CheckSets}})
}

// targetVersion is the version to use of the value set that a request asks about.
func (r *Rules) targetVersion(url, want string) (version, rule string) {
	if version, rule = r.setVersion(url, want); rule == "default-valueset-version" {
		return want, ""
	}
	return version, rule
}

// checkSet fails with Unprocessable when a used version of a value set is not the one that
// must be.
func (r *Rules) checkSet(url, used string) error {
	return require(r.CheckSets, msgSetVersionCheck, url, used)
}

func (r *Rules) none() bool {
	return len(r.System)+len(r.Check)+len(r.Force)+len(r.Sets)+len(r.CheckSets)+len(r.ForceSets) == 0
}

// ruling is a rule of the request: its name and the canonicals that it is given.
type ruling struct {
	name string
	list []string
}

// choose is the version to use where want is asked for, with the name of the rule that
// decided, if one did: the first of them counts before want, the others where that is empty.
func choose(url, want string, rules *[3]ruling) (version, rule string) {
	for i, r := range rules {
		if i > 0 && want != "" {
			break
		}
		if versions := lookIn(r.list, url); len(versions) > 0 {
			return versions[0], r.name
		}
	}
	return want, ""
}

// require fails with Unprocessable, and a message, when a used version is not what a list
// says that it must be.
func require(list []string, message, url, used string) error {
	for _, want := range lookIn(list, url) {
		if !matches(want, used) {
			return failure(fhir.Unprocessable, message, url, used, want).Coded("exception").Detailed("version-error")
		}
	}
	return nil
}

// lookIn lists the versions that a list of canonicals has of an address. One without a version
// says nothing.
func lookIn(list []string, url string) (versions []string) {
	for _, c := range list {
		if u, version := split(c, ""); u == url && version != "" {
			versions = append(versions, version)
		}
	}
	return versions
}

// missing says that a request lacks something.
func missing(format string, args ...any) error { return fhir.Errorf(fhir.Invalid, format, args...) }

// canonical is url|version, the address alone where there is no version.
func canonical(url, version string) string {
	if version == "" {
		return url
	}
	return url + "|" + version
}

// split parts a canonical into address and version; a version given apart wins.
func split(canonical, version string) (string, string) {
	url, v := compose.Canonical(canonical)
	if version != "" {
		v = version
	}
	return url, v
}
