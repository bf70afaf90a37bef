package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLicenceOf(t *testing.T) {
	const bsd = "Redistribution and use in source\nand binary forms, with or without modification"
	tests := map[string]struct {
		text, want, problem string
	}{
		"MIT":               {text: "Permission is hereby granted, free of charge, to any …\nThe above copyright notice and this permission notice shall …", want: "MIT"},
		"two-clause BSD":    {text: bsd, want: "BSD-2-Clause"},
		"three-clause BSD":  {text: bsd + " … Neither the name of the copyright holder", want: "BSD-3-Clause"},
		"Apache":            {text: "Apache License\n   Version 2.0, January 2004", want: "Apache-2.0"},
		"GPL":               {text: "GNU General Public License, version 3", problem: "GNU GENERAL"},
		"permissive + GPL":  {text: bsd + " or the GNU GENERAL PUBLIC LICENSE", problem: "GNU GENERAL"},
		"something unknown": {text: "All rights reserved.", problem: "none of the licences"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := licenceOf(tc.text)
			if got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
			if tc.problem != "" && (err == nil || !strings.Contains(err.Error(), tc.problem)) {
				t.Errorf("got error %v, want one with %q", err, tc.problem)
			}
		})
	}
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	text := "Copyright A\r\nPermission to use, copy, modify, and distribute this software for any purpose"
	if err := os.WriteFile(filepath.Join(dir, "LICENSE.txt"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := write(&out, []module{{Path: "example.org/a", Version: "v1", Dir: dir}}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"example.org/a", "ISC", "Copyright A\nPermission", "SQLite"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the notices lack %q", want)
		}
	}
	if strings.Contains(out.String(), dir) {
		t.Error("the notices hold a path of this machine")
	}
}

func TestModuleWithoutLicenceIsRefused(t *testing.T) {
	err := write(&bytes.Buffer{}, []module{{Path: "example.org/bare", Dir: t.TempDir()}})
	if err == nil || !strings.Contains(err.Error(), "example.org/bare") {
		t.Errorf("got %v, want an error that names the module", err)
	}
}
