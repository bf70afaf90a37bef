package app

import (
	"context"
	"fmt"
	"os"

	"masjala/internal/config"
)

// leastSpace is how much room a disk should have: an import and its log files need some.
const leastSpace = 500 << 20

// checkPermissions looks at who may enter the data directory, and whether it can be written.
func (a *App) checkPermissions(context.Context) (string, error) {
	dir := a.Config.Data
	info, err := os.Stat(dir)
	if err != nil {
		return "", err
	}
	f, err := os.CreateTemp(dir, "doctor-*")
	if err != nil {
		return "", fmt.Errorf("%s cannot be written: %w", dir, err)
	}
	f.Close()
	if err := os.Remove(f.Name()); err != nil {
		return "", err
	}
	if !private(info) {
		return "", fmt.Errorf("others on this machine may enter %s (mode %s); run: chmod 700 %s", dir, info.Mode().Perm(), dir)
	}
	return fmt.Sprintf("%s can be written, and only its owner may enter it", dir), nil
}

func (a *App) checkSpace(context.Context) (string, error) {
	free, err := freeSpace(a.Config.Data)
	if err != nil {
		return "", err
	}
	left := config.Size(free >> 30 << 30) // whole GiB, or MiB where those are few
	if free < 10<<30 {
		left = config.Size(free >> 20 << 20)
	}
	if free < leastSpace {
		return "", fmt.Errorf("only %s are free on the disk of %s; make room, or writing will be refused", left, a.Config.Data)
	}
	return fmt.Sprintf("%s are free", left), nil
}

func (a *App) checkDatabase(ctx context.Context) (string, error) {
	if err := a.store.Check(ctx); err != nil {
		return "", err
	}
	return fmt.Sprintf("the database is sound; %d changes so far", a.store.Seq()), nil
}

// checkImports counts the files of imports.
func (a *App) checkImports(context.Context) (string, error) {
	s, err := a.desk.Stock()
	if err != nil {
		return "", err
	}
	used := config.Size(s.Bytes >> 20 << 20)
	if s.Bytes > s.Space {
		return "", fmt.Errorf("the files of imports take %s, more than imports.space allows (%s)", used, config.Size(s.Space))
	}
	return fmt.Sprintf("%d files of imported lists are kept, %s of %s", s.Files, used, config.Size(s.Space)), nil
}

// checkConcepts waits until what was missing or damaged of the code systems is made again.
func (a *App) checkConcepts(ctx context.Context) (string, error) {
	if err := a.terminology.Check(ctx); err != nil {
		return "", err
	}
	n, err := a.store.Count(ctx, "CodeSystem")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("the concepts of %d code systems are in place", n), nil
}
