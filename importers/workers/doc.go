// Package workers brings in lists of health workers: each row becomes a Practitioner
// and, where it names a post, a PractitionerRole at a facility that the registry holds.
//
// Rows with the same identifier are one person, with one role for each facility and job.
// Facilities are found by identifier or by name, cadres through the terminology service;
// what cannot be found is an issue with the nearest names, and the row is imported
// without it. Columns of pay, leave, appraisal and family are never stored unless a
// mapping says so: there is no field for them.
package workers
