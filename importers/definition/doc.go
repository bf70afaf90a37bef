// Package definition has code systems, value sets and concept maps as values that importers
// fill and that [fhir.Build] turns into resources: the members that imported lists need, in the
// order in which R4 has them.
package definition
