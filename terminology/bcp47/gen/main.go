// Command gen makes the table of subtags from the IANA Language Subtag Registry
// (https://www.iana.org/assignments/language-subtag-registry), in the JSON form of the package
// language-subtag-registry (CC0-1.0): gen REGISTRY.json[.gz] > subtags.tsv
package main

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// record is an entry of the registry.
type record struct {
	Type, Subtag, Tag, Added, Deprecated string
	Description, Prefix                  []string
	PreferredValue                       string `json:"Preferred-Value"`
}

// kinds are the letters that the table has for types.
var kinds = map[string]string{
	"language": "l", "extlang": "e", "script": "s", "region": "r", "variant": "v", "grandfathered": "g", "redundant": "d",
}

// iso6393 is the day on which the languages of ISO 639-3 were added; those of before are
// the languages of ISO 639-1 and 639-2.
const iso6393 = "2009-07-29"

// later are languages that ISO 639-2 took up since.
var later = []string{"cnr", "zgh"}

// withdrawn are languages that ISO 639 took back; the registry never does.
var withdrawn = []string{"bh", "sh"}

// shown are names that http://terminology.hl7.org/ValueSet/Languages prints otherwise than
// the registry.
var shown = map[string]string{"ia": "Interlingua (International Auxiliary Language"}

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	if len(args) != 1 {
		return fmt.Errorf("give the file of the registry")
	}
	list, err := read(args[0])
	if err != nil {
		return err
	}
	var lines []string
	for i := range list {
		line, err := list[i].line()
		if err != nil {
			return err
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	_, err = io.WriteString(out, strings.Join(lines, "\n")+"\n")
	return err
}

func read(name string) ([]record, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			return nil, err
		}
	}
	var list []record
	return list, json.NewDecoder(r).Decode(&list)
}

// line is kind and subtag in lower case, then the name, the preferred value or prefix, and c
// for a language in common use or x for one that should not be used any more.
func (r *record) line() (string, error) {
	kind, ok := kinds[r.Type]
	if !ok || len(r.Description) == 0 {
		return "", fmt.Errorf("record %s%s of type %q", r.Subtag, r.Tag, r.Type)
	}
	subtag, name, flag := strings.ToLower(r.Subtag+r.Tag), r.Description[0], ""
	switch {
	case r.Deprecated != "":
		flag = "x"
	case kind == "l" && !strings.Contains(subtag, "..") && !slices.Contains(withdrawn, subtag) &&
		(r.Added < iso6393 || slices.Contains(later, subtag)):
		flag = "c"
		if n := shown[subtag]; n != "" {
			name = n
		}
	}
	more := r.PreferredValue
	if kind == "e" && len(r.Prefix) > 0 {
		more = r.Prefix[0]
	}
	return strings.Join([]string{kind + " " + subtag, name, more, flag}, "\t"), nil
}
