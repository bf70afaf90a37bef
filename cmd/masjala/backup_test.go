package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"masjala/internal/app"
)

// A backup made while the server runs, put into an empty directory, answers as the original.
func TestBackupIsRestoredByCopying(t *testing.T) {
	data, restored := t.TempDir(), t.TempDir()
	serveProgram(t, data, "--open")
	done(t, "import", "codes", write(t, "cadres.csv", codesCSV), "--data", data)
	var made app.BackedUp
	if err := json.Unmarshal([]byte(done(t, "backup", "--data", data, "--json")), &made); err != nil {
		t.Fatal(err)
	}
	if filepath.Dir(made.File) != filepath.Join(data, "backups") || made.Bytes == 0 || made.Seq == 0 {
		t.Errorf("got %+v, want a file in the folder backups with all changes", made)
	}
	copied, err := os.ReadFile(made.File)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(restored, "masjala.db"), copied, 0o600); err != nil {
		t.Fatal(err)
	}
	want := done(t, "lookup", "urn:masjala:codes:cadres", "RN", "--json", "--data", data)
	if got := done(t, "lookup", "urn:masjala:codes:cadres", "RN", "--json", "--data", restored); got != want {
		t.Errorf("the restored directory answers %s, want %s", got, want)
	}
}

func TestBackupStaysInItsFolder(t *testing.T) {
	data := t.TempDir()
	done(t, "token", "create", "--role", "reader", "--name", "a", "--data", data)
	for _, name := range []string{"../out.db", "/tmp/out.db", "..", "."} {
		if got := masjala(t, "backup", "--name", name, "--data", data); got.status != statusFailed {
			t.Errorf("--name %s: status %d, want %d", name, got.status, statusFailed)
		}
	}
	done(t, "backup", "--name", "once.db", "--data", data)
	if got := masjala(t, "backup", "--name", "once.db", "--data", data); got.status != statusFailed {
		t.Errorf("a second backup of a name: status %d, want %d", got.status, statusFailed)
	}
}
