package app

import (
	"context"
	"runtime/debug"

	"masjala/importers"
)

// UndoArgs are the arguments of the command import-undo.
type UndoArgs struct {
	Run    string `json:"run"`              // as import-runs lists it
	DryRun bool   `json:"dryRun,omitempty"` // only say what would be undone
}

func undoImport(ctx context.Context, a *App, r request[UndoArgs]) (any, error) {
	defer debug.FreeOSMemory() // as an import
	u, err := a.desk.TakeBack(ctx, importers.UndoRequest{Run: r.args.Run, DryRun: r.args.DryRun, Actor: r.Actor, Progress: r.rows})
	if err != nil {
		return nil, err
	}
	return Undone{u}, nil
}

// Undone is the result of import-undo.
type Undone struct{ *importers.Undone }

// Problems tells whether something was left as it is.
func (u Undone) Problems() bool { return u.Kept > 0 }
