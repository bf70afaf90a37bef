package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// memory is what a process has in memory, in bytes.
type memory struct{ anon, resident int64 }

// memoryOf reads it from /proc.
func memoryOf(pid int) (memory, error) {
	raw, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return memory{}, fmt.Errorf("read memory: %w", err)
	}
	return parseMemory(string(raw))
}

func parseMemory(status string) (m memory, err error) {
	for line := range strings.Lines(status) {
		name, value, _ := strings.Cut(line, ":")
		into := map[string]*int64{"RssAnon": &m.anon, "VmRSS": &m.resident}[name]
		if into == nil {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 10, 64)
		if err != nil {
			return m, fmt.Errorf("read memory: %w", err)
		}
		*into = n << 10
	}
	if m.resident == 0 {
		return m, fmt.Errorf("a process has no memory")
	}
	return m, nil
}

// peak watches a process until ctx ends and returns the most it had of each.
func peak(ctx context.Context, pid int) (most memory) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if m, err := memoryOf(pid); err == nil {
			most.anon, most.resident = max(most.anon, m.anon), max(most.resident, m.resident)
		}
		select {
		case <-ctx.Done():
			return most
		case <-tick.C:
		}
	}
}

// watch begins to watch a server. What it returns ends that and tells the most it had.
func watch(ctx context.Context, server *process) (ended func() memory) {
	ctx, stop := context.WithCancel(ctx)
	most := make(chan memory, 1)
	go func() { most <- peak(ctx, server.cmd.Process.Pid) }()
	return func() memory {
		stop()
		return <-most
	}
}
