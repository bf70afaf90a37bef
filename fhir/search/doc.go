// Package search reads FHIR search requests and says under what a resource is found.
//
// [Parse] turns the parameters of a request into a [Query]; [Extract] yields the
// index [Entry] list of a resource in one walk. Both use the same table of supported
// parameters ([Parameters]), from which the CapabilityStatement is made too, so that
// what is declared, what is indexed and what is searched cannot drift apart.
// Values of a query and of an entry are normalised by the same functions.
package search
