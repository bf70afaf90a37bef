package desk

import (
	"io/fs"
	"syscall"
	"testing"

	"masjala/fhir"
)

func TestFullDisk(t *testing.T) {
	for cause, want := range map[error]fhir.Kind{syscall.ENOSPC: fhir.Full, syscall.EDQUOT: fhir.Full, syscall.EACCES: fhir.Internal} {
		if err := full(&fs.PathError{Op: "write", Path: "x", Err: cause}); fhir.KindOf(err) != want {
			t.Errorf("%v: %v, want %v", cause, err, want)
		}
	}
	if err := full(nil); err != nil {
		t.Errorf("of no error %v", err)
	}
}
