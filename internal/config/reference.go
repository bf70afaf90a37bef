package config

import (
	"fmt"
	"reflect"
	"strings"
)

// Reference is the page docs/configuration.md, made of the same tags as everything else.
func Reference() string {
	var b strings.Builder
	b.WriteString("# Configuration\n\n" +
		"<!-- made from internal/config; run: go test ./internal/config -update -->\n\n" +
		"Nothing has to be configured. A setting comes from its default, unless the settings file says otherwise, unless the\n" +
		"environment does, unless a flag of `masjala serve` does. The file is `masjala.yaml` in the data directory, or the one that\n" +
		"`--config` names. A key that is not listed here is refused, with its line. `masjala doctor` shows what is in force and where\n" +
		"each value comes from. The data directory itself is `--data`, else `$MASJALA_DATA`, else `" + Default().Data + "`.\n\n" +
		"Sizes are written as 512, 64KiB, 1MiB or 2GiB, spans of time as 30s, 5m or 2h, lists as `[a, b]` in the file and `a,b`\n" +
		"elsewhere.\n\n" +
		"| key in the file | variable | flag | default | what it is |\n|---|---|---|---|---|\n")
	for _, s := range Settings(Default()) {
		fmt.Fprintf(&b, "| `%s` | `%s` | `--%s` | %s | %s |\n", s.Key, s.Env(), s.Flag(), shown(s.Default), s.Doc)
	}
	source := defaultSource()
	b.WriteString(entries("Sources that are followed", "sync.sources", reflect.ValueOf(&source).Elem()))
	b.WriteString(entries("Tables that are exported", "exports", reflect.ValueOf(&Export{}).Elem()))
	b.WriteString("\n## A file with everything in it\n\n```yaml\n" + Sample() + "```\n")
	return b.String()
}

func shown(value string) string {
	if value == "" {
		return ""
	}
	return "`" + value + "`"
}

// entries is the chapter on a list of sections, of which one shows the defaults.
func entries(title, key string, one reflect.Value) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n## %s\n\n`%s` is a list. Each entry may have:\n\n| key | default | what it is |\n|---|---|---|\n", title, key)
	for _, s := range settings("", one) {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", s.Key, shown(s.Default), s.Doc)
	}
	return b.String()
}
