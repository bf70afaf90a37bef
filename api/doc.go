// Package api is the FHIR R4 REST interface (https://hl7.org/fhir/R4/http.html) and the
// addresses beside it that operators need: /livez, /readyz, /metrics.
//
// [New] makes a [Server] from [Options]. Every request to /fhir becomes an exchange: one
// interaction with its input and its growing answer. An entry of a batch or transaction
// becomes one too, so that both are routed, checked and answered by the same code. One table
// of routes says what exists; the CapabilityStatement is made from it.
// All writes, of one resource or of a transaction, go through one path (changes), which
// decides conditions inside the store's transaction.
//
// Rules of the domains live in the registries behind [store.Registries], reading of search
// parameters in fhir/search, answers about codes behind [Operation]. What an error looks
// like outside is decided in one place: a valid OperationOutcome, always.
package api
