package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"masjala/fhir"
)

// folder holds files: what was handed in, named by its hash; findings and outcomes of rows, named
// by the run; and what is being written.
type folder struct{ path string }

func (f folder) originals() string { return filepath.Join(f.path, "originals") }
func (f folder) found() string     { return filepath.Join(f.path, "found") }
func (f folder) incoming() string  { return filepath.Join(f.path, "incoming") }

func (f folder) original(hash string) string { return filepath.Join(f.originals(), hash) }
func (f folder) findings(run string) string  { return filepath.Join(f.found(), run+".issues") }
func (f folder) outcomes(run string) string  { return filepath.Join(f.found(), run+".rows") }

// empty makes the folders, and removes what was being written when the program ended.
func (f folder) empty() error {
	if err := os.RemoveAll(f.incoming()); err != nil {
		return fmt.Errorf("empty the folder of imports: %w", err)
	}
	for _, dir := range []string{f.originals(), f.found(), f.incoming()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("make the folder of imports: %w", err)
		}
	}
	for _, dir := range []string{f.path, filepath.Dir(f.path)} { // or a file that is durable lies in a folder that is not
		if err := syncFolder(dir); err != nil {
			return fmt.Errorf("make the folder of imports: %w", err)
		}
	}
	return nil
}

// Scratch is a folder for files that nobody needs after what is being done. It is emptied whenever a desk
// is opened, so that a process that is killed leaves nothing for long.
func (d *Desk) Scratch() string { return d.files.incoming() }

// create begins a file, which keep or discard ends.
func (f folder) create() (*os.File, error) {
	out, err := os.CreateTemp(f.incoming(), "")
	if err != nil {
		return nil, fmt.Errorf("make a file for an import: %w", full(err))
	}
	return out, nil
}

// keep makes a file durable under a path, where it takes the place of another.
func keep(file *os.File, path string) error {
	err := errors.Join(file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err == nil {
		err = syncFolder(filepath.Dir(path))
	}
	if err != nil {
		os.Remove(file.Name())
		return fmt.Errorf("keep a file of an import: %w", full(err))
	}
	return nil
}

func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	err = dir.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, fs.ErrPermission) || errors.Is(err, errors.ErrUnsupported) {
		err = nil // a system whose folders need none
	}
	return errors.Join(err, dir.Close())
}

// full says that the disk is, or the quota used up, if that is why something could not be written.
func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fhir.Errorf(fhir.Full, "there is no space left on the server's disk for the file; make room and send it again").Because(err)
	}
	return err
}

// Upload is a file that was received but is not yet part of an import.
type Upload struct {
	Hash  string // SHA-256 in hex
	Bytes int64
	file  *os.File // nil: it is not kept, or not any more
	desk  *Desk
}

// Receive takes a file in. The caller gives it to [Desk.Submit] or discards it. What fails while it
// is read fails with the reader's error. All uploads together may take as much as all files: it fails
// with Full when one is received that takes more.
func (d *Desk) Receive(r io.Reader) (*Upload, error) {
	file, err := d.files.create()
	if err != nil {
		return nil, err
	}
	u, h := &Upload{file: file, desk: d}, sha256.New()
	if _, err = io.Copy(io.MultiWriter(arrival{u}, h), r); err != nil {
		u.Discard()
		return nil, full(err)
	}
	u.Hash = hex.EncodeToString(h.Sum(nil))
	return u, nil
}

// arrival writes an upload while there is room.
type arrival struct{ *Upload }

func (a arrival) Write(p []byte) (int, error) {
	a.Bytes += int64(len(p))
	if a.desk.coming.Add(int64(len(p))) > a.desk.o.Space {
		return 0, fhir.Errorf(fhir.Full, "the files of imports may take %d bytes together, and what is being sent takes more; send the file later, or raise imports.space", a.desk.o.Space)
	}
	return a.file.Write(p)
}

// weigh is Receive for a file of which nothing is kept.
func weigh(r io.Reader) (u *Upload, err error) {
	u = &Upload{}
	h := sha256.New()
	if u.Bytes, err = io.Copy(h, r); err != nil {
		return nil, err
	}
	u.Hash = hex.EncodeToString(h.Sum(nil))
	return u, nil
}

// take gives the file of an upload away, nil when it is not kept.
func (u *Upload) take() *os.File {
	file := u.file
	if file != nil {
		u.desk.coming.Add(-u.Bytes)
		u.file = nil
	}
	return file
}

// Discard removes an upload. It does nothing to one that was submitted.
func (u *Upload) Discard() {
	if file := u.take(); file != nil {
		file.Close()
		os.Remove(file.Name())
	}
}

// store keeps an upload as the original of its hash.
func (u *Upload) store(f folder) error {
	path := f.original(u.Hash)
	if _, err := os.Stat(path); err == nil {
		u.Discard()
		return nil
	}
	return keep(u.take(), path)
}

// named gives the file of a hash its own name for a while: sheets of text are called by it. done
// takes the name away.
func (f folder) named(hash, name string) (path string, done func(), err error) {
	dir, err := os.MkdirTemp(f.incoming(), "")
	if err != nil {
		return "", nil, fmt.Errorf("name a file of an import: %w", full(err))
	}
	done = func() { os.RemoveAll(dir) }
	path = filepath.Join(dir, name)
	err = os.Link(f.original(hash), path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // a file system without links
		err = copyFile(f.original(hash), path)
	}
	if err != nil {
		done()
		return "", nil, err
	}
	return path, done, nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return full(errors.Join(err, out.Close()))
}

// Original opens the file of an import as it was given. It fails with Gone when it is not kept any more.
func (d *Desk) Original(t *Task) (*os.File, error) {
	file, err := os.Open(d.files.original(t.Hash))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoFile(t)
	}
	if err != nil {
		return nil, fmt.Errorf("open the file of import %s: %w", t.Run, err)
	}
	return file, nil
}

func errNoFile(t *Task) error {
	return fhir.Errorf(fhir.Gone, "the file %s of the import %s is not kept any more", t.File, t.Run)
}

// Keeps tells whether the file of an import is kept.
func (d *Desk) Keeps(t *Task) bool {
	_, err := os.Stat(d.files.original(t.Hash))
	return err == nil
}
