// Package profile checks resources against what R4 requires beyond well-formed JSON, and
// against the profiles of IHE mCSD and SVCM.
//
// [Check] looks at elements that must be there, codes of required bindings, and the
// invariants that can be told from the resource alone: nothing that fails it is stored.
// [Conform] looks at the rules of a [Profile], which lists and servers in the field often
// break: what to do about its findings is a policy of whoever stores. [Of] tells which
// profiles are meant for a resource.
//
// All are for resources that fhir.Parse or fhir.Build made; they rely on their form.
package profile
