package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

func TestMatch(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	a := file("a.csv", "Name,District\nGede Dispensary,Kilifi\n=Malindi Hospital,Kilifi\nLamu Clinic,Lamu\n")
	b := file("b.csv", "Name,District\nMalindi Hosp,Kilifi\nGede Disp,Kilifi\n")
	out := filepath.Join(dir, "pairs.csv")
	got := masjala(t, "match", a, b, "--output", out, "--json", "--data", filepath.Join(dir, "none"))
	if gjson.Get(got.out, "pairs.#").Int() != 2 || gjson.Get(got.out, "a.rows").Int() != 3 {
		t.Fatalf("%+v", got)
	}
	forOwner(t, out)
	text, err := os.ReadFile(out)
	if err != nil || !strings.Contains(string(text), "2,Gede Dispensary,3,Gede Disp,") || !strings.Contains(string(text), "'=Malindi Hospital") || !strings.HasPrefix(string(text), "\ufeffa,name a,") {
		t.Errorf("%s, %v", text, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "none")); err == nil {
		t.Error("a data directory was made")
	}
	if got := masjala(t, "match", a); !strings.Contains(got.out, "itself") {
		t.Errorf("one list: %+v", got)
	}
	data := filepath.Join(dir, "data")
	done(t, "import", "facilities", a, "--data", data)
	if got := masjala(t, "match", "--data", data, "--json"); gjson.Get(got.out, "a.rows").Int() != 3 {
		t.Errorf("the registry: %+v", got)
	}
	for name, line := range map[string][]string{"three files": {"match", a, b, a}, "no such file": {"match", a, "none.csv"}, "no such mapping": {"match", a, "--map-a", "none.yaml"}} {
		if got := masjala(t, line...); got.status != statusUsage {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
