package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// plan says how much is measured.
type plan struct {
	program  string        // the real program; built when empty
	dir      string        // for data, on the disk to be measured
	runs     int           // repetitions
	clients  int           // connections at once
	requests int           // requests of each kind of reading, per run
	places   int           // resources to read from
	creating time.Duration // how long creates run, per run
}

func main() {
	if len(os.Args) > 1 {
		if child := children[os.Args[1]]; child != nil {
			end(child(os.Args[2:]))
			return
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if len(os.Args) > 1 && os.Args[1] == "directory" {
		end(directory(ctx, os.Args[2:]))
		return
	}
	if len(os.Args) > 1 && os.Args[1] == "terminology" {
		end(vocabulary(ctx, os.Args[2:]))
		return
	}
	var p plan
	flag.StringVar(&p.program, "program", "", "the program to measure (default: built from the source)")
	flag.StringVar(&p.dir, "dir", ".cache/bench", "folder for data, on the disk to be measured; emptied")
	flag.IntVar(&p.runs, "runs", 5, "repetitions; medians are printed")
	flag.IntVar(&p.clients, "clients", 8, "connections at once")
	flag.IntVar(&p.requests, "requests", 60_000, "read requests of each kind, per run")
	flag.IntVar(&p.places, "places", 20_000, "resources to read from")
	flag.DurationVar(&p.creating, "creating", 3*time.Second, "how long creates run, per run")
	flag.Parse()
	end(bench(ctx, p))
}

func end(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// errMissed is returned when a figure is worse than promised.
var errMissed = errors.New("a promise is missed; see the table")

// bench measures everything and prints the tables.
func bench(ctx context.Context, p plan) error {
	if p.runs < 1 || p.clients < 1 || p.requests < p.clients || p.places < 1 {
		return errors.New("runs, clients, requests and places must be positive, and requests not fewer than clients")
	}
	if err := os.RemoveAll(p.dir); err != nil {
		return fmt.Errorf("empty %s: %w", p.dir, err)
	}
	if err := os.MkdirAll(p.dir, 0o750); err != nil {
		return fmt.Errorf("make %s: %w", p.dir, err)
	}
	if p.program == "" {
		p.program = filepath.Join(p.dir, "masjala")
		if err := build(ctx, p.program); err != nil {
			return err
		}
	}
	reads, err := p.reading(ctx)
	if err != nil {
		return err
	}
	writes, err := p.writing(ctx)
	if err != nil {
		return err
	}
	if report(os.Stdout, machine(), p, reads, writes) {
		return nil
	}
	return errMissed
}

// build builds the program from the source.
func build(ctx context.Context, path string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", path, "./cmd/masjala")
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("build the program: %w", err)
	}
	return nil
}
