package fhirpkg

import (
	"errors"
	"io"
	"syscall"

	"masjala/fhir"
)

// disk tells its own failures from those of what is read: they say nothing of the archive.
type disk struct{ to io.Writer }

// diskError is a failure to keep what was read.
type diskError struct{ err error }

func (e *diskError) Error() string { return "keep the archive: " + e.err.Error() }
func (e *diskError) Unwrap() error { return e.err }

// Write implements io.Writer. It fails with Full when there is no room.
func (d disk) Write(p []byte) (int, error) {
	n, err := d.to.Write(p)
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return n, fhir.Errorf(fhir.Full, "there is no room on the disk for the archive of the package; make room and import it again").Because(err)
	case err != nil:
		return n, &diskError{err}
	}
	return n, nil
}
