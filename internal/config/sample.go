package config

import (
	"fmt"
	"reflect"
	"strings"
)

// Sample is a settings file with every setting at its default, commented out, and what
// each is for. Without the first "#" of each line it sets every setting.
func Sample() string {
	var b strings.Builder
	b.WriteString("## Settings of masjala. What is commented out is the default.\n" +
		"## Take the # away before a line to change it. An environment variable (given in\n## brackets) overrides a setting here, a flag overrides both.\n")
	section := ""
	for _, s := range Settings(Default()) {
		name, indent := s.Key, ""
		if before, after, nested := strings.Cut(s.Key, "."); nested {
			if before != section {
				fmt.Fprintf(&b, "\n#%s:\n", before)
				section = before
			}
			name, indent = after, "  "
		} else {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "## %s%s [%s]\n#%s%s: %s\n", indent, s.Doc, s.Env(), indent, name, quoted(s))
	}
	b.WriteString("\n## Other servers that this one follows.\n#sync:\n#  sources:\n")
	sample := defaultSource()
	sample.Name, sample.URL = "nation", "https://registry.example.org/fhir"
	sample.Schedule, sample.Timezone = "0 2 * * *", "Africa/Nairobi"
	b.WriteString(entry("    ", reflect.ValueOf(&sample).Elem()))
	b.WriteString("\n## Tables for other systems.\n#exports:\n")
	table := Export{Name: "sites", Type: "Location", Query: "status=active", Columns: []string{"id", "name", "Code=identifier.value"},
		To: "sites.csv", Schedule: "0 4 * * *", Timezone: "Africa/Nairobi"}
	b.WriteString(entry("  ", reflect.ValueOf(&table).Elem()))
	return b.String()
}

// entry writes a section of a list.
func entry(indent string, one reflect.Value) string {
	var b strings.Builder
	dash := "- "
	for _, s := range settings("", one) {
		fmt.Fprintf(&b, "#%s%s%s: %s # %s\n", indent, dash, s.Key, quoted(s), s.Doc)
		dash = "  "
	}
	return b.String()
}

// quoted writes a value as YAML.
func quoted(s Setting) string {
	switch s.value.Interface().(type) {
	case []string:
		return "[" + s.String() + "]"
	case string:
		return `"` + s.String() + `"`
	}
	return s.String()
}
