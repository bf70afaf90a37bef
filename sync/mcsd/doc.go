// Package mcsd follows other care services directories: it is an IHE mCSD Update Client (ITI-91).
//
// A [Client] knows some [Source]s. [Client.Run] pulls what changed in one of them since the
// time that server itself named last, page by page, and applies it through the registries.
// It resumes where a broken line or a killed process left it, keeps upstream ids where they
// are free and rewrites references where they are not, settles local edits by the source's
// [Rule], and sets aside what the checks of this server refuse, to try it again at each run.
// What came of a run is a [Report], kept in the store; [Client.Status] and [Client.Problems]
// read what is known.
//
// Nothing here decides when a run takes place: see internal/jobs. DESIGN.md says what is
// guaranteed and why.
package mcsd
