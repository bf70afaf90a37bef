package national

import "math"

// Size says how large a country to make. All counts are at least one.
type Size struct {
	Areas      int    `json:"areas"`
	Facilities int    `json:"facilities"`
	Workers    int    `json:"workers"`
	Roles      int    `json:"roles"` // posts; each worker has Roles/Workers of them, more or less
	Seed       uint64 `json:"seed"`
}

// Nation is the size that is promised to be served fast.
var Nation = Size{Areas: 120_000, Facilities: 400_000, Workers: 1_000_000, Roles: 1_500_000, Seed: 1}

// Scale returns a size with all counts times a factor, at least one of each.
func (s Size) Scale(by float64) Size {
	times := func(n int) int { return max(1, int(math.Round(float64(n)*by))) }
	s.Areas, s.Facilities, s.Workers, s.Roles = times(s.Areas), times(s.Facilities), times(s.Workers), times(s.Roles)
	return s
}

// Resources is how many resources a country of the size has.
func (s Size) Resources() int {
	n := 0
	for k := range kinds {
		n += s.Count(k)
	}
	return n
}

// Kind is a kind of thing that a country has resources of.
type Kind uint8

// The kinds, in the order in which their resources may refer to each other.
const (
	AreaOrganization Kind = iota
	AreaLocation
	FacilityOrganization
	FacilityLocation
	Service
	Endpoint
	Affiliation
	Worker
	Role
	kinds
)

// typeOf is the resource type of each kind.
var typeOf = [kinds]string{"Organization", "Location", "Organization", "Location", "HealthcareService", "Endpoint",
	"OrganizationAffiliation", "Practitioner", "PractitionerRole"}

// Type returns the resource type of a kind.
func (k Kind) Type() string { return typeOf[k] }

// some of the facilities have what is rare in directories.
const (
	serviceEvery     = 20
	endpointEvery    = 200
	affiliationEvery = 50
)

// Count is how many resources of a kind a country of the size has.
func (s Size) Count(k Kind) int {
	switch k {
	case AreaOrganization, AreaLocation:
		return s.Areas
	case FacilityOrganization, FacilityLocation:
		return s.Facilities
	case Service:
		return s.Facilities / serviceEvery
	case Endpoint:
		return s.Facilities / endpointEvery
	case Affiliation:
		return s.Facilities / affiliationEvery
	case Worker:
		return s.Workers
	}
	return s.Roles
}
