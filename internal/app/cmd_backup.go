package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"masjala/fhir"
)

// BackupArgs are the arguments of backup.
type BackupArgs struct {
	Name string `json:"name,omitempty"` // of the file; empty: made of the time
}

// BackedUp is the result of backup.
type BackedUp struct {
	File  string `json:"file"` // where it lies, on the machine of the data directory
	Bytes int64  `json:"bytes"`
	Seq   int64  `json:"seq"` // number of the newest change that is certainly in it
}

// backup writes the database as of one moment into the folder backups. The concepts are
// made from it again, so that it is all there is to keep.
func backup(ctx context.Context, a *App, r request[BackupArgs]) (any, error) {
	name := r.args.Name
	if name == "" {
		name = "masjala-" + a.now().UTC().Format("20060102T150405Z") + ".db"
	}
	if filepath.Base(name) != name || name == "." || name == ".." {
		return nil, fhir.Errorf(fhir.Invalid, "%q cannot be the name of a file in the folder backups", name)
	}
	dir := filepath.Join(a.Config.Data, "backups")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for backups: %w", err)
	}
	made := BackedUp{File: filepath.Join(dir, name), Seq: a.store.Seq()}
	if err := a.store.Backup(ctx, made.File); err != nil {
		return nil, err
	}
	info, err := os.Stat(made.File)
	if err != nil {
		return nil, fmt.Errorf("look at the backup: %w", err)
	}
	made.Bytes = info.Size()
	return made, nil
}
