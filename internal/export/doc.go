// Package export writes what a search finds as a table in CSV, for systems that do not speak
// FHIR (requirement FRF-7).
//
// A [Plan] says what: a type, search parameters, columns, and where the table goes, a file or
// the address of another server. [New] checks plans; [Exports.Jobs] makes of each a job that
// its schedule or a command runs. A table is complete or not there: a file takes the place of
// the one before when it is whole, and a server gets it in one request.
package export
