package sqlite

import (
	"context"
	"errors"
	"syscall"

	"github.com/mattn/go-sqlite3"

	"masjala/fhir"
)

// readable turns an error of SQLite that a user can do something about into a *fhir.Error.
func readable(err error) error {
	var e sqlite3.Error
	if err == nil || !errors.As(err, &e) {
		return err
	}
	if _, ok := errors.AsType[*fhir.Error](err); ok {
		return err
	}
	switch e.Code {
	case sqlite3.ErrFull:
		return full(err)
	case sqlite3.ErrIoErr:
		switch e.SystemErrno {
		case syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG:
			return full(err)
		}
		if e.ExtendedCode == sqlite3.ErrIoErrWrite || e.ExtendedCode == sqlite3.ErrIoErrSHMSize {
			return full(err)
		}
	case sqlite3.ErrInterrupt:
		return context.Canceled
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return fhir.Errorf(fhir.Busy, "the database is in use by another program; try again").Because(err)
	case sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
		return fhir.Errorf(fhir.Internal, "the database file is damaged; restore it from a backup").Because(err)
	case sqlite3.ErrReadonly, sqlite3.ErrPerm, sqlite3.ErrCantOpen:
		return fhir.Errorf(fhir.Internal, "the database file cannot be opened for writing; check its owner and permissions").Because(err)
	}
	return err
}

func full(err error) error {
	return fhir.Errorf(fhir.Full, "no space is left to store the change; free disk space and try again").Because(err)
}
