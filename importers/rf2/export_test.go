package rf2

import (
	"context"
	"errors"
	"io"
	"time"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/intake"
)

// Made is the code system that a release becomes, not stored.
func Made(ctx context.Context, path string) (*fhir.Resource, error) {
	req := importers.Request{File: path}
	src, err := openSource(path)
	if err != nil {
		return nil, err
	}
	rel, err := read(ctx, src, intake.Begin(importers.Env{Now: time.Now}, &req, kind))
	if err = errors.Join(err, src.close()); err != nil {
		return nil, err
	}
	order, _ := rel.choose(nil)
	return rel.resource(&req.About, order)
}

// Checks is checks, for tests that make identifiers.
var Checks = checks

// Columns reads all lines of a text as their columns; nil for one that cannot be used.
func Columns(r io.Reader) (out [][]string, err error) {
	l := newLines(r)
	for {
		fields, ok, err := l.next()
		if err != nil {
			if err == io.EOF {
				err = nil
			}
			return out, err
		}
		var line []string
		for _, f := range fields {
			line = append(line, string(f))
		}
		if !ok {
			line = nil
		}
		out = append(out, line)
	}
}
