package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// announceFile is the file in the data directory that says where its server is.
const announceFile = "server.json"

// Announcement is what server.json holds while a server runs.
type Announcement struct {
	URL     string    `json:"url"`   // address for commands, on this machine
	Token   string    `json:"token"` // bearer token with all rights, valid while the server runs
	Listen  string    `json:"listen"`
	PID     int       `json:"pid"`
	Version string    `json:"version"`
	Started time.Time `json:"started"`
}

// announce writes server.json, readable by its owner only, in one step.
func announce(dir string, a Announcement) error {
	data, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", announceFile, err)
	}
	temp, err := os.CreateTemp(dir, announceFile+".*") // mode 0600
	if err != nil {
		return fmt.Errorf("write %s: %w", announceFile, err)
	}
	_, err = temp.Write(append(data, '\n'))
	if err = errors.Join(err, temp.Close()); err == nil {
		err = os.Rename(temp.Name(), filepath.Join(dir, announceFile))
	}
	if err != nil {
		os.Remove(temp.Name())
		return fmt.Errorf("write %s: %w", announceFile, err)
	}
	return nil
}

// withdraw removes server.json; that there is none is fine.
func withdraw(dir string) error {
	err := os.Remove(filepath.Join(dir, announceFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// RunningServer returns the announcement of the server that holds a data directory, nil if
// none does. A file left behind by a server that was killed is told by the free lock.
func RunningServer(dir string) (*Announcement, error) {
	data, err := os.ReadFile(filepath.Join(dir, announceFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", announceFile, err)
	}
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open the lock of the data directory: %w", err)
	}
	defer f.Close()
	held, err := tryLock(f)
	if err != nil {
		return nil, fmt.Errorf("try the lock of the data directory: %w", err)
	}
	if !held {
		return nil, nil
	}
	a := &Announcement{}
	if err := json.Unmarshal(data, a); err != nil {
		return nil, fmt.Errorf("read %s: %w", announceFile, err)
	}
	return a, nil
}
