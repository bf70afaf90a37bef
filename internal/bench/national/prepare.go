package national

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"masjala/store/sqlite"
)

// manifestFile says in a data directory what it was filled with.
const manifestFile = "national.json"

// manifest tells whether a directory holds the country that is wanted.
type manifest struct {
	Size
	Print    string `json:"fingerprint"` // of some of the resources: it changes when they are made otherwise
	Complete bool   `json:"complete"`
}

// fingerprint is a hash over some resources of each kind.
func (c *Country) fingerprint() string {
	h := sha256.New()
	var b []byte
	for k := range kinds {
		for n := range min(c.Count(k), 100) {
			b = c.Append(b[:0], k, n)
			h.Write(b)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Prepare sees to it that a data directory holds the country. One that was filled with the
// same is kept, also if it was written to since; one that was filled with another, or not
// to the end, is made anew. It fails when the directory holds something else. Made tells
// whether it was filled now.
func Prepare(ctx context.Context, dir string, c *Country, progress func(done int)) (made bool, err error) {
	want := manifest{Size: c.Size, Print: c.fingerprint(), Complete: true}
	have, err := readManifest(dir)
	if err != nil || have == want {
		return false, err
	}
	if err := os.RemoveAll(dir); err != nil {
		return false, fmt.Errorf("empty %s: %w", dir, err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return false, fmt.Errorf("make %s: %w", dir, err)
	}
	begun := want
	begun.Complete = false
	if err := begun.write(dir); err != nil {
		return false, err
	}
	s, err := sqlite.Open(dir, sqlite.Options{WriteBytes: 512 << 20, NoIndex: true})
	if err != nil {
		return false, err
	}
	if err := errors.Join(Load(ctx, s, c, progress), s.Close()); err != nil {
		return false, fmt.Errorf("fill %s: %w", dir, err)
	}
	return true, want.write(dir)
}

// readManifest reads what a directory was filled with: nothing when it is not there or
// empty. It fails when somebody else's files are in it.
func readManifest(dir string) (m manifest, err error) {
	raw, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if err == nil {
		return m, json.Unmarshal(raw, &m)
	}
	files, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err == nil && len(files) > 0 {
		err = fmt.Errorf("%s is not empty and was not made by this program; name another folder", dir)
	}
	return m, err
}

func (m manifest) write(dir string) error {
	raw, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, manifestFile), append(raw, '\n'), 0o600)
}
