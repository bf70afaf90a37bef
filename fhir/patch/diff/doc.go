// Package diff changes parts of a resource by an XML Patch (RFC 5261,
// https://hl7.org/fhir/R4/http.html#patch), whose document has the root diff.
//
// [Apply] writes the resource as XML, changes that, and reads it again, so that what is not
// touched stays as it was. All operations apply, or none. The result is JSON that
// [fhir.Parse] has still to check. Selectors that lead nowhere, or to several places, are
// Unprocessable; what is no patch at all is Invalid.
package diff
