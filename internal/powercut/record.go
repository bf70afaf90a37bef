package powercut

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// calls are the system calls that are recorded.
const calls = "open,openat,creat,close,write,pwrite64,writev,pwritev,pwritev2,lseek,fsync,fdatasync,sync_file_range," +
	"ftruncate,truncate,fallocate,unlink,unlinkat,rename,renameat,renameat2,mkdir,mkdirat,mmap,dup,dup2,dup3,link,linkat"

// Trace is what a program did to the files below a directory, and what it printed.
type Trace struct {
	root   string
	events []event
	mapped map[string]bool
}

// Record runs a program to its end under strace and returns what it did below root. The
// test is skipped when strace is not installed, or is not allowed to trace.
func Record(t testing.TB, root string, cmd *exec.Cmd) *Trace {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed; install the Debian package strace to run this test")
	}
	if err := exec.Command(strace, "-qq", "-o", os.DevNull, "true").Run(); err != nil {
		t.Skipf("strace may not trace here: %v", err)
	}
	out := filepath.Join(t.TempDir(), "trace")
	args := []string{strace, "-f", "-qq", "-xx", "-s", "16777216", "-e", "trace=" + calls, "-e", "signal=none", "-o", out, "--", cmd.Path}
	traced := exec.Command(strace, append(args[1:], cmd.Args[1:]...)...)
	traced.Env, traced.Dir = cmd.Env, cmd.Dir
	var printed bytes.Buffer
	traced.Stdout, traced.Stderr = &printed, &printed
	if err := traced.Run(); err != nil {
		t.Fatalf("run under strace: %v\n%s", err, printed.Bytes())
	}
	tr := &Trace{root: root, mapped: map[string]bool{}}
	if err := tr.read(out); err != nil {
		t.Fatal(err)
	}
	return tr
}

// Mapped lists the files below the root that were mapped for writing.
func (tr *Trace) Mapped() []string {
	var list []string
	for p := range tr.mapped {
		list = append(list, p)
	}
	return list
}

// read parses the output of strace. A call that another thread interrupts comes in two
// lines: it begins at the first and has its effect at the second.
func (tr *Trace) read(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	begun := map[string]string{} // by thread: the first half of its call
	r := bufio.NewReaderSize(f, 1<<20)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return nil // the end
		}
		thread, text, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if !ok {
			continue
		}
		text = strings.TrimLeft(text, " ")
		if first, ok := strings.CutSuffix(text, " <unfinished ...>"); ok {
			begun[thread] = first
			tr.begin(thread, first)
			continue
		}
		if strings.HasPrefix(text, "<... ") {
			_, rest, _ := strings.Cut(text, " resumed>")
			text = begun[thread] + rest
			delete(begun, thread)
			tr.end(thread, text)
			continue
		}
		tr.begin(thread, text)
		tr.end(thread, text)
	}
}

// event is the beginning or the end of a call.
type event struct {
	thread string
	ends   bool
	name   string
	args   []string // strings decoded
	result int64
}

func (tr *Trace) begin(thread, text string) {
	name, rest, ok := strings.Cut(text, "(")
	switch {
	case !ok:
		return
	case name == "write" && strings.HasPrefix(rest, "1,"): // a line is printed when the call begins
	case name == "fsync" || name == "fdatasync":
		rest, _, _ = strings.Cut(rest, ")")
	default:
		return
	}
	tr.events = append(tr.events, event{thread: thread, name: name, args: arguments(rest)})
}

func (tr *Trace) end(thread, text string) {
	name, rest, ok := strings.Cut(text, "(")
	at := strings.LastIndex(rest, " = ")
	if !ok || at < 0 {
		return
	}
	result, failed := number(rest[at+len(" = "):])
	if failed {
		return
	}
	tr.events = append(tr.events, event{thread: thread, ends: true, name: name, args: arguments(strings.TrimSuffix(strings.TrimRight(rest[:at], " "), ")")), result: result})
}
