package terminology

import (
	"strings"
)

// version is the version of a system to validate a coding in, for an include that names one
// or none and a coding that names one or none. It says when they do not go together (TX-6).
func (k *checker) version(path, system, included, coded string) string {
	version := k.v.rules.version(system, included)
	if coded == "" {
		return version
	}
	if version != "" && version != coded && matches(version, coded) {
		version = coded
	}
	if version == "" && k.v.c.held(system) != nil && k.v.c.system(system, coded) != nil {
		version = coded
	}
	e := k.v.c.usableOrNil(system, version)
	switch {
	case e != nil && e.info.Version != coded && !matches(coded, e.info.Version):
		k.mismatch(path, system, version, included, coded, e)
	case e == nil && version != coded:
		k.blame(Issue{"error", "invalid", "vs-invalid", msgVersionMismatch, k.say(msgVersionMismatch, system, version, coded), under(path, "version"), ""})
	}
	return version
}

// mismatch says that the coding is of another version than the one that it is validated in.
func (k *checker) mismatch(path, system, version, included, coded string, e *entry) {
	i := Issue{"error", "invalid", "vs-invalid", msgVersionMismatch, k.say(msgVersionMismatch, system, included, coded), under(path, "version"), ""}
	switch {
	case version == "":
		i.ID, i.Text = msgVersionDefault, k.say(msgVersionDefault, system, e.info.Version, coded)
		if !e.info.VersionNeeded {
			i.Severity = "warning"
		}
	case version != included:
		i.ID, i.Text = msgVersionChanged, k.say(msgVersionChanged, system, version, included, coded)
	}
	k.add(i)
	if k.v.c.usableOrNil(system, coded) == nil {
		k.unknownSystem(path, system, coded)
	}
}

// find finds a code system whose concepts are here, by the rules of the request, and says
// if it is a version that the request does not allow.
func (k *checker) find(system, version, path string) *entry {
	version = k.v.rules.version(system, version)
	e := k.v.c.usableOrNil(system, version)
	if e == nil {
		return nil
	}
	for _, want := range k.v.rules.checks(system) {
		if !matches(want, e.info.Version) {
			k.blame(Issue{"error", "exception", "version-error", msgVersionCheck, k.say(msgVersionCheck, system, e.info.Version, want), under(path, "version"), ""})
		}
	}
	return e
}

// matches tells whether a version is one that a pattern stands for: the same, one that x or
// * stands for in some place, or one of which the pattern is the major and minor number.
func matches(pattern, version string) bool {
	if pattern == version {
		return true
	}
	p, v := strings.Split(pattern, "."), strings.Split(version, ".")
	wild := false
	for i, part := range p {
		switch {
		case part == "x" || part == "X" || part == "*":
			wild = true
			if i == len(p)-1 && i < len(v) {
				return true
			}
			if i >= len(v) {
				return false
			}
		case i >= len(v) || part != v[i]:
			return false
		}
	}
	if wild {
		return len(p) == len(v)
	}
	return len(p) == 2 && len(v) > 2
}
