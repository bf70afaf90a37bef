package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"masjala/fhir"
)

// lockFile is the file in the data directory whose lock says that a process uses it.
const lockFile = "masjala.lock"

// lock is the hold of this process on a data directory.
type lock struct{ file *os.File }

// patience is how long takeLock waits for a process that is about to end, such as the
// command before this one in a script.
const patience = 2 * time.Second

// takeLock takes the data directory for this process. It fails with Busy, naming the
// process, when another one keeps it.
func takeLock(ctx context.Context, dir, purpose string) (*lock, error) {
	for deadline := time.Now().Add(patience); ; {
		l, err := tryDirectory(dir, purpose)
		if fhir.KindOf(err) != fhir.Busy || time.Now().After(deadline) {
			return l, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(patience / 40):
		}
	}
}

func tryDirectory(dir, purpose string) (*lock, error) {
	path := filepath.Join(dir, lockFile)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock of the data directory: %w", err)
	}
	held, err := tryLock(f)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("lock the data directory %s: %w", dir, err)
	}
	if held {
		holder, _ := os.ReadFile(path)
		f.Close()
		return nil, fhir.Errorf(fhir.Busy, "the data directory %s is in use by %s; wait until it is done, or stop it",
			dir, describe(string(holder)))
	}
	if err := writeHolder(f, purpose); err != nil {
		f.Close()
		return nil, err
	}
	return &lock{file: f}, nil
}

// writeHolder notes who has the lock, for the message to others.
func writeHolder(f *os.File, purpose string) error {
	if err := f.Truncate(0); err != nil {
		return fmt.Errorf("note who holds the data directory: %w", err)
	}
	if _, err := fmt.Fprintf(f, "process %d (%s)\n", os.Getpid(), purpose); err != nil {
		return fmt.Errorf("note who holds the data directory: %w", err)
	}
	return nil
}

func describe(holder string) string {
	if holder = strings.TrimSpace(holder); holder != "" {
		return holder
	}
	return "another process"
}

// release gives the data directory back. The file stays: removing it would let two
// processes lock two files of the same name.
func (l *lock) release() error {
	l.file.Truncate(0)
	return l.file.Close()
}
