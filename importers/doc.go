// Package importers brings outside lists in: Source → Plan → Apply.
//
// [Open] turns a file into a [Source]: its table, the row of headings and a [Mapping] that
// says what each column means, proposed from headings and sample values or given by the
// user. The importer of one kind of list (importers/facilities, …) turns rows into things,
// each a few resources that are stored together under an [Identity]. The [Writer] compares
// them with what is stored, plans what would change and, unless the run is dry, writes in
// transactions through the registries. What is wrong with a cell becomes an [Issue]; no row
// stops another. The outcome is a [Report].
//
// The same content imported again changes nothing: a thing is found by its identity, which
// comes from identifiers or from content and never from the order of rows, and what was
// imported last is remembered with it, so that changes made here in between are kept and a
// field changed on both sides is reported as a conflict. Every change carries the run and
// the file's hash in its cause, and sheet and row in the bookkeeping.
package importers
