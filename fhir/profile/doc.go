// Package profile checks resources against what R4 requires beyond well-formed JSON:
// elements that must be there, codes of required bindings, and the invariants that can be
// told from the resource alone.
//
// [Check] is for resources that fhir.Parse or fhir.Build made; it relies on their form.
package profile
