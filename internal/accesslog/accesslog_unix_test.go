//go:build unix

package accesslog_test

import (
	"bufio"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// A disk that does not take what is written is a pipe that nobody reads.
func TestRequestsDoNotWaitForTheDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "requests.log")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip("no pipes with names here:", err)
	}
	pipe, err := os.OpenFile(path, os.O_RDWR, 0) // else opening to write would wait
	if err != nil {
		t.Fatal(err)
	}
	defer pipe.Close()
	l := open(t, path)
	const many = 5000 // a megabyte; the pipe takes 64 KB
	told := make(chan struct{})
	go func() {
		defer close(told)
		for range many {
			l.Record(entry("/fhir/Location/1"))
		}
	}()
	select {
	case <-told:
	case <-time.After(10 * time.Second):
		t.Error("requests wait for a disk that is busy")
	}
	if err := pipe.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	read := make(chan int)
	go func() {
		n := 0
		for s := bufio.NewScanner(pipe); n < many && s.Scan(); n++ {
		}
		read <- n
	}()
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if n := <-read; n != many {
		t.Errorf("%d lines came, want %d", n, many)
	}
	<-told
}
