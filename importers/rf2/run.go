package rf2

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"runtime/debug"
	"slices"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/intake"
)

// kind names this sort of import in reports.
const kind = "rf2"

// Run imports one release. What cannot be used in it is an issue with file and line; files
// of other sorts are named in an information. It fails with NotFound, Invalid or TooLarge when
// the release cannot be read, with Unprocessable when it has no concepts.
func Run(ctx context.Context, env importers.Env, req importers.Request) (*importers.Report, error) {
	if err := req.About.Check(); err != nil {
		return nil, err
	}
	in := intake.Begin(env, &req, kind)
	src, err := openSource(req.File)
	if err != nil {
		return nil, err
	}
	rel, err := read(ctx, src, in)
	if err = errors.Join(err, src.close()); err != nil {
		return nil, err
	}
	order, unknown := rel.choose(req.About.Dialects)
	if unknown != "" {
		return nil, fhir.Errorf(fhir.Invalid, "the release has no language or dialect %q; it has %s", unknown, rel.tags())
	}
	in.Progress("writing")
	r, err := rel.resource(&req.About, order)
	if err != nil {
		return nil, err
	}
	rel = nil
	debug.FreeOSMemory() // for what follows, which takes as much again
	if err := in.Take(ctx, in.Report.File, r); err != nil {
		return nil, err
	}
	return in.Finish(ctx)
}

// read reads all files of a release in the order of their roles.
func read(ctx context.Context, src *source, in *intake.Intake) (*release, error) {
	rel := &release{issues: in.Issues, place: map[uint64]uint32{}, needs: map[uint64][]uint64{}, valued: map[uint64]string{}}
	r := &reader{release: rel, said: func(lines int) {
		in.Report.Rows += lines
		in.Progress("reading")
	}}
	byRole, err := r.sort(src)
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	for kind := range roleUnknown {
		for _, p := range byRole[kind] {
			if err := r.part(ctx, kind, p, sum); err != nil {
				return nil, err
			}
		}
		if kind == roleDescriptions {
			rel.sortTerms()
		}
	}
	if len(rel.concepts) == 0 {
		return nil, fhir.Errorf(fhir.Unprocessable, "%s has no snapshot of concepts in Release Format 2", in.Report.File)
	}
	if r.idle > 0 {
		in.Issues.Add(importers.Issue{Severity: importers.Info, Rule: "line-not-used", Reason: fmt.Sprintf("%d lines were passed over: they are not active, stated and not inferred, or about what is not a concept", r.idle),
			Fix: "Nothing; that is usual."})
	}
	rel.byConcept()
	rel.nameDialects()
	in.Report.Hash = hex.EncodeToString(sum.Sum(nil))
	return rel, nil
}

// sort tells from the first line of each file what it holds.
func (r *reader) sort(src *source) ([][]part, error) {
	byRole := make([][]part, roleUnknown)
	for _, p := range src.parts {
		if elsewhere(p.name) {
			r.passed(p, "file-no-snapshot", "the file is of a full release or a delta, not of a snapshot")
			continue
		}
		kind := roleUnknown
		err := p.read(func(l *lines) error {
			if f, ok, err := l.next(); err == nil && ok {
				kind = roleOf(f)
			} else if err != nil && !errors.Is(err, io.EOF) {
				return fhir.Errorf(fhir.Invalid, "%s is damaged at its beginning; fetch the release again", p.name).Because(err)
			}
			return nil
		})
		switch {
		case err != nil:
			return nil, err
		case kind == roleUnknown:
			r.passed(p, "file-not-read", "the columns of the file are none that this server uses")
		default:
			byRole[kind] = append(byRole[kind], p)
		}
	}
	return byRole, nil
}

func (r *reader) passed(p part, rule, reason string) {
	r.issues.Add(importers.Issue{Sheet: p.name, Severity: importers.Info, Rule: rule, Reason: reason, Fix: "Nothing, unless you need it."})
}

// read opens the part for fn.
func (p part) read(fn func(*lines) error) error {
	f, err := p.open()
	if err != nil {
		return fhir.Errorf(fhir.Invalid, "%s cannot be opened; fetch the release again", p.name).Because(err)
	}
	err = fn(newLines(f))
	return errors.Join(err, f.Close())
}

// part reads the lines of one file.
func (r *reader) part(ctx context.Context, kind role, p part, sum hash.Hash) error {
	f, err := p.open()
	if err != nil {
		return fhir.Errorf(fhir.Invalid, "%s cannot be opened; fetch the release again", p.name).Because(err)
	}
	take := []func([][]byte){r.depends, r.concept, r.description, r.relationship, r.value, r.accepted, r.association, r.member, r.mapped, r.member}
	r.file, r.lines = p.name, newLines(io.TeeReader(f, sum))
	_, _, err = r.lines.next()
	if err == nil {
		err = r.rows(ctx, kind == roleConcepts, take[kind])
	}
	return errors.Join(err, f.Close())
}

// tags lists the dialects and languages of the release.
func (r *release) tags() []string {
	out := slices.Clone([]string(r.speech))
	for _, d := range r.dialect {
		out = append(out, d.tag)
	}
	return out
}
