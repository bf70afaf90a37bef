package concept

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// sum is what a file was when the vault was closed.
type sum struct {
	Size int64  `json:"size"`
	CRC  uint32 `json:"crc"`
}

// writtenOnce are the ends of the names of files that Badger writes once, under numbers that it does not
// use again while it is open: tables, and values that are kept beside them.
var writtenOnce = []string{".sst", ".vlog"}

// sumsOf reads every file of a folder but those written once whose sums are known.
func sumsOf(dir string, known map[string]sum) (map[string]sum, error) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	out := map[string]sum{}
	for _, e := range list {
		name := e.Name()
		if s, ok := known[name]; ok && slices.Contains(writtenOnce, filepath.Ext(name)) {
			out[name] = s
			continue
		}
		if out[name], err = sumOf(filepath.Join(dir, name)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func sumOf(name string) (sum, error) {
	f, err := os.Open(name)
	if err != nil {
		return sum{}, err
	}
	defer f.Close()
	h := crc32.New(castagnoli)
	n, err := io.Copy(h, f)
	return sum{n, h.Sum32()}, err
}

// signed is the content of the file of sums, with a checksum of its own.
type signed struct {
	Files json.RawMessage `json:"files"`
	CRC   uint32          `json:"crc"`
}

// writeSums notes what the files of dir are, durably. What is known of files written once is noted
// again: one that is another since then is damaged.
func writeSums(dir, name string, known map[string]sum) error {
	sums, err := sumsOf(dir, known)
	if err != nil {
		return fmt.Errorf("sum up the concept vault: %w", err)
	}
	files, err := json.Marshal(sums)
	if err != nil {
		return err
	}
	text, err := json.Marshal(signed{files, crc32.Checksum(files, castagnoli)})
	if err != nil {
		return err
	}
	return replace(name, func(f *os.File) error {
		_, err := f.Write(text)
		return err
	})
}

// checkSums reads the files of dir and returns their sums. It fails unless they are those noted.
// A folder that is not there, or empty, is right without notes.
func checkSums(dir, name string) (map[string]sum, error) {
	have, err := sumsOf(dir, nil)
	if errors.Is(err, os.ErrNotExist) || err == nil && len(have) == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil, errors.New("it was not closed")
	}
	if err != nil {
		return nil, err
	}
	var s signed
	var want map[string]sum
	if json.Unmarshal(text, &s) != nil || crc32.Checksum(s.Files, castagnoli) != s.CRC || json.Unmarshal(s.Files, &want) != nil {
		return nil, errors.New("the file of sums is damaged")
	}
	if !maps.Equal(have, want) {
		return nil, errors.New("its files changed since it was closed")
	}
	return have, nil
}

// replace writes a file beside name, makes it durable and gives it the name.
func replace(name string, write func(*os.File) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // in vain once renamed
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err == nil {
		err = syncDir(filepath.Dir(name))
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(name), err)
	}
	return nil
}
