package facilities_test

import (
	"context"
	"testing"
	"time"

	"masjala/importers"
	"masjala/importers/facilities"
)

// cancelled runs an import whose context ends in the midst of writing.
func cancelled(t *testing.T, env importers.Env, req importers.Request) error {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	now := time.Unix(0, 0)
	env.Now = func() time.Time { now = now.Add(time.Minute); return now } // every step reports
	req.Actor, req.Progress = "test", func(p importers.Progress) {
		if p.Phase == "writing" && p.Done > 1200 {
			cancel()
		}
	}
	_, err := facilities.Run(ctx, env, req)
	return err
}
