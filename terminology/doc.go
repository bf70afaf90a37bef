// Package terminology answers questions about codes: what a code means, whether it is
// valid, which codes a value set has, how codes relate and translate.
//
// [Service] is both the registry for CodeSystem, ValueSet, ConceptMap and NamingSystem
// resources and the terminology service of FHIR R4 and IHE SVCM over them. The store holds
// what was loaded; concept sets ([masjala/terminology/concept]) are derived from it when a
// code system is written, before the transaction that names them commits. A commit swaps
// one pointer: requests that run finish on what they began with.
//
// The package knows nothing of HTTP. Results are structs that append themselves as FHIR
// JSON.
package terminology
