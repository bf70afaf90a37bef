// Package bcp47 reads tags for languages (BCP 47, RFC 5646), such as sw, pt-BR or zh-Hant-TW.
//
// [Parse] holds a tag to the grammar and to the registered subtags. The table of subtags is
// made of the IANA Language Subtag Registry of 2025-08-25, which IANA gives to the public
// domain, by:
//
//	go run ./terminology/bcp47/gen registry.json.gz > terminology/bcp47/subtags.tsv
package bcp47
