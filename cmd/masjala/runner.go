package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"masjala/internal/app"
	"masjala/internal/command"
	"masjala/internal/config"
)

// task is one command as the command line asks for it.
type task struct {
	name   string         // as internal/app knows it
	args   any            // becomes the JSON of the call
	files  []command.File // in the order the command wants them
	create bool           // it may start on a data directory that does not exist yet

	give func(name string) (io.WriteCloser, error) // where files go that the command makes, may be nil
}

// settings reads the settings for a command that has no flags for them.
func (o *options) settings(cmd *cobra.Command, flags map[string]string) (*config.Config, error) {
	c, err := config.Load(config.From{Data: o.data, Path: o.config, Env: o.env, Flags: flags})
	if err != nil {
		return nil, wrongUse(cmd, err)
	}
	return c, nil
}

// runner returns what carries out commands: the server that was named, the server that
// holds the data directory, or this process. Done must be called at the end.
func (o *options) runner(cmd *cobra.Command, create bool) (r command.Runner, done func() error, err error) {
	nothing := func() error { return nil }
	if o.server != "" {
		token := o.token
		if token == "" {
			token = o.env("MASJALA_TOKEN")
		}
		return &command.Client{URL: o.server, Token: token}, nothing, nil
	}
	c, err := o.settings(cmd, nil)
	if err != nil {
		return nil, nil, err
	}
	server, err := app.RunningServer(c.Data)
	if err != nil {
		return nil, nil, err
	}
	if server != nil {
		return &command.Client{URL: server.URL, Token: server.Token}, nothing, nil
	}
	a, err := app.Open(cmd.Context(), c, app.Options{Purpose: cmd.CommandPath(), Create: create, Version: version, Log: o.logger(c)})
	if err != nil {
		return nil, nil, err
	}
	return a, a.Close, nil
}

// do carries out a task and returns its result, which the caller prints.
func (o *options) do(cmd *cobra.Command, t task) (command.Result, error) {
	r, done, err := o.runner(cmd, t.create)
	if err != nil {
		return command.Result{}, err
	}
	result, err := o.call(cmd.Context(), r, t)
	if closing := done(); err == nil {
		err = closing
	}
	return result, err
}

// call hands a task to a runner and shows its progress.
func (o *options) call(ctx context.Context, r command.Runner, t task) (command.Result, error) {
	args, err := json.Marshal(t.args)
	if err != nil {
		return command.Result{}, fmt.Errorf("write the arguments of %s: %w", t.name, err)
	}
	m := newMeter(o.err)
	defer m.end()
	return r.Run(ctx, command.Call{Name: t.name, Args: args, Files: t.files, Actor: app.LocalActor, Give: t.give}, m.report)
}

// print shows a result: as it is with --json, else in the words of show.
func print[R any](o *options, result command.Result, show func(R) error) error {
	if o.json {
		if _, err := fmt.Fprintf(o.out, "%s\n", result.Value); err != nil {
			return err
		}
	} else {
		var value R
		if err := json.Unmarshal(result.Value, &value); err != nil {
			return fmt.Errorf("read the result: %w", err)
		}
		if err := show(value); err != nil {
			return err
		}
	}
	if result.Problems {
		return errProblems
	}
	return nil
}

// files checks that files which the user named are there.
func files(cmd *cobra.Command, names ...string) ([]command.File, error) {
	var list []command.File
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			return nil, wrongUse(cmd, fmt.Errorf("there is no file %s", name))
		}
		file := command.File{Name: name, Path: name}
		if info.IsDir() { // nobody walks through a link
			if file.Path, err = filepath.EvalSymlinks(name); err != nil {
				return nil, fmt.Errorf("find folder %s: %w", name, err)
			}
		}
		list = append(list, file)
	}
	return list, nil
}
