package powercut

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// Disk is the state of the files at one moment: what the program sees, and what a power
// cut would leave.
type Disk struct {
	root    string
	names   map[string]*file // what the program sees
	durable map[string]*file // names that were synced with their directory
	open    map[int64]*handle
	syncing map[string]int // by thread: how many changes of the file its sync makes durable
	mapped  map[string]bool
}

// file is one file, whatever its name. changes were not synced yet.
type file struct {
	dir     string // of a directory: its path
	synced  []byte
	before  int   // how many changes went into synced
	size    int64 // as the program sees it
	changes []change
}

// change is a write, or a truncation when data is nil.
type change struct {
	at   int64
	data []byte
}

type handle struct {
	file   *file
	path   string
	offset int64
	append bool
}

// Replay goes through the trace and calls fn for each line that the program printed, with
// the state of the disk when it began to print it. An error of fn ends it.
func (tr *Trace) Replay(fn func(line string, d *Disk) error) error {
	d := &Disk{root: tr.root, names: map[string]*file{}, durable: map[string]*file{}, open: map[int64]*handle{}, syncing: map[string]int{}, mapped: tr.mapped}
	for i := range tr.events {
		e := &tr.events[i]
		if e.ends {
			d.apply(e)
			continue
		}
		if e.name != "write" {
			if h := d.open[integer(e.args[0])]; h != nil {
				d.syncing[e.thread] = h.file.before + len(h.file.changes)
			}
			continue
		}
		if len(e.args) < 2 || e.args[0] != "1" {
			continue
		}
		for line := range strings.Lines(e.args[1]) {
			if err := fn(strings.TrimSuffix(line, "\n"), d); err != nil {
				return err
			}
		}
	}
	return nil
}

// apply changes the state by a call that succeeded.
func (d *Disk) apply(e *event) {
	arg := func(i int) string {
		if i < len(e.args) {
			return e.args[i]
		}
		return ""
	}
	h := d.open[integer(arg(0))]
	switch e.name {
	case "open", "creat":
		d.opened(arg(0), arg(1)+e.name, e.result)
	case "openat":
		d.opened(arg(1), arg(2), e.result)
	case "close":
		delete(d.open, integer(arg(0)))
	case "dup", "dup2", "dup3":
		if h != nil {
			d.open[e.result] = h
		}
	case "unlink":
		delete(d.names, arg(0))
	case "unlinkat":
		delete(d.names, arg(1))
	case "rename":
		d.rename(arg(0), arg(1))
	case "renameat", "renameat2":
		d.rename(arg(1), arg(3))
	case "truncate":
		if f := d.names[arg(0)]; f != nil {
			f.truncate(integer(arg(1)))
		}
	case "mmap":
		if h := d.open[integer(arg(4))]; h != nil && strings.Contains(arg(3), "MAP_SHARED") && strings.Contains(arg(2), "PROT_WRITE") {
			d.mapped[h.path] = true
		}
	default:
		if h != nil {
			d.change(e, h, arg)
		}
	}
}

// change applies a call on an open file.
func (d *Disk) change(e *event, h *handle, arg func(int) string) {
	switch e.name {
	case "write":
		if h.append {
			h.offset = h.file.size
		}
		h.file.write(h.offset, arg(1)[:min(e.result, int64(len(arg(1))))])
		h.offset += e.result
	case "pwrite64":
		h.file.write(integer(arg(3)), arg(1)[:min(e.result, int64(len(arg(1))))])
	case "lseek":
		h.offset = e.result
	case "ftruncate":
		h.file.truncate(integer(arg(1)))
	case "fallocate":
		if end := integer(arg(2)) + integer(arg(3)); end > h.file.size && !strings.Contains(arg(1), "KEEP_SIZE") {
			h.file.truncate(end)
		}
	case "fsync", "fdatasync":
		d.sync(h.file, d.syncing[e.thread])
	case "writev", "pwritev", "pwritev2":
		panic("powercut: " + e.name + " is not followed")
	}
}

func (d *Disk) opened(path, flags string, fd int64) {
	if path != d.root && !strings.HasPrefix(path, d.root+"/") {
		delete(d.open, fd)
		return
	}
	f := d.names[path]
	switch {
	case f == nil && (strings.Contains(flags, "O_DIRECTORY") || !strings.Contains(flags, "O_CREAT") && !strings.Contains(flags, "creat")):
		f = &file{dir: path}
	case f == nil:
		f = &file{}
		d.names[path] = f
	case strings.Contains(flags, "O_TRUNC"):
		f.truncate(0)
	}
	d.open[fd] = &handle{file: f, path: path, append: strings.Contains(flags, "O_APPEND")}
}

func (d *Disk) rename(from, to string) {
	if f := d.names[from]; f != nil {
		delete(d.names, from)
		d.names[to] = f
	}
}

// sync makes the changes of a file durable up to number upTo, or the names in a directory.
func (d *Disk) sync(f *file, upTo int) {
	if f.dir == "" {
		n := max(0, min(upTo-f.before, len(f.changes)))
		for _, c := range f.changes[:n] {
			f.synced = c.apply(f.synced)
		}
		f.changes = append([]change(nil), f.changes[n:]...)
		f.before += n
		return
	}
	maps.DeleteFunc(d.durable, func(path string, _ *file) bool { return filepath.Dir(path) == f.dir })
	for path, other := range d.names {
		if filepath.Dir(path) == f.dir {
			d.durable[path] = other
		}
	}
}

func (f *file) write(at int64, data string) {
	f.changes = append(f.changes, change{at, []byte(data)})
	f.size = max(f.size, at+int64(len(data)))
}

func (f *file) truncate(size int64) {
	f.changes = append(f.changes, change{at: size})
	f.size = size
}

// apply returns content with the change made.
func (c change) apply(content []byte) []byte {
	end := c.at + int64(len(c.data))
	if grow := end - int64(len(content)); grow > 0 {
		content = append(content, make([]byte, grow)...)
	}
	if c.data == nil {
		return content[:c.at]
	}
	copy(content[c.at:], c.data)
	return content
}

// Restore writes to dir what a power cut at this moment would leave. With a source of
// chance, some of the writes that were not synced survive, in any combination.
func (d *Disk) Restore(dir string, chance *rand.Rand) error {
	for path, f := range d.durable {
		content := append([]byte(nil), f.synced...)
		for _, c := range f.changes {
			if chance != nil && chance.IntN(2) == 0 {
				content = c.apply(content)
			}
		}
		to := filepath.Join(dir, strings.TrimPrefix(path, d.root))
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return fmt.Errorf("restore: %w", err)
		}
		if err := os.WriteFile(to, content, 0o600); err != nil {
			return fmt.Errorf("restore: %w", err)
		}
	}
	return nil
}
