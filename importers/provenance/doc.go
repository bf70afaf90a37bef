// Package provenance tells where versions of resources come from, as R4 writes it
// (https://hl7.org/fhir/R4/provenance.html).
//
// There is one Provenance of each version, and none is stored: [Read] and [Search] make them of what
// the store keeps of the version (when, what, who and why) and of what imports noted (which list, sheet
// and row; which import was taken back). A [Provenance] is named by the place of its version in the
// order of commits, which never changes and finds the version by itself.
//
// Who may read a resource may read where it comes from. Names of persons who changed it, and
// what they wrote as a reason, are for those whom [Reader] says.
package provenance
