// Package patch changes parts of a resource's JSON: [JSON] applies a JSON Patch (RFC 6902),
// [FHIRPath] a FHIRPath Patch (https://hl7.org/fhir/R4/fhirpatch.html).
//
// Both work on the members in the order in which they stand and keep the text of every value
// that is not touched, so that decimals keep their digits. All operations apply, or none.
// The result is JSON that [fhir.Parse] has still to check. Paths that lead nowhere, failed
// tests and the like are Unprocessable; what is no patch at all is Invalid.
package patch
