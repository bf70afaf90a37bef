package archtest_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"masjala/internal/testutil"
)

// listed is what go list tells of a package.
type listed struct {
	ImportPath, Dir, Name, Doc string
	Standard                   bool
	GoFiles, Imports           []string
}

// path returns the path of the package in the module: "fhir/search".
func (p listed) path() string { return strings.TrimPrefix(p.ImportPath, module) }

var packages = sync.OnceValues(func() ([]listed, error) {
	root, err := testutil.ModuleRoot()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Dir,Name,Doc,GoFiles,Imports", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	var all []listed
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
})

func every(t *testing.T) []listed {
	t.Helper()
	all, err := packages()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 10 {
		t.Fatalf("go list found only %d packages", len(all))
	}
	return all
}

// within tells whether a package lies at or below a path; "" holds everything.
func within(pkg, path string) bool {
	return path == "" || pkg == path || strings.HasPrefix(pkg, path+"/")
}

// owner returns the longest path of the table that a package lies below.
func owner(pkg string) string {
	best := ""
	for path := range allowed {
		if within(pkg, path) && len(path) > len(best) {
			best = path
		}
	}
	return best
}

// may tells whether one of our packages may import another: one of the same entry, or one
// below a path that its entry lists.
func may(from, to string) bool {
	mine := owner(from)
	if slices.Contains(wholes, owner(to)) {
		return slices.Contains(wholes, mine) || slices.Contains(allowed[mine], owner(to))
	}
	return owner(to) == mine || slices.ContainsFunc(allowed[mine], func(path string) bool { return within(to, path) })
}

func TestOurImports(t *testing.T) {
	for _, p := range every(t) {
		if owner(p.path()) == "" {
			t.Errorf("%s has no place in the table of docs/architecture.md", p.ImportPath)
			continue
		}
		for _, imp := range p.Imports {
			if to, ours := strings.CutPrefix(imp, module); ours && !may(p.path(), to) {
				t.Errorf("%s imports %s: %s may import only %v", p.ImportPath, imp, owner(p.path()), allowed[owner(p.path())])
			}
		}
	}
}

func TestOutsideImports(t *testing.T) {
	for _, p := range every(t) {
		for _, imp := range p.Imports {
			host, _, _ := strings.Cut(imp, "/")
			if strings.HasPrefix(imp, module) || !strings.Contains(host, ".") {
				continue
			}
			lib := ""
			for path := range onlyIn {
				if within(imp, path) {
					lib = path
				}
			}
			if lib == "" {
				t.Errorf("%s imports %s, which has no place in the table", p.ImportPath, imp)
				continue
			}
			if !slices.ContainsFunc(onlyIn[lib], func(path string) bool { return within(p.path(), path) }) {
				t.Errorf("%s imports %s: only %v may", p.ImportPath, imp, onlyIn[lib])
			}
		}
	}
}

// The rules themselves, so that a slip in them shows.
func TestMay(t *testing.T) {
	tests := map[string]struct {
		from, to string
		want     bool
	}{
		"an edge uses a domain":                 {"api", "terminology/compose", true},
		"a domain does not use an edge":         {"facility", "api", false},
		"a domain does not use another":         {"facility", "workforce", false},
		"a domain does not use plumbing":        {"workforce", "internal/jobs", false},
		"the store does not use the search API": {"store/sqlite", "api", false},
		"a package uses what lies below it":     {"facility", "facility/place", true},
		"the model knows only its table":        {"fhir", "fhir/search", false},
		"concepts do not know the store":        {"terminology/concept", "store", false},
		"pages do not use the API":              {"web", "api", false},
		"plumbing does not use domains":         {"internal/auth", "facility", false},
		"the wiring uses all":                   {"internal/app", "sync/mcsd", true},
		"an edge does not use the wiring":       {"api", "internal/app", false},
		"plumbing does not use the wiring":      {"internal/jobs", "internal/app", false},
		"the command starts the wiring":         {"cmd/masjala", "internal/app", true},
		"tests of the whole use the wiring":     {"internal/e2e", "internal/app", true},
		"plumbing uses plumbing":                {"internal/auth", "internal/jobs", true},
		"the command does not use the store":    {"cmd/masjala", "store/sqlite", false},
	}
	for name, tc := range tests {
		if got := may(tc.from, tc.to); got != tc.want {
			t.Errorf("%s: may(%s, %s) = %v", name, tc.from, tc.to, got)
		}
	}
}

// The folder's name shadows a package of the standard library.
func TestSyncHasNoCodeOfItsOwn(t *testing.T) {
	for _, p := range every(t) {
		if p.path() == "sync" && !slices.Equal(p.GoFiles, []string{"doc.go"}) {
			t.Errorf("sync holds %v: it may hold only doc.go", p.GoFiles)
		}
	}
}

func TestTopFolders(t *testing.T) {
	for _, p := range every(t) {
		top, _, _ := strings.Cut(filepath.ToSlash(p.path()), "/")
		switch top {
		case "cmd", "terminology", "facility", "workforce", "importers", "sync", "api", "fhir", "store", "web", "internal":
		default:
			t.Errorf("%s lies in the folder %s, which the architecture does not have", p.ImportPath, top)
		}
	}
}
