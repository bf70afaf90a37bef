package main

import (
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"masjala/internal/app"
	"masjala/internal/config"
)

// serving is what `masjala serve --json` prints when it is ready, and nothing else after.
type serving struct {
	URL   string `json:"url"`
	FHIR  string `json:"fhir"`
	Data  string `json:"data"`
	Open  bool   `json:"open"`
	Ready bool   `json:"ready"`
}

func serveCommand(o *options) *cobra.Command {
	values := config.Default() // holds what the flags print as defaults
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the registries as FHIR R4",
		Long: "Serve the registries as FHIR R4 until stopped by SIGTERM or Ctrl-C.\n" +
			"Each flag is also a setting of the file and a variable; see docs/configuration.md.",
		Args: noArguments,
	}
	settings := config.Settings(values)
	for _, s := range settings {
		f := cmd.Flags().VarPF(flagValue{s}, s.Flag(), "", s.Doc)
		if s.IsBool() {
			f.NoOptDefVal = "true"
		}
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		given := map[string]string{}
		for _, s := range settings {
			if cmd.Flags().Changed(s.Flag()) {
				given[s.Key] = s.String()
			}
		}
		return serve(o, cmd, given)
	}
	return cmd
}

// flagValue makes a flag of a setting.
type flagValue struct{ config.Setting }

// Type is what the help shows in the place of the value.
func (v flagValue) Type() string {
	if v.IsBool() {
		return ""
	}
	return "value"
}

func serve(o *options, cmd *cobra.Command, given map[string]string) error {
	c, err := o.settings(cmd, given)
	if err != nil {
		return err
	}
	a, err := app.Open(cmd.Context(), c, app.Options{Purpose: "masjala serve", Create: true, Version: version, Log: o.logger(c)})
	if err != nil {
		return err
	}
	err = a.Serve(cmd.Context(), func(n app.Announcement) {
		s := serving{URL: n.Listen, FHIR: n.Listen + "/fhir", Data: c.Data, Open: c.Open, Ready: true}
		if o.json {
			o.printJSON(s)
			return
		}
		fmt.Fprintf(o.err, "masjala %s serves %s at %s (stop with Ctrl-C)\n", version, s.Data, s.FHIR)
	})
	if closing := a.Close(); err == nil {
		err = closing
	}
	return err
}

// logger writes to standard error as the settings want it.
func (o *options) logger(c *config.Config) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Log.Level)); err != nil {
		level = slog.LevelInfo
	}
	how := &slog.HandlerOptions{Level: level}
	if c.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(o.err, how))
	}
	return slog.New(slog.NewTextHandler(o.err, how))
}

// quiet is the logger of a server that is only a part of a command: it tells of failures.
func (o *options) quiet(c *config.Config) *slog.Logger {
	q := *c
	q.Log.Level = "error"
	return o.logger(&q)
}
