package app

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/join"
	"masjala/internal/command"
)

// MatchArgs are the arguments of the command match-lists, which takes one file or two.
type MatchArgs struct {
	Kind   string `json:"kind"`             // "facilities" or "workers"
	MapA   string `json:"mapA,omitempty"`   // YAML of the column mapping; empty: proposed from the content
	MapB   string `json:"mapB,omitempty"`   // of the second file
	SheetA string `json:"sheetA,omitempty"` // name of the sheet; empty: the mapping or the content decides
	SheetB string `json:"sheetB,omitempty"`
}

func matchLists(ctx context.Context, a *App, r request[MatchArgs]) (any, error) {
	return MatchLists(ctx, r.args, r.Files, a.now(), a.desk.Scratch())
}

// RegistryArgs are the arguments of the command match-registry.
type RegistryArgs struct {
	Kind string `json:"kind"` // "facilities" or "workers"
}

func matchRegistry(ctx context.Context, a *App, r request[RegistryArgs]) (any, error) {
	return join.Registry(ctx, a.store, r.args.Kind)
}

// MatchLists joins two lists, or finds the doubles in one. It needs no data directory:
// its temporary files lie in the folder scratch, "" for that of the system. It fails with Invalid when
// a file is no list of the kind.
func MatchLists(ctx context.Context, args MatchArgs, files []command.File, now time.Time, scratch string) (*join.Report, error) {
	if len(files) < 1 || len(files) > 2 {
		return nil, fhir.Errorf(fhir.Invalid, "match-lists takes one file or two, but %d were given", len(files))
	}
	req := join.Request{Kind: args.Kind, Now: now, Scratch: scratch}
	if req.Kind == "" {
		req.Kind = "facilities"
	}
	a, err := listOf(files[0], args.SheetA, args.MapA)
	if err != nil {
		return nil, err
	}
	req.A = a
	if len(files) == 2 {
		b, err := listOf(files[1], args.SheetB, args.MapB)
		if err != nil {
			return nil, err
		}
		req.B = &b
	}
	return join.Run(ctx, req)
}

// listOf is a file with the mapping that was given for it.
func listOf(f command.File, sheet, mapping string) (join.List, error) {
	l := join.List{File: f.Path, Name: filepath.Base(f.Name), Sheet: sheet}
	if mapping == "" {
		return l, nil
	}
	m, err := importers.ReadMapping(strings.NewReader(mapping))
	l.Map = m
	return l, err
}
