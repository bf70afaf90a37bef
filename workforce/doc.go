// Package workforce keeps the health-worker registry as IHE mCSD defines it.
//
// A worker is one Practitioner (the person, with names, identifiers and licences) and
// one PractitionerRole for each post. [Registry] is the only writer of both: it checks a
// change and stores it in the transaction that the caller opened. Reading and searching
// needs no Registry; use the store. Where a post lies is told by references to the
// facility registry, which this package does not import.
package workforce
