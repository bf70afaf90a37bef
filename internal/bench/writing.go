package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"time"
)

// writings are the samples of creates and of the bare loop, one each per run.
type writings struct{ creates, bare []sample }

// writing measures creates through HTTP, then has a bare loop commit the rows they left.
func (p plan) writing(ctx context.Context) (out writings, err error) {
	for run := range p.runs {
		name := "writing" + strconv.Itoa(run)
		s, err := p.creates(ctx, name)
		if err != nil {
			return out, fmt.Errorf("create: %w", err)
		}
		out.creates = append(out.creates, s)
		s, err = p.replay(ctx, filepath.Join(p.dir, name, "masjala.db"))
		if err != nil {
			return out, fmt.Errorf("commit the same rows: %w", err)
		}
		out.bare = append(out.bare, s)
		if err := os.RemoveAll(filepath.Join(p.dir, name)); err != nil {
			return out, err
		}
	}
	return out, nil
}

// creates has all clients create places for a while.
func (p plan) creates(ctx context.Context, name string) (s sample, err error) {
	server, err := p.serve(ctx, name)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	var number atomic.Int64
	until := time.Now().Add(p.creating)
	jobs := make([]job, p.clients)
	for c := range jobs {
		var body, request []byte
		jobs[c] = func(int) []byte {
			if time.Now().After(until) {
				return nil
			}
			body = place(body[:0], int(number.Add(1)), "")
			request = post(request[:0], "/fhir/Location", body)
			return request
		}
	}
	return drive(ctx, server, 201, jobs)
}

// replayed is what the process of the bare loop prints.
type replayed struct {
	Resources              int
	Elapsed, CPU, P50, P99 time.Duration
}

// replay has a process of its own commit the rows of a file to a new one.
func (p plan) replay(ctx context.Context, from string) (sample, error) {
	self, err := os.Executable()
	if err != nil {
		return sample{}, err
	}
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, self, "bare-commits", from, filepath.Join(filepath.Dir(from), "bare.db"), strconv.Itoa(p.clients))
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	if err := cmd.Run(); err != nil {
		return sample{}, err
	}
	var r replayed
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		return sample{}, fmt.Errorf("read the result of the bare loop: %w", err)
	}
	return sample{requests: r.Resources, elapsed: r.Elapsed, cpu: r.CPU, p50: r.P50, p99: r.P99}, nil
}
