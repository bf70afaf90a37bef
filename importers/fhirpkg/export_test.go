package fhirpkg

import "io"

// Walk reads an archive and calls fn with the name and size of each file.
func Walk(r io.ReadSeeker, size int64, fn func(name string, bytes int)) error {
	return walkFile("package.tgz", r, size, func(f file) error {
		fn(f.name, len(f.data))
		return nil
	})
}

// Disk is what archives are written through.
func Disk(to io.Writer) io.Writer { return disk{to} }
