// Package text answers which resources have a text that begins with, contains or equals
// another, from bytes that are used where they lie, such as a memory-mapped file.
//
// A [Builder] takes pairs of a folded text and the number of a resource (rid), texts
// ascending, and writes one self-contained section. [Open] makes a [Reader] of it that
// keeps nothing but slices of those bytes. Answers are exact, never candidates.
//
// The distinct texts lie sorted, so that a prefix is a range of them; beside them lie,
// where the section was built for it, their sorted suffixes, so that a substring is a range
// of those. A range with few rids is collected, sorted and freed of repetitions. The set of
// one with many is stored as a roaring bitmap, once however many queries it answers.
//
// # Results
//
// An answer is a [Rids]: its Count, and either a sorted List in the caller's [Buffer] or a
// Bitmap in roaring's portable format within the section, neither copied nor decoded
// (roaring's FromBuffer reads it in place). A Reader is safe for concurrent use, a Buffer
// is not; with a Buffer that has grown to its size, queries allocate nothing.
//
// Texts and queries are what [masjala/fhir/search.Fold] gives: valid UTF-8 without NUL.
// A query that is neither finds nothing.
//
// # Damage
//
// A section has no checksum: that of the file around it tells damage. Open checks what it
// needs to find the parts; reading damaged parts gives wrong answers, never a panic.
package text
