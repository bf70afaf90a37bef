package bcp47_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/terminology/bcp47"
)

func TestRegistry(t *testing.T) {
	r := bcp47.NewRegistry([]bcp47.Record{
		{Type: "language", Subtag: "xa", Description: "Alphaic", Added: "2005-10-16"},
		{Type: "language", Subtag: "xb", Description: "Betaic", Added: "2005-10-16", Deprecated: "2008-01-01"},
		{Type: "language", Subtag: "xaz", Description: "Late", Added: "2009-07-29"},
		{Type: "language", Subtag: "qaa..qtz", Description: "Private use", Added: "2005-10-16", Scope: "private-use"},
		{Type: "extlang", Subtag: "xab", Description: "Spoken", Prefixes: []string{"xa"}},
		{Type: "script", Subtag: "Abcd", Description: "Letters"}, {Type: "region", Subtag: "QM..QZ", Description: "Private use"},
		{Type: "region", Subtag: "AA", Description: "Hills"}, {Type: "variant", Subtag: "old", Description: "Old"},
		{Type: "grandfathered", Subtag: "i-old", Description: "Old tongue", Preferred: "xa"}, {Type: "grandfathered", Subtag: "i-lost"},
		{Type: "redundant", Subtag: "xa-abcd", Description: "Never used"},
	})
	tests := map[string]struct{ tag, name, full string }{
		"XA":              {"xa", "Alphaic", "Alphaic"},
		"xa-abcd-aa":      {"xa-Abcd-AA", "Alphaic (Letters, Hills)", "Alphaic (Script=Letters, Region=Hills)"},
		"xa-xab-qn":       {"xa-xab-QN", "Alphaic (Spoken, Private use)", "Alphaic (Extended=Spoken, Region=Private use)"},
		"qbc":             {"qbc", "Private use", "Private use"},
		"xa-old-u-co-abc": {"xa-old-u-co-abc", "Alphaic (old, u-co-abc)", "Alphaic (Variant=old, Extension=u-co-abc)"},
		"I-OLD":           {"i-old", "Old tongue", "Old tongue"},
		"i-lost":          {"i-lost", "", ""},
		"x-home":          {"x-home", "home", "Private use=home"},
		"sw":              {}, "xb-xab": {}, "qua": {}, "xa-QA": {}, "qaa..qtz": {}, "xab": {}, "i-klingon": {},
	}
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			tag, err := r.Parse(text)
			if want.tag == "" {
				if err == nil {
					t.Fatalf("Parse(%q) = %v, want an error", text, tag)
				}
				return
			}
			if err != nil || tag.String() != want.tag || tag.Name() != want.name || tag.FullName() != want.full {
				t.Errorf("Parse(%q) = %q, %q, %q, %v; want %+v", text, tag, tag.Name(), tag.FullName(), err, want)
			}
		})
	}
	if diff := cmp.Diff([]bcp47.Language{{Code: "xa", Name: "Alphaic"}}, r.Common()); diff != "" {
		t.Error(diff)
	}
	if tag, err := (*bcp47.Registry)(nil).Parse("sw"); err != nil || tag.Name() != "Swahili" || tag.UsualName() != "Swahili" {
		t.Errorf("without a registry sw is %q, %v", tag.Name(), err)
	}
}
