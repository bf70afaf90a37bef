package rf2_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/importtest"
	"masjala/importers/rf2"
)

// What is wrong with a line stops no other, and is told with file and line.
func TestLinesThatCannotBeUsed(t *testing.T) {
	tests := map[string]struct {
		file, line string
		want       map[string]int
	}{
		"too few columns":            {concepts, "1234", map[string]int{"line-damaged": 1}},
		"too many columns":           {concepts, line(id(9000, "00"), "*|%d|more", primitive), map[string]int{"line-damaged": 1}},
		"no identifier":              {concepts, fmt.Sprintf("abc|20260101|1|%d|%d", core, primitive), map[string]int{"line-damaged": 1}},
		"nineteen digits":            {concepts, fmt.Sprintf("1234567890123456789|20260101|1|%d|%d", core, primitive), map[string]int{"line-damaged": 1}},
		"no module":                  {concepts, fmt.Sprintf("%d|20260101|1|none|%d", id(9000, "00"), primitive), map[string]int{"line-damaged": 1}},
		"type that is none":          {descriptions, line(id(9000, "01"), "*|%d|en|none|Rash|1", rash), map[string]int{"line-damaged": 1}},
		"wrong check digit":          {concepts, line(id(9000, "00")+1, "*|%d", primitive), map[string]int{"check-digit": 1}},
		"neither active nor not":     {concepts, fmt.Sprintf("%d|20260101|x|%d|%d", id(9000, "00"), core, primitive), map[string]int{"line-damaged": 1}},
		"a concept twice":            {concepts, line(rash, "*|%d", primitive), map[string]int{"concept-repeated": 1}},
		"no UTF-8":                   {descriptions, line(id(9000, "01"), "*|%d|en|%d|\xff\xfe|1", rash, synonym), map[string]int{"line-damaged": 1}},
		"control characters":         {descriptions, line(id(9000, "01"), "*|%d|en|%d|a\x14b|1", rash, synonym), map[string]int{"line-damaged": 1}},
		"a term of blanks":           {descriptions, line(id(9000, "01"), "*|%d|en|%d| |1", rash, synonym), map[string]int{"line-damaged": 1}},
		"no term":                    {descriptions, line(id(9000, "01"), "*|%d|en|%d||1", rash, synonym), map[string]int{"line-damaged": 1}},
		"no language":                {descriptions, line(id(9000, "01"), "*|%d||%d|Rash|1", rash, synonym), map[string]int{"line-damaged": 1}},
		"of a concept not there":     {descriptions, line(id(9000, "01"), "*|%d|en|%d|Rash|1", id(9001, "00"), synonym), map[string]int{"concept-unknown": 1}},
		"a very long line":           {descriptions, strings.Repeat("x", 3<<20), map[string]int{"line-damaged": 1}},
		"parent not there":           {relationships, line(id(9000, "02"), "*|%d|%d|0|%d|%d|%d", rash, id(9001, "00"), isA, inferred, some), map[string]int{"concept-unknown": 1}},
		"group that is none":         {relationships, line(id(9000, "02"), "*|%d|%d|x|%d|%d|%d", rash, skin, site, inferred, some), map[string]int{"line-damaged": 1}},
		"value that is none":         {"Terminology/sct2_RelationshipConcreteValues_Snapshot_INT_20260101.txt", line(id(9000, "02"), "*|%d|2.5|0|%d|%d|%d", rash, dose, inferred, some), map[string]int{"line-damaged": 1}},
		"acceptability nobody knows": {languages, line(1, "*|%d|%d|%d", american, id(2201, "01"), some), map[string]int{"line-damaged": 1}},
		"member not there":           {"Refset/Content/der2_Refset_SimpleSnapshot_INT_20260101.txt", line(1, "*|%d|%d", urgent, id(9001, "00")), map[string]int{"concept-unknown": 1}},
		"mapped to nothing":          {"Refset/Map/der2_sRefset_SimpleMapSnapshot_INT_20260101.txt", line(1, "*|%d|%d|", codes, skin), map[string]int{"map-empty": 1}},
		"a full release beside it":   {"Full/Terminology/sct2_Concept_Full_INT_20260101.txt", "x", map[string]int{"file-no-snapshot": 1}},
		"a delta beside it":          {"Terminology/der2_cRefset_LanguageDelta-en_INT_20260101.txt", "x", map[string]int{"file-no-snapshot": 1}},
		"another sort of file":       {"Refset/Metadata/der2_ssccRefset_Other_INT_20260101.txt", "x", map[string]int{"file-not-read": 1}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			f := small()
			f[tc.file] = append(f[tc.file], tc.line)
			tc.want["line-not-used"] = 1 // the stated relationship
			cs, r := run(t, importers.Request{File: f.folder(t)})
			if diff := cmp.Diff(tc.want, rules(r)); diff != "" {
				t.Error(diff)
			}
			at := slices.IndexFunc(r.Issues, func(g importers.Group) bool { return g.Rule != "line-not-used" })
			first := r.Issues[at].First[0]
			if first.Sheet != tc.file || first.Row != 0 && first.Row != len(f[tc.file])+1 {
				t.Errorf("the issue is about %q line %d, want %q line %d", first.Sheet, first.Row, tc.file, len(f[tc.file])+1)
			}
			if conceptIn(t, cs, rash).Get("display").Str != "Concept 2" {
				t.Error("the other lines were not used")
			}
		})
	}
}

// Lines that cannot be used count as read, and do not keep an import from being stopped.
func TestDamagedLinesCanBeStopped(t *testing.T) {
	f := small()
	f[concepts] = append(f[concepts], strings.Repeat("\x01\r\n", 20_000))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	damaged := 0
	_, err := rf2.Run(ctx, env(t), importers.Request{File: f.folder(t),
		Progress: func(p importers.Progress) {
			if p.Done > 4000 {
				cancel()
			}
		},
		Issues: func(*importers.Issue) error { damaged++; return nil }})
	if !errors.Is(err, context.Canceled) || damaged > 5000 {
		t.Errorf("got %v after %d damaged lines, want it to end soon after 4,096", err, damaged)
	}
}

func TestReleasesThatCannotBeRead(t *testing.T) {
	whole, err := os.ReadFile(small().zip(t))
	if err != nil {
		t.Fatal(err)
	}
	file := func(data []byte) string {
		return importtest.File(t, "r.zip", data)
	}
	broken := bytes.Clone(whole)
	for i := 60; i < 2000; i++ {
		broken[i] ^= 0x55
	}
	tests := map[string]struct {
		path string
		kind fhir.Kind
	}{
		"missing":           {filepath.Join(t.TempDir(), "none"), fhir.NotFound},
		"no archive":        {file([]byte("hello")), fhir.Invalid},
		"cut off":           {file(whole[:len(whole)/2]), fhir.Invalid},
		"damaged inside":    {file(broken), fhir.Invalid},
		"an empty folder":   {t.TempDir(), fhir.Unprocessable},
		"without a concept": {files{descriptions: nil}.folder(t), fhir.Unprocessable},
		"only a delta":      {files{"sct2_Concept_Delta_INT_20260101.txt": nil}.folder(t), fhir.Unprocessable},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			e := env(t)
			if _, err := rf2.Run(t.Context(), e, importers.Request{File: tc.path}); fhir.KindOf(err) != tc.kind || e.Store.Seq() != 0 {
				t.Errorf("got %v (%d), want kind %d", err, fhir.KindOf(err), tc.kind)
			}
		})
	}
}

func FuzzColumns(f *testing.F) {
	f.Add([]byte("id\teffectiveTime\r\n1\t2\r\n"))
	f.Add([]byte("\ufeffid\n\n\t\t\n"))
	f.Add([]byte("no end"))
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, err := rf2.Columns(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(data, []byte("\n")) + 1; len(rows) > n {
			t.Fatalf("%d lines have %d rows", n, len(rows))
		}
		for _, row := range rows {
			for _, c := range row {
				if strings.ContainsAny(c, "\t\n") || !bytes.Contains(data, []byte(c)) {
					t.Fatalf("the column %q is not in %q", c, data)
				}
			}
		}
	})
}

// Whatever lines a release has, it is refused or becomes a resource of R4.
func FuzzLines(f *testing.F) {
	for i, name := range []string{concepts, descriptions, relationships, languages} {
		f.Add(i, small().text(name))
	}
	f.Fuzz(func(t *testing.T, which int, text string) {
		s := small()
		name := []string{concepts, descriptions, relationships, languages}[uint(which)%4]
		dir := s.folder(t)
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.WriteFile(path, append([]byte(s.text(name)), text...), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := rf2.Made(t.Context(), dir)
		if err != nil {
			if fhir.KindOf(err) == fhir.Internal {
				t.Fatal(err)
			}
			return
		}
		if _, err := fhir.Parse(r.JSON()); err != nil {
			t.Fatalf("not a resource of R4: %v", err)
		}
	})
}
