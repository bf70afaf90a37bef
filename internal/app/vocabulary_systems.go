package app

import (
	"context"

	"masjala/fhir"
	"masjala/importers"
	"masjala/terminology"
)

// Check tells what is known of a code of a code system.
func (c vocabulary) Check(ctx context.Context, system, version, code, display string) (importers.Verdict, error) {
	ask := terminology.ValidateCodeRequest{URL: system, Version: version, Code: code}
	v, err := c.t.ValidateCode(ctx, ask)
	if err != nil {
		return importers.Verdict{}, err
	}
	out := importers.Verdict{System: len(v.Unknown) == 0, Code: v.Result, Display: true, Is: v.Display}
	if !v.Result || display == "" {
		return out, nil
	}
	ask.Display = display
	if v, err = c.t.ValidateCode(ctx, ask); err != nil {
		return importers.Verdict{}, err
	}
	out.Display = v.Result
	return out, nil
}

// Nearest lists codes of a code system that come closest to a text; none when its concepts are
// not here.
func (c vocabulary) Nearest(ctx context.Context, system, text string, n int) ([]importers.Coding, error) {
	list, err := c.t.Nearest(ctx, system, text, n)
	if fhir.KindOf(err) == fhir.NotFound && err != nil {
		return nil, nil
	}
	out := make([]importers.Coding, len(list))
	for i, found := range list {
		out[i] = importers.Coding{System: found.System, Code: found.Code, Display: found.Display}
	}
	return out, err
}
