package search

import "strings"

var quote = strings.NewReplacer(`\`, `\\`, ",", `\,`, "|", `\|`, "$", `\$`)

// Escape protects a text from being read as several values or as system and code
// (https://hl7.org/fhir/R4/search.html#escaping).
func Escape(s string) string { return quote.Replace(s) }
