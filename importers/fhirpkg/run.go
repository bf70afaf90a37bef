package fhirpkg

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"strings"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/intake"
)

// kind names this sort of import in reports and bookkeeping.
const kind = "package"

// piece is how many bytes are hashed at once. All of the program waits for that, whenever
// garbage collection begins meanwhile.
const piece = 1 << 20

// Run imports a FHIR package: req.File is a folder, a .tgz or a JSON file. What is stored
// already with the same content is left as it is; a file that cannot be used is an issue and
// stops no other. Counts are by resource type. It fails when the package cannot be read.
func Run(ctx context.Context, env importers.Env, req importers.Request) (*importers.Report, error) {
	return importAll(ctx, env, &req, []string{req.File})
}

// Import imports a package by name and version, such as hl7.fhir.us.core@5.0.1, and before it
// those that it needs. It fails as Run does, and when they cannot be fetched.
func (r *Registry) Import(ctx context.Context, env importers.Env, req importers.Request, name string) (*importers.Report, error) {
	dir, err := os.MkdirTemp(req.Scratch, "masjala-package-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for packages: %w", err)
	}
	defer os.RemoveAll(dir)
	paths, err := r.fetch(ctx, dir, name)
	if err != nil {
		return nil, err
	}
	req.Name = name
	return importAll(ctx, env, &req, paths)
}

func importAll(ctx context.Context, env importers.Env, req *importers.Request, paths []string) (*importers.Report, error) {
	p := &run{intake.Begin(env, req, kind)}
	hash := sha256.New()
	for _, path := range paths {
		err := walk(path, func(f file) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			hash.Write([]byte(f.name))
			for some := range slices.Chunk(f.data, piece) {
				hash.Write(some)
			}
			return p.file(ctx, f)
		})
		if err != nil {
			return nil, err
		}
	}
	p.Report.Hash = hex.EncodeToString(hash.Sum(nil))
	return p.Finish(ctx)
}

// run is the state of one import.
type run struct{ *intake.Intake }

// file takes the resources of one file in.
func (p *run) file(ctx context.Context, f file) error {
	p.Report.Rows++
	p.Progress("writing")
	if strings.HasSuffix(strings.ToLower(f.name), ".ndjson") {
		return p.lines(ctx, f)
	}
	r, err := fhir.Parse(f.data)
	if err != nil {
		p.Refuse(f.name, "", err)
		return nil
	}
	if r.Type != "Bundle" {
		return p.Take(ctx, f.name, r)
	}
	b, err := fhir.ParseBundle(f.data)
	if err != nil {
		p.Refuse(f.name, "", err)
		return nil
	}
	for i := range b.Entries {
		e := &b.Entries[i]
		if e.Err != nil {
			p.Refuse(f.name, fmt.Sprintf("entry[%d]", i), e.Err)
			continue
		}
		if e.Resource == nil {
			continue
		}
		if err := p.Take(ctx, f.name, e.Resource); err != nil {
			return err
		}
	}
	return nil
}

// lines takes the resources of an NDJSON file in.
func (p *run) lines(ctx context.Context, f file) error {
	n := 0
	for line := range strings.Lines(string(f.data)) {
		if n++; strings.TrimSpace(line) == "" {
			continue
		}
		r, err := fhir.Parse([]byte(line))
		if err != nil {
			p.Refuse(f.name, fmt.Sprintf("line %d", n), err)
			continue
		}
		if err := p.Take(ctx, f.name, r); err != nil {
			return err
		}
	}
	return nil
}
