package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// module is a module with code in the program.
type module struct {
	Path, Version, Dir string
	Main               bool
}

// targets are the systems that the program is built for.
var targets = []string{"linux/amd64", "linux/arm64", "windows/amd64"}

// linked returns the modules that are linked into the program on any target, by path,
// and the Go distribution, whose library is linked in as well.
func linked() ([]module, error) {
	byPath := map[string]module{}
	for _, target := range targets {
		goos, goarch, _ := strings.Cut(target, "/")
		cmd := exec.Command("go", "list", "-deps", "-json=Module", "./cmd/masjala")
		cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=1")
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return nil, fmt.Errorf("list the packages for %s: %w", target, err)
		}
		for d := json.NewDecoder(bytes.NewReader(out)); ; {
			var p struct{ Module *module }
			err := d.Decode(&p)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, fmt.Errorf("read the packages for %s: %w", target, err)
			}
			if p.Module != nil && !p.Module.Main {
				byPath[p.Module.Path] = *p.Module
			}
		}
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("find the Go distribution: %w", err)
	}
	mods := []module{{Path: "Go standard library", Version: "(as installed)", Dir: strings.TrimSpace(string(root))}}
	for _, m := range byPath {
		mods = append(mods, m)
	}
	slices.SortFunc(mods[1:], func(a, b module) int { return strings.Compare(a.Path, b.Path) })
	return mods, nil
}

// legal returns the files of a module that state its terms, by name.
func (m module) legal() (map[string]string, error) {
	entries, err := os.ReadDir(m.Dir)
	if err != nil {
		return nil, fmt.Errorf("read module %s: %w", m.Path, err)
	}
	texts := map[string]string{}
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		for _, start := range []string{"LICENSE", "LICENCE", "COPYING", "NOTICE"} {
			if !e.Type().IsRegular() || !strings.HasPrefix(name, start) || strings.HasSuffix(name, ".GO") {
				continue
			}
			data, err := os.ReadFile(filepath.Join(m.Dir, e.Name()))
			if err != nil {
				return nil, fmt.Errorf("read module %s: %w", m.Path, err)
			}
			texts[e.Name()] = string(data)
		}
	}
	return texts, nil
}
