package facilities_test

import (
	"context"
	"testing"
	"time"

	"masjala/importers"
	"masjala/importers/facilities"
)

// cancelled runs an import whose context ends in the midst of writing.
func cancelled(t *testing.T, env importers.Env, file string) error {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	now := time.Unix(0, 0)
	env.Now = func() time.Time { now = now.Add(time.Minute); return now } // every step reports
	_, err := facilities.Run(ctx, env, importers.Request{File: file, Actor: "test", Progress: func(p importers.Progress) {
		if p.Phase == "writing" && p.Done > 1200 {
			cancel()
		}
	}})
	return err
}
