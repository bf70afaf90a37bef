package accesslog

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	"masjala/fhir"
)

const (
	flushEvery = time.Second
	flushFrom  = 256 << 10 // bytes
	mostKept   = 8 << 20   // bytes that wait for the disk; who adds more waits with them
	keptSpare  = 1 << 20   // bytes of a buffer that is used again
)

// Entry is what is told of a request. Its slices are not kept.
type Entry struct {
	Time    time.Time // when it came
	Took    time.Duration
	Method  []byte
	Path    []byte
	Status  int
	Bytes   int    // of the body of the answer
	Actor   string // name of the token; empty when nobody signed in
	Request []byte // X-Request-Id
}

// Log appends entries to a file. It is safe for concurrent use.
type Log struct {
	path  string
	onErr func(error)

	mu  sync.Mutex
	buf []byte

	writing sync.Mutex // held while file is used; taken before mu
	file    *os.File
	spare   []byte // becomes buf when that is written
	failed  bool   // the last write failed and was told of

	wake chan struct{} // much has gathered
	end  chan struct{}
	done sync.WaitGroup
}

// Open opens a log that appends to the file at path, which is made when it is not there.
// onErr, if not nil, is told when lines are lost because the file cannot be written, once
// until it can again.
func Open(path string, onErr func(error)) (*Log, error) {
	l := &Log{path: path, onErr: onErr, wake: make(chan struct{}, 1), end: make(chan struct{})}
	if err := l.reopen(); err != nil {
		return nil, err
	}
	l.done.Go(l.run)
	return l, nil
}

// Record adds an entry. It does not wait for the disk, which may be busy for seconds while
// large content is stored, but when megabytes have gathered.
func (l *Log) Record(e *Entry) {
	l.mu.Lock()
	l.append(e)
	n := len(l.buf)
	l.mu.Unlock()
	switch {
	case n >= mostKept:
		l.flush(mostKept)
	case n >= flushFrom:
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
}

// append appends the line of an entry to the buffer.
func (l *Log) append(e *Entry) {
	b := append(l.buf, `{"time":"`...)
	b = fhir.AppendInstant(b, e.Time)
	b = append(b, `","method":`...)
	b = appendText(b, e.Method)
	b = append(b, `,"path":`...)
	b = appendText(b, e.Path)
	b = append(b, `,"status":`...)
	b = strconv.AppendInt(b, int64(e.Status), 10)
	b = append(b, `,"bytes":`...)
	b = strconv.AppendInt(b, int64(e.Bytes), 10)
	b = append(b, `,"ms":`...)
	b = appendMillis(b, e.Took)
	if e.Actor != "" {
		b = append(b, `,"actor":`...)
		b = fhir.AppendString(b, e.Actor)
	}
	b = append(b, `,"request":`...)
	b = appendText(b, e.Request)
	l.buf = append(b, "}\n"...)
}

// appendMillis appends a duration in milliseconds, to the microsecond.
func appendMillis(b []byte, d time.Duration) []byte {
	us := d.Microseconds()
	b = strconv.AppendInt(b, us/1000, 10)
	n := us % 1000
	return append(b, '.', byte('0'+n/100), byte('0'+n/10%10), byte('0'+n%10))
}

// appendText appends a JSON string.
func appendText(b, s []byte) []byte {
	for _, c := range s {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			return fhir.AppendString(b, string(s))
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// run writes what has gathered, once a second and when it is much, until Close.
func (l *Log) run() {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-l.end:
			return
		case <-l.wake:
			l.flush(flushFrom)
		case <-tick.C:
			l.flush(0)
		}
	}
}

// flush writes what has gathered, if there is that much.
func (l *Log) flush(least int) {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.mu.Lock()
	if len(l.buf) < least || len(l.buf) == 0 {
		l.mu.Unlock()
		return
	}
	out := l.buf
	l.buf = l.spare[:0]
	l.mu.Unlock()
	if l.spare = out; cap(out) > keptSpare {
		l.spare = nil
	}
	err := l.follow()
	if err == nil {
		_, err = l.file.Write(out)
	}
	if err != nil && !l.failed && l.onErr != nil {
		l.onErr(fmt.Errorf("write the log of requests: %w", err))
	}
	l.failed = err != nil
}

// follow makes a new file when the one at the path is no longer ours.
func (l *Log) follow() error {
	ours, err := l.file.Stat()
	if err != nil {
		return err
	}
	if there, err := os.Stat(l.path); err == nil && os.SameFile(ours, there) {
		return nil
	}
	return l.reopen()
}

func (l *Log) reopen() error {
	f, err := os.OpenFile(l.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open the log of requests: %w", err)
	}
	if l.file != nil {
		err = l.file.Close()
	}
	l.file = f
	return err
}

// Close writes what has gathered and closes the file. Nothing may be recorded afterwards.
func (l *Log) Close() error {
	close(l.end)
	l.done.Wait()
	l.flush(0)
	l.writing.Lock()
	defer l.writing.Unlock()
	failed := error(nil)
	if l.failed {
		failed = errors.New("the last lines of the log of requests are lost")
	}
	return errors.Join(failed, l.file.Close())
}
