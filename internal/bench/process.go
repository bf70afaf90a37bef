package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a server in a process of its own.
type process struct {
	cmd     *exec.Cmd
	address string // host:port
	drained chan struct{}
}

// start runs a program that prints one JSON line with the URL it serves, and waits for it.
func start(ctx context.Context, name string, args ...string) (*process, error) {
	return startTelling(ctx, os.Stderr, name, args...)
}

// startTelling is start for a program whose messages go to a file.
func startTelling(ctx context.Context, messages *os.File, name string, args ...string) (*process, error) {
	p := &process{cmd: exec.CommandContext(ctx, name, args...), drained: make(chan struct{})}
	p.cmd.Stderr = messages
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	lines := bufio.NewReader(out)
	line, err := lines.ReadBytes('\n')
	go func() {
		defer close(p.drained)
		io.Copy(io.Discard, lines) // ends with the process
	}()
	var said struct{ URL string }
	if err == nil {
		err = json.Unmarshal(line, &said)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s did not say where it serves: %w", name, err), p.stop())
	}
	p.address = strings.TrimPrefix(said.URL, "http://")
	return p, nil
}

// startSigned starts the program on a data directory as it is used: with sign-in, metrics and
// a log of requests. The header returned ends a request.
func startSigned(ctx context.Context, program, data, requests, log string) (*process, []byte, error) {
	messages, err := os.Create(log)
	if err != nil {
		return nil, nil, err
	}
	defer messages.Close()
	server, err := startTelling(ctx, messages, program, "serve", "--data", data, "--listen", "127.0.0.1:0", "--json",
		"--log-level", "warn", "--log-requests", requests)
	if err != nil {
		return nil, nil, fmt.Errorf("%w; see %s", err, messages.Name())
	}
	var note struct{ Token string }
	raw, err := os.ReadFile(filepath.Join(data, "server.json"))
	if err == nil {
		err = json.Unmarshal(raw, &note)
	}
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("read the token: %w", err), server.stop())
	}
	return server, []byte(" HTTP/1.1\r\nHost: bench\r\nAccept: application/fhir+json\r\nAuthorization: Bearer " + note.Token + "\r\n\r\n"), nil
}

// stop asks the process to end and waits for it.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-p.drained
	err := p.cmd.Wait()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return nil // the baselines end by the signal
	}
	return err
}

// tick is the unit of the times in /proc/<pid>/stat: Linux shows 100 a second everywhere.
const tick = 10 * time.Millisecond

// processor returns the processor time that a process has used, in user and system mode.
func processor(pid int) (time.Duration, error) {
	raw, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0, fmt.Errorf("read processor time: %w", err)
	}
	return processorTime(string(raw))
}

// processorTime reads utime and stime, fields 14 and 15; the name in parentheses, field 2,
// may hold anything.
func processorTime(stat string) (time.Duration, error) {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0, fmt.Errorf("a process is described by %d fields", len(fields))
	}
	var sum time.Duration
	for _, f := range fields[11:13] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("read processor time: %w", err)
		}
		sum += time.Duration(n) * tick
	}
	return sum, nil
}
