// Package languages brings in the registry of language subtags that IANA keeps, from which tags
// such as pt-BR are made (BCP 47, RFC 5646, section 3.1).
//
// [Run] reads the format in which it is published, records of lines between %% (record-jar), and
// JSON of the same fields. It makes the code system
// http://www.iana.org/assignments/language-subtag-registry with a concept for each record; the
// terminology service then takes subtags and names of urn:ietf:bcp:47 from it.
package languages
