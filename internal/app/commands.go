package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"runtime/debug"
	"slices"
	"strings"

	"masjala/fhir"
	"masjala/internal/auth"
	"masjala/internal/command"
	"masjala/internal/export/table"
)

// handler carries out one command.
type handler struct {
	role auth.Role // who may ask for it through a server
	run  func(ctx context.Context, a *App, call command.Call, report func(command.Progress)) (any, error)
}

// troubled is a result that can say that something in the data needs a look.
type troubled interface{ Problems() bool }

// define makes the handler of a command whose arguments are an A. Unknown arguments are refused.
func define[A any](role auth.Role, run func(context.Context, *App, request[A]) (any, error)) handler {
	return handler{role: role, run: func(ctx context.Context, a *App, call command.Call, report func(command.Progress)) (any, error) {
		r := request[A]{Call: call, report: report}
		if len(call.Args) > 0 {
			d := json.NewDecoder(bytes.NewReader(call.Args))
			d.DisallowUnknownFields()
			if err := d.Decode(&r.args); err != nil {
				return nil, fhir.Errorf(fhir.Invalid, "the arguments of %s are wrong: %v", call.Name, err)
			}
		}
		return run(ctx, a, r)
	}}
}

// request is a call with its arguments read.
type request[A any] struct {
	command.Call
	args   A
	report func(command.Progress) // nil when nobody listens
}

// progress reports, if anybody listens.
func (r request[A]) progress(step string, done, total int64, unit string) {
	if r.report != nil {
		r.report(command.Progress{Step: step, Done: done, Total: total, Unit: unit})
	}
}

// file returns the one file that the command takes.
func (r request[A]) file() (command.File, error) {
	if len(r.Files) != 1 {
		return command.File{}, fhir.Errorf(fhir.Invalid, "%s takes one file, but %d were given", r.Name, len(r.Files))
	}
	return r.Files[0], nil
}

// takesFiles fails with Invalid when the caller takes no files that the command makes.
func (r request[A]) takesFiles() error {
	if r.Give == nil {
		return fhir.Errorf(fhir.Invalid, "%s makes a file, but there is nowhere to put it", r.Name)
	}
	return nil
}

// takes fails with Invalid when the caller takes no files, or wants one in a format that is none of these.
func (r request[A]) takes(f table.Format, of ...table.Format) error {
	if slices.Contains(of, f) {
		return r.takesFiles()
	}
	list := make([]string, len(of))
	for i, f := range of {
		list[i] = string(f)
	}
	return fhir.Errorf(fhir.Invalid, "%s writes %s, not %q", r.Name, strings.Join(list, " or "), f)
}

// fill gives the caller a file, which write fills.
func (r request[A]) fill(name string, write func(io.Writer) error) error {
	to, err := r.Give(name)
	if err != nil {
		return err
	}
	return errors.Join(write(to), to.Close())
}

// Needs tells which role may ask for a command through a server. It fails with NotFound
// for a command that there is not.
func (a *App) Needs(name string) (auth.Role, error) {
	h, err := lookUp(name)
	return h.role, err
}

// Run carries out a command. It fails with NotFound for one that there is not.
func (a *App) Run(ctx context.Context, call command.Call, report func(command.Progress)) (command.Result, error) {
	h, err := lookUp(call.Name)
	if err != nil {
		return command.Result{}, err
	}
	value, err := h.safely(ctx, a, call, report)
	if err != nil {
		if fhir.KindOf(err) == fhir.Internal {
			a.log.Error("command failed", "command", call.Name, "err", err)
		}
		return command.Result{}, err
	}
	data, err := json.Marshal(value)
	if err != nil {
		return command.Result{}, fmt.Errorf("write the result of %s: %w", call.Name, err)
	}
	t, ok := value.(troubled)
	return command.Result{Value: data, Problems: ok && t.Problems()}, nil
}

// safely makes an error of a panic, with where it came from.
func (h handler) safely(ctx context.Context, a *App, call command.Call, report func(command.Progress)) (value any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("command %s: %v\n%s", call.Name, p, debug.Stack())
		}
	}()
	return h.run(ctx, a, call, report)
}

func lookUp(name string) (handler, error) {
	h, ok := handlers()[name]
	if !ok {
		return handler{}, fhir.Errorf(fhir.NotFound, "there is no command %q; there are %v", name, slices.Sorted(maps.Keys(handlers())))
	}
	return h, nil
}
