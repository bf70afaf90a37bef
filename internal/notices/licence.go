package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// allowed are the licences that may be linked in, with phrases that only their text has.
// Each is tried in this order: the text of one may hold that of another.
var allowed = []struct {
	name    string
	phrases []string
}{
	{"Apache-2.0", []string{"Apache License", "Version 2.0, January 2004"}},
	{"MPL-2.0", []string{"Mozilla Public License Version 2.0"}},
	{"BSD-3-Clause", []string{"Redistribution and use in source and binary forms", "Neither the name"}},
	{"BSD-3-Clause", []string{"Redistribution and use in source and binary forms", "names of its contributors may not be used"}},
	{"BSD-2-Clause", []string{"Redistribution and use in source and binary forms"}},
	{"MIT", []string{"Permission is hereby granted, free of charge", "The above copyright notice and this permission notice"}},
	{"ISC", []string{"Permission to use, copy, modify, and/or distribute this software for any purpose"}},
	{"ISC", []string{"Permission to use, copy, modify, and distribute this software for any purpose"}},
	{"Unlicense", []string{"This is free and unencumbered software released into the public domain"}},
}

// forbidden are words of licences that may not be linked in, wherever they stand.
var forbidden = []string{
	"GNU GENERAL PUBLIC LICENSE", "GNU AFFERO GENERAL PUBLIC LICENSE", "GNU LESSER GENERAL PUBLIC LICENSE",
	"Server Side Public License", "Business Source License", "Commons Clause",
}

// licenceOf names the licence that a text is. It fails for one that is not allowed or not known.
func licenceOf(text string) (string, error) {
	plain := strings.Join(strings.Fields(text), " ")
	for _, phrase := range forbidden {
		if strings.Contains(strings.ToUpper(plain), strings.ToUpper(phrase)) {
			return "", fmt.Errorf("it names the %s", phrase)
		}
	}
	for _, l := range allowed {
		if !slices.ContainsFunc(l.phrases, func(p string) bool { return !strings.Contains(plain, p) }) {
			return l.name, nil
		}
	}
	return "", fmt.Errorf("its text is none of the licences that are known here")
}

// licences names the licences of a module. A module whose files name none is refused.
func licences(texts map[string]string) (string, error) {
	var names []string
	for _, file := range slices.Sorted(maps.Keys(texts)) {
		if strings.HasPrefix(strings.ToUpper(file), "NOTICE") {
			continue
		}
		name, err := licenceOf(texts[file])
		if err != nil {
			return "", fmt.Errorf("%s: %w", file, err)
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "", fmt.Errorf("there is no file that states the licence")
	}
	return strings.Join(names, " and "), nil
}

const head = `THIRD-PARTY NOTICES

Masjala is under the Apache License 2.0 (see LICENSE). The program that is built
from it also holds the software below, under the terms that follow each.
This file is made by "make notices"; do not change it by hand.

SQLite, which is compiled in through github.com/mattn/go-sqlite3, is in the
public domain (https://www.sqlite.org/copyright.html).
`

const rule = "--------------------------------------------------------------------------------\n"

// write lists the modules, then prints the terms of each.
func write(w io.Writer, mods []module) error {
	var list, terms strings.Builder
	for _, m := range mods {
		texts, err := m.legal()
		if err != nil {
			return err
		}
		names, err := licences(texts)
		if err != nil {
			return fmt.Errorf("module %s may not be linked in: %w", m.Path, err)
		}
		fmt.Fprintf(&list, "%-50s %-40s %s\n", m.Path, m.Version, names)
		for _, file := range slices.Sorted(maps.Keys(texts)) {
			fmt.Fprintf(&terms, "\n%s%s %s: %s\n%s\n%s\n", rule, m.Path, m.Version, file, rule,
				strings.TrimSpace(strings.ReplaceAll(texts[file], "\r\n", "\n")))
		}
	}
	_, err := io.WriteString(w, head+"\n"+list.String()+terms.String())
	return err
}
