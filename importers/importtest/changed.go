package importtest

import (
	"bytes"
	"encoding/csv"
	"os"
	"testing"
)

// Changed writes a copy of a list in CSV with changed rows, and returns its path.
func Changed(t testing.TB, path string, change func(head []string, rows [][]string) [][]string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := csv.NewWriter(&out).WriteAll(append(all[:1:1], change(all[0], all[1:])...)); err != nil {
		t.Fatal(err)
	}
	return File(t, "changed.csv", out.Bytes())
}
