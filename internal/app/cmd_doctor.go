package app

import (
	"context"
	"fmt"
	"time"

	"masjala/internal/config"
)

// Health is the result of doctor.
type Health struct {
	Data    string    `json:"data"`
	Version string    `json:"version"`
	Checks  []Check   `json:"checks"`
	Values  []Setting `json:"settings"`
}

// Check is one thing that was looked at.
type Check struct {
	Name string `json:"name"` // "disk space"
	OK   bool   `json:"ok"`
	Text string `json:"text"` // what was found and, if it is bad, what to do
}

// Setting is a setting as it is in force.
type Setting struct {
	Key   string `json:"key"`
	Value string `json:"value"`
	From  string `json:"from"` // "the default", "masjala.yaml line 3", …
}

// Problems tells whether some check found one.
func (h Health) Problems() bool {
	for _, c := range h.Checks {
		if !c.OK {
			return true
		}
	}
	return false
}

// examine looks at everything that commonly goes wrong. It changes nothing.
func examine(ctx context.Context, a *App, r request[struct{}]) (any, error) {
	h := Health{Data: a.Config.Data, Version: a.version}
	checks := []struct {
		name string
		look func(context.Context) (string, error)
	}{
		{"permissions", a.checkPermissions},
		{"disk space", a.checkSpace},
		{"clock", a.checkClock},
		{"database", a.checkDatabase},
		{"concepts", a.checkConcepts},
		{"imports", a.checkImports},
		{"sync", a.checkSync},
	}
	for i, c := range checks {
		r.progress("checking "+c.name, int64(i), int64(len(checks)), "checks")
		text, err := c.look(ctx)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			text = err.Error()
		}
		h.Checks = append(h.Checks, Check{Name: c.name, OK: err == nil, Text: text})
	}
	for _, s := range config.Settings(a.Config) {
		h.Values = append(h.Values, Setting{Key: s.Key, Value: s.String(), From: a.Config.Origin(s.Key)})
	}
	return h, nil
}

// tolerance is how far the clock may be behind the last change before somebody should
// look: less is usual after time was synchronised.
const tolerance = 2 * time.Second

func (a *App) checkClock(context.Context) (string, error) {
	if behind := a.store.ClockBehind(); behind > tolerance {
		return "", fmt.Errorf("the clock is %s behind the last change; set it, or changes will carry times that have not come yet", behind.Round(time.Second))
	}
	return "the clock is not behind the last change", nil
}

func (a *App) checkSync(ctx context.Context) (string, error) {
	list, err := a.sources.Status(ctx)
	if err != nil {
		return "", err
	}
	for _, s := range list {
		if s.Last != nil && s.Last.Error != "" {
			return "", fmt.Errorf("source %s: the last run broke off: %s", s.Name, s.Last.Error)
		}
		if n := s.Refused + s.Waiting + s.Conflicts; n > 0 {
			return "", fmt.Errorf("source %s: %d resources are set aside; `masjala sync status %s` shows them", s.Name, n, s.Name)
		}
	}
	return fmt.Sprintf("%d sources, none with problems", len(list)), nil
}
