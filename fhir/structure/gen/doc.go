// Command gen writes the table of package structure from the R4 definitions in the
// reference folder (MASJALA_REFERENCE) and the hand-written lists beside it:
// types.txt, codes.txt and resources.txt. Run it with go generate ./fhir/structure.
package main
