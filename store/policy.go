package store

import (
	"errors"

	"masjala/fhir"
	"masjala/fhir/profile"
)

// Policy says what becomes of a resource that does not keep the rules of its profiles
// ([profile.Of]). What R4 itself requires is never optional.
type Policy uint8

const (
	// Warn stores it; a writer that asks is told what is wrong.
	Warn Policy = iota
	// Reject refuses it, whoever writes.
	Reject
	// Off does not look.
	Off
)

// ParsePolicy reads "warn", "reject" or "off". It fails with Invalid.
func ParsePolicy(text string) (Policy, error) {
	for p, name := range []string{Warn: "warn", Reject: "reject", Off: "off"} {
		if name == text {
			return Policy(p), nil
		}
	}
	return Warn, fhir.Errorf(fhir.Invalid, "a policy is reject, warn or off, not %q", text)
}

// Enforce sets the policies of resource types; those not named have Warn. It must be called
// before the first write.
func (g *Registries) Enforce(policies map[string]Policy) { g.policies = policies }

// Policy returns the policy of a resource type.
func (g *Registries) Policy(typ string) Policy { return g.policies[typ] }

// Findings tells what the profiles of a resource find; nothing where the policy of its
// type is Off.
func (g *Registries) Findings(r *fhir.Resource) []fhir.Issue {
	if g.Policy(r.Type) == Off {
		return nil
	}
	return profile.Conform(r)
}

// enforce fails with Unprocessable when a resource breaks rules of its profiles and the
// policy of its type is Reject.
func (g *Registries) enforce(r *fhir.Resource) error {
	if g.Policy(r.Type) != Reject {
		return nil
	}
	var wrong []error
	for _, i := range profile.Conform(r) {
		if i.Severity == "error" {
			wrong = append(wrong, fhir.Errorf(fhir.Unprocessable, "%s", i.Text).At(i.Path).Coded(i.Code))
		}
	}
	return errors.Join(wrong...)
}
