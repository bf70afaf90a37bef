// Package facility keeps the facility registry: organizations, places of care and the
// jurisdictions they lie in, as IHE mCSD defines them.
//
// A facility is one Location paired with one Organization, joined by
// Location.managingOrganization; a jurisdiction likewise. [Registry] is the only writer of
// both, and of HealthcareService, Endpoint and OrganizationAffiliation: it checks a change,
// stores it in the transaction that the caller opened and keeps the hierarchies free of
// cycles. Other references may point to what is not there yet or not any more, because
// lists and sync pages arrive in any order (MD-91-16). Reading and searching the plain
// resources needs no Registry; use package store. Hierarchies are walked by facility/place.
package facility
