package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"masjala/fhir"
)

// parse reads the text of a settings file called name.
func (c *Config) parse(name string, text []byte) error {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return fhir.Errorf(fhir.Invalid, "%s is not YAML: %s", name, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if len(doc.Content) == 0 {
		return nil // empty, or comments only
	}
	p := parser{file: name, origins: c.origins}
	return p.section(doc.Content[0], "", reflect.ValueOf(c).Elem())
}

// parser fills settings from the nodes of a YAML file.
type parser struct {
	file    string
	origins map[string]string
}

func (p *parser) fail(n *yaml.Node, format string, args ...any) error {
	return fhir.Errorf(fhir.Invalid, "%s line %d: %s", p.file, n.Line, fmt.Sprintf(format, args...))
}

// section reads a mapping into the fields of v. Prefix is the key of the section with a dot.
func (p *parser) section(n *yaml.Node, prefix string, v reflect.Value) error {
	n = target(n)
	if isNull(n) {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		return p.fail(n, "%q wants settings of its own below it", strings.TrimSuffix(prefix, "."))
	}
	known := map[string]reflect.Value{}
	for i := range v.NumField() {
		if key, tagged := v.Type().Field(i).Tag.Lookup("key"); tagged {
			known[key] = v.Field(i)
		}
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], target(n.Content[i+1])
		field, ok := known[key.Value]
		if !ok {
			return p.fail(key, "there is no setting %q%s", prefix+key.Value, hint(prefix, key.Value, known))
		}
		if line := seen[key.Value]; line > 0 {
			return p.fail(key, "%q was set before, in line %d", prefix+key.Value, line)
		}
		seen[key.Value] = key.Line
		if err := p.value(value, prefix+key.Value, field); err != nil {
			return err
		}
	}
	return nil
}

// value reads one setting or section.
func (p *parser) value(n *yaml.Node, key string, field reflect.Value) error {
	switch {
	case field.Kind() == reflect.Struct:
		return p.section(n, key+".", field)
	case field.Type() == reflect.TypeFor[[]Source]():
		return list(p, n, key, field, defaultSource)
	case field.Type() == reflect.TypeFor[[]Export]():
		return list(p, n, key, field, func() Export { return Export{} })
	case isNull(n):
		return nil
	}
	s := Setting{Key: key, value: field}
	p.origins[key] = fmt.Sprintf("%s line %d", p.file, n.Line)
	if n.Kind == yaml.SequenceNode && field.Type() == reflect.TypeFor[[]string]() {
		var list []string
		for _, item := range n.Content {
			list = append(list, target(item).Value)
		}
		field.Set(reflect.ValueOf(list))
		return nil
	}
	if n.Kind != yaml.ScalarNode {
		return p.fail(n, "%q takes one value, not a list or a section", key)
	}
	if err := s.Set(n.Value); err != nil {
		return p.fail(n, "%q: %v", key, err)
	}
	return nil
}

// list reads a list of sections into a field, each into a copy of what fresh makes.
func list[T any](p *parser, n *yaml.Node, key string, field reflect.Value, fresh func() T) error {
	if isNull(n) {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		return p.fail(n, "%q wants a list: lines that start with a dash", key)
	}
	var all []T
	for i, item := range n.Content {
		one := fresh()
		if err := p.section(item, fmt.Sprintf("%s[%d].", key, i), reflect.ValueOf(&one).Elem()); err != nil {
			return err
		}
		all = append(all, one)
	}
	field.Set(reflect.ValueOf(all))
	return nil
}

// target follows an alias to the node that it stands for.
func target(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// hint names the known key that is most like the wrong one, if any is.
func hint(prefix, wrong string, known map[string]reflect.Value) string {
	best, least := "", len(wrong)/2+1
	for _, key := range slices.Sorted(maps.Keys(known)) {
		if d := distance(wrong, key); d < least {
			best, least = key, d
		}
	}
	if best == "" {
		return "; known are " + strings.Join(slices.Sorted(maps.Keys(known)), ", ")
	}
	return fmt.Sprintf("; did you mean %q?", prefix+best)
}

// distance counts the letters to insert, delete or replace to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := corner
			if a[i] != b[j] {
				cost = 1 + min(corner, row[j], row[j+1])
			}
			corner, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
