package config

import (
	"reflect"
	"slices"
)

// Profiles says for each resource type what becomes of a resource that breaks the rules of
// the IHE profiles that are meant for it. The keys are the names of the types.
type Profiles struct {
	Organization            string `key:"Organization" doc:"an Organization that breaks the rules of its mCSD profiles: reject refuses it, warn stores it and tells writers that ask, off does not look; likewise below"`
	Location                string `key:"Location" doc:"a Location that breaks the rules of its mCSD profiles"`
	Practitioner            string `key:"Practitioner" doc:"a Practitioner that breaks the rules of its mCSD profile"`
	PractitionerRole        string `key:"PractitionerRole" doc:"a PractitionerRole that breaks the rules of its mCSD profile"`
	HealthcareService       string `key:"HealthcareService" doc:"a HealthcareService that breaks the rules of its mCSD profile"`
	OrganizationAffiliation string `key:"OrganizationAffiliation" doc:"an OrganizationAffiliation that breaks the rules of its mCSD profiles"`
	Endpoint                string `key:"Endpoint" doc:"an Endpoint that breaks the rules of its mCSD profiles"`
	CodeSystem              string `key:"CodeSystem" doc:"a CodeSystem that breaks the rules of its SVCM profile"`
	ValueSet                string `key:"ValueSet" doc:"a ValueSet that breaks the rules of its SVCM profile"`
	ConceptMap              string `key:"ConceptMap" doc:"a ConceptMap that breaks the rules of its SVCM profile"`
}

// policies are what can be said of a type, first the one of those of which nothing is said.
var policies = []string{"warn", "reject", "off"}

func defaultProfiles() Profiles {
	var p Profiles
	for i := range reflect.ValueOf(p).NumField() {
		reflect.ValueOf(&p).Elem().Field(i).SetString(policies[0])
	}
	return p
}

// All returns the policies by resource type.
func (p Profiles) All() map[string]string {
	all := map[string]string{}
	for _, s := range settings("", reflect.ValueOf(&p).Elem()) {
		all[s.Key] = s.String()
	}
	return all
}

func (c *Config) checkPolicies() error {
	for _, s := range settings("profiles.", reflect.ValueOf(&c.Profiles).Elem()) {
		if !slices.Contains(policies, s.String()) {
			return c.wrong(s.Key, "%s is reject, warn or off, not %q", s.Key, s.String())
		}
	}
	if !slices.Contains([]string{"check", "keep"}, c.References) {
		return c.wrong("references", "references is check or keep, not %q", c.References)
	}
	return nil
}
