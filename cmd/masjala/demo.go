package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"masjala/internal/app"
	"masjala/internal/command"
	"masjala/internal/demo"
	"masjala/sync/mcsd"
)

// demonstration is the result of demo.
type demonstration struct {
	Country   string         `json:"country"`
	Data      string         `json:"data,omitempty"` // where the registry lies; empty when it is that of --server
	Workbooks string         `json:"workbooks"`
	Imports   []app.Imported `json:"imports"`
	Answers   []answer       `json:"answers"`
	Follower  *mcsd.Report   `json:"follower"`
}

// answer is what the registry said to a request.
type answer struct {
	Request string `json:"request"`
	Means   string `json:"means"`
	Answer  string `json:"answer"`
}

func demoCommand(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Make an example country and do the main job with it",
		Long: "Make an example country: workbooks with its code lists, facilities and health workers.\n" +
			"Import them, ask the registry as FHIR, and let a second server follow it. Nothing in the\n" +
			"country is real, and it is the same each time. Without --data a new folder is made for it.",
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.demo(cmd) },
	}
}

func (o *options) demo(cmd *cobra.Command) error {
	folder, err := os.MkdirTemp("", "masjala-demo-")
	if err != nil {
		return fmt.Errorf("make a folder for the demo: %w", err)
	}
	if o.data == "" && o.server == "" && o.env("MASJALA_DATA") == "" {
		o.data = filepath.Join(folder, "data")
	}
	d := demonstration{Country: demo.Country, Data: o.data, Workbooks: filepath.Join(folder, "workbooks")}
	if err := o.demoImport(cmd, &d); err != nil {
		return err
	}
	place, stop, err := o.reach(cmd)
	if err != nil {
		return err
	}
	err = o.demoAsk(cmd.Context(), place, &d)
	if err == nil {
		err = o.demoFollow(cmd.Context(), place, filepath.Join(folder, "district"), &d)
	}
	if stopping := stop(); err == nil {
		err = stopping
	}
	if err != nil {
		return err
	}
	if o.json {
		return o.printJSON(d)
	}
	if o.server == "" {
		fmt.Fprintf(o.out, "\nServe it yourself:  %s serve --open --data %s\n", os.Args[0], o.data)
	}
	return nil
}

// say prints a line for a person.
func (o *options) say(format string, args ...any) {
	if !o.json {
		fmt.Fprintf(o.out, format+"\n", args...)
	}
}

// demoImport writes the workbooks and imports them.
func (o *options) demoImport(cmd *cobra.Command, d *demonstration) error {
	o.say("1. The offices of %s send their workbooks: %s\n", d.Country, d.Workbooks)
	books, err := demo.Write(d.Workbooks, demo.Standard)
	if err != nil {
		return fmt.Errorf("write the workbooks: %w", err)
	}
	type load struct{ kind, file string }
	var loads []load
	for _, list := range books.Codes {
		loads = append(loads, load{"codes", list})
	}
	loads = append(loads, load{"facilities", books.Facilities}, load{"workers", books.Workers})
	o.say("2. They become a registry: masjala import codes|facilities|workers\n")
	r, done, err := o.runner(cmd, true)
	if err != nil {
		return err
	}
	for _, l := range loads {
		var imported app.Imported
		if imported, err = o.demoLoad(cmd.Context(), r, l.kind, l.file); err != nil {
			break
		}
		d.Imports = append(d.Imports, imported)
	}
	if closing := done(); err == nil {
		err = closing
	}
	return err
}

func (o *options) demoLoad(ctx context.Context, r command.Runner, kind, file string) (app.Imported, error) {
	var imported app.Imported
	result, err := o.call(ctx, r, task{
		name: "import-" + kind, args: app.ImportArgs{Reason: "demo"},
		files: []command.File{{Name: file, Path: file}},
	})
	if err != nil {
		return imported, err
	}
	if err := json.Unmarshal(result.Value, &imported); err != nil {
		return imported, fmt.Errorf("read the result: %w", err)
	}
	imported.Mapping = ""
	if o.json {
		return imported, nil
	}
	return imported, o.summary(imported)
}
