package auth

import "masjala/fhir"

// Role is what a caller may do. Each role may also do what the ones before it may.
type Role string

const (
	Reader Role = "reader" // read and search
	Editor Role = "editor" // change resources, import, run syncs
	Admin  Role = "admin"  // erase, manage tokens
)

var rank = map[Role]int{Reader: 1, Editor: 2, Admin: 3}

// ParseRole reads a role. It fails with Invalid for any other word.
func ParseRole(text string) (Role, error) {
	if rank[Role(text)] == 0 {
		return "", fhir.Errorf(fhir.Invalid, "there is no role %q; roles are reader, editor and admin", text)
	}
	return Role(text), nil
}

// Allows tells whether the role may do what needs another role.
func (r Role) Allows(needed Role) bool { return rank[r] > 0 && rank[r] >= rank[needed] }

// Principal is a caller that is known.
type Principal struct {
	Name string // token name; the actor of what it writes
	Role Role
}
