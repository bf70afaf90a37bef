// Package icd10cm brings in the order file of ICD-10-CM, the clinical modification of ICD-10
// that the United States publish each year: fixed columns with order number, code, whether it
// may be billed, short and long title (https://www.cms.gov/medicare/coding-billing/icd-10-codes).
//
// [Run] makes the code system http://hl7.org/fhir/sid/icd-10-cm, codes with their point as
// FHIR writes them (https://hl7.org/fhir/R4/icd.html). A code lies below the nearest one before
// it that it begins with. A line that cannot be used is an issue and stops no other.
package icd10cm
