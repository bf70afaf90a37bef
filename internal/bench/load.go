package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"
)

// sample is what one measurement gave.
type sample struct {
	requests      int
	elapsed       time.Duration
	cpu           time.Duration // of the server
	p50, p95, p99 time.Duration
}

func (s sample) perRequest() time.Duration { return s.cpu / time.Duration(max(s.requests, 1)) }

func (s sample) rate() float64 { return float64(s.requests) / s.elapsed.Seconds() }

// client sends requests on one connection that stays open, one after the other.
type client struct {
	conn   net.Conn
	in     *bufio.Reader
	answer []byte
	whole  bool // keep answers of any length, not only short ones
}

func dial(ctx context.Context, address string) (*client, error) {
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return &client{conn: conn, in: bufio.NewReaderSize(conn, 64<<10)}, nil
}

// do sends a request as it is and reads the answer; its status is returned.
func (c *client) do(request []byte) (int, error) {
	if err := c.conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return 0, err
	}
	if _, err := c.conn.Write(request); err != nil {
		return 0, err
	}
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if len(line) < 12 {
		return 0, fmt.Errorf("an answer starts with %q", line)
	}
	status, err := strconv.Atoi(string(line[9:12]))
	if err != nil {
		return 0, fmt.Errorf("an answer starts with %q", line)
	}
	length := -1
	for {
		if line, err = c.in.ReadSlice('\n'); err != nil {
			return 0, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		if name, value, ok := bytes.Cut(line, []byte(":")); ok && bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return 0, fmt.Errorf("a length of %q", value)
			}
		}
	}
	if length < 0 {
		return 0, fmt.Errorf("an answer of status %d has no length", status)
	}
	return status, c.body(length)
}

// body reads the body of an answer; a short one is kept for messages, and any if whole.
func (c *client) body(length int) error {
	c.answer = c.answer[:0]
	if length <= 1000 || c.whole {
		c.answer = slices.Grow(c.answer, length)[:length]
		for got := 0; got < length; {
			n, err := c.in.Read(c.answer[got:])
			if err != nil {
				return err
			}
			got += n
		}
		return nil
	}
	_, err := c.in.Discard(length)
	return err
}

// job makes the requests of one connection: the i-th request, nil when there is no more.
// The slice is used before the next call.
type job func(i int) []byte

// drive sends the requests of all jobs, each on its own connection, and measures the
// processor time of the server meanwhile. Every answer must have the status want.
func drive(ctx context.Context, server *process, want int, jobs []job) (sample, error) {
	clients := make([]*client, len(jobs))
	for i := range clients {
		c, err := dial(ctx, server.address)
		if err != nil {
			return sample{}, err
		}
		defer c.conn.Close()
		clients[i] = c
	}
	before, err := processor(server.cmd.Process.Pid)
	if err != nil {
		return sample{}, err
	}
	times := make([][]time.Duration, len(jobs))
	errs := make([]error, len(jobs))
	var wg sync.WaitGroup
	begin := time.Now()
	for i := range jobs {
		wg.Go(func() { times[i], errs[i] = clients[i].run(ctx, want, jobs[i]) })
	}
	wg.Wait()
	s := sample{elapsed: time.Since(begin)}
	after, err := processor(server.cmd.Process.Pid)
	for _, e := range append(errs, err) {
		if e != nil {
			return sample{}, e
		}
	}
	all := slices.Concat(times...)
	slices.Sort(all)
	s.requests, s.cpu = len(all), after-before
	s.p50, s.p95, s.p99 = percentile(all, 50), percentile(all, 95), percentile(all, 99)
	return s, nil
}

// driveFor has some clients send requests for a while.
func driveFor(ctx context.Context, each time.Duration, server *process, want, clients int, of func(client int) job) (sample, error) {
	jobs := make([]job, clients)
	until := time.Now().Add(each)
	for i := range jobs {
		next := of(i)
		jobs[i] = func(i int) []byte {
			if time.Now().After(until) {
				return nil
			}
			return next(i)
		}
	}
	return drive(ctx, server, want, jobs)
}

func (c *client) run(ctx context.Context, want int, next job) (times []time.Duration, err error) {
	for i := 0; ctx.Err() == nil; i++ {
		request := next(i)
		if request == nil {
			return times, nil
		}
		begin := time.Now()
		status, err := c.do(request)
		if err != nil {
			return nil, err
		}
		times = append(times, time.Since(begin))
		if status != want {
			return nil, fmt.Errorf("status %d instead of %d: %s", status, want, c.answer)
		}
	}
	return nil, ctx.Err()
}

// percentile returns the value below which so many of a hundred sorted values lie.
func percentile(sorted []time.Duration, of int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)*of/100, len(sorted)-1)]
}
