// Package bcp47 reads tags for languages (BCP 47, RFC 5646), such as sw, pt-BR or zh-Hant-TW.
//
// [Parse] holds a tag to the grammar and to the registered subtags. Which subtags are
// registered is what golang.org/x/text/language knows of its version; names are those that
// golang.org/x/text/language/display has from the Unicode CLDR. What they do not tell is in
// small tables here, each with its source.
//
// After sgn any registered language of three letters is taken for an extended language,
// though the registry means sign languages only.
package bcp47
