package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// contentDir is where the generated content is, named by its size.
func (l lexicon) contentDir() string {
	return filepath.Join(l.dir, fmt.Sprintf("content-%d-%d", l.concepts, l.labs))
}

// coreDir is where the resources of R4 are, as a package.
func (l lexicon) coreDir() string { return filepath.Join(l.dir, "r4") }

// content makes the content unless it is there.
func (l lexicon) content(ctx context.Context) error {
	reference, err := filepath.Abs(l.reference)
	if err != nil {
		return err
	}
	made := filepath.Join(l.contentDir(), "made")
	if _, err := os.Stat(made); err == nil {
		return nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	tell("making the content, which takes about half a minute")
	tools := filepath.Join(reference, "bench", "txbench")
	generator, err := filepath.Abs(filepath.Join(l.dir, "gen"))
	if err != nil {
		return err
	}
	core, err := filepath.Abs(l.coreDir())
	if err != nil {
		return err
	}
	out, err := filepath.Abs(l.contentDir())
	if err != nil {
		return err
	}
	for _, step := range [][]string{
		{"python3", filepath.Join(reference, "bench", "r4package.py"), core},
		{"go", "build", "-o", generator, "./gen"},
		{"go", "build", "-o", filepath.Join(filepath.Dir(generator), "drive"), "./drive"},
		{generator, "-n", strconv.Itoa(l.concepts), "-lab", strconv.Itoa(l.labs), "-out", out, "-core", filepath.Join(core, "package")},
	} {
		cmd := exec.CommandContext(ctx, step[0], step[1:]...)
		cmd.Dir, cmd.Stderr = tools, os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("make the content by the generator in %s: %s: %w", tools, strings.Join(step, " "), err)
		}
	}
	return os.WriteFile(made, nil, 0o600)
}

// nextDir is where the package of a further version of the large code system is.
func (l lexicon) nextDir() string { return filepath.Join(l.dir, "next") }

// nextVersion writes a package with just the large code system, in a version that is higher
// than that of the content and says another display, so that its concepts are another set.
func (l lexicon) nextVersion(next string) error {
	name := "CodeSystem-clin.json"
	raw, err := os.ReadFile(filepath.Join(l.contentDir(), "package", name))
	if err != nil {
		return err
	}
	_, rest, ok := bytes.Cut(raw, []byte(`"version":"`))
	version, _, ok2 := bytes.Cut(rest, []byte(`"`))
	if !ok || !ok2 {
		return fmt.Errorf("%s has no version", name)
	}
	raw = bytes.Replace(raw, append([]byte(`"version":"`), append(version, '"')...), []byte(`"version":"`+next+`"`), 1)
	raw = bytes.Replace(raw, []byte(`"display":"`), []byte(`"display":"`+next+` `), 1)
	dir := l.nextDir()
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	head := `{"name":"bench.next","version":"2.0.0","fhirVersions":["4.0.1"],"type":"IG"}`
	return errors.Join(os.WriteFile(filepath.Join(dir, "package.json"), []byte(head), 0o600), os.WriteFile(filepath.Join(dir, name), raw, 0o600))
}

// source is something that is imported.
type source struct {
	what  string
	args  []string
	large bool // it has the large code system, so that what it takes is promised
}

func (l lexicon) sources() []source {
	content := func(name string) string { return filepath.Join(l.contentDir(), name) }
	return []source{
		{"R4 core", []string{"package", l.coreDir()}, false},
		{fmt.Sprintf("a package with code systems of %d and %d concepts", l.concepts, l.labs), []string{"package", content("package")}, true},
		{fmt.Sprintf("RF2 of %d concepts", l.concepts), []string{"rf2", content("rf2")}, true},
	}
}

// loading is what an import took.
type loading struct {
	source
	took time.Duration
	cpu  time.Duration // of the server
	most memory
}

// load imports something into a running server.
func (k *knowledge) load(ctx context.Context, server *process, s source) error {
	tell("importing %s", s.what)
	watched := watch(ctx, server)
	before, err := processor(server.cmd.Process.Pid)
	begin := time.Now()
	if err == nil {
		err = k.imports(ctx, s)
	}
	took := time.Since(begin)
	after, e := processor(server.cmd.Process.Pid)
	if err = errors.Join(err, e); err == nil {
		err = rest(ctx, server) // what is left to do takes memory, too
	}
	k.loads = append(k.loads, loading{s, took, after - before, watched()})
	return err
}

// imports runs the command that imports something.
func (l lexicon) imports(ctx context.Context, s source) error {
	cmd := exec.CommandContext(ctx, l.program, append([]string{"import", "--data", l.data(), "--json"}, s.args...)...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("import %s: %w: %.2000s", s.what, err, said.Bytes())
	}
	return nil
}
