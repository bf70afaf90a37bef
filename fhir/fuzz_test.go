package fhir_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"masjala/fhir"
)

func FuzzParse(f *testing.F) {
	f.Add(location())
	f.Add([]byte(linked))
	f.Add([]byte(`{"resourceType":"Patient","name":[{"given":["a",null]}],"x":{"y":[1e5,"\ud83c\udfe5"]}}`))
	f.Add([]byte(`{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Basic"}}]}`))
	f.Add([]byte(`{"resourceType":"Location","id":"a","meta":{"versionId":"3","tag":[{"code":"x"}]},"contained":[{"resourceType":"Organization","id":"o","name":"O"}],"name":"\u00e9\/\n","_alias":[null,{"id":"x"}],"alias":["a","b"],"position":{"longitude":36.8200,"latitude":-1.0e-3}}`))
	f.Add([]byte("\ufeff" + `{"text":{"status":"empty","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"/>"},"resourceType":"Practitioner","name":[{"family":"北"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		checkParse(t, data)
		if b, err := fhir.ParseBundle(data); err == nil && b == nil {
			t.Error("ParseBundle returned neither a bundle nor an error")
		}
		_, _ = fhir.ParseLenient(data)
	})
}

// checkParse holds what Parse accepts to: it is JSON, and reading its text again gives the same.
func checkParse(t interface{ Fatalf(string, ...any) }, data []byte) {
	r, err := fhir.Parse(data)
	if err != nil {
		if fhir.KindOf(err) != fhir.Invalid {
			t.Fatalf("%v is not Invalid", err)
		}
		return
	}
	text := r.JSON()
	if !json.Valid(text) || !json.Valid(bytes.TrimPrefix(data, []byte("\ufeff"))) {
		t.Fatalf("Parse accepted what is no JSON: %q gives %q", data, text)
	}
	if sent, kept := numbered(data), numbered(text); !cmp.Equal(sent, kept) {
		t.Fatalf("%s is kept as %s: %s", data, text, cmp.Diff(sent, kept))
	}
	again, err := fhir.Parse(text)
	if err != nil || !fhir.SameContent(r, again) {
		t.Fatalf("reading %s again gives %v, %v", text, again, err)
	}
	moved := fhir.RewriteReferences(r, func(string) string { return "Location/moved" })
	if !json.Valid(moved.JSON()) || moved.Type != r.Type || moved.ID != r.ID {
		t.Fatalf("rewriting %s gives %s", text, moved.JSON())
	}
	for ref := range fhir.References(moved.Body) {
		if ref != "Location/moved" {
			t.Fatalf("rewriting %s leaves %s", text, ref)
		}
	}
}

// numbered decodes a resource as the standard library does and keeps the digits of numbers.
// The version is left out: it is kept apart.
func numbered(data []byte) (v any) {
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return err.Error()
	}
	r, _ := v.(map[string]any)
	if meta, ok := r["meta"].(map[string]any); ok {
		delete(meta, "versionId")
		delete(meta, "lastUpdated")
		if len(meta) == 0 {
			delete(r, "meta")
		}
	}
	return v
}

// Random damage to a good resource is refused or read, never worse.
func TestParseSurvivesDamage(t *testing.T) {
	good := location()
	rapid.Check(t, func(t *rapid.T) {
		data := bytes.Clone(good)
		for range rapid.IntRange(1, 4).Draw(t, "edits") {
			at := rapid.IntRange(0, len(data)-1).Draw(t, "at")
			switch rapid.IntRange(0, 2).Draw(t, "edit") {
			case 0:
				data[at] = rapid.Byte().Draw(t, "byte")
			case 1:
				data = append(data[:at], data[at+1:]...)
			default:
				end := min(len(data), at+rapid.IntRange(1, 40).Draw(t, "length"))
				data = append(data[:end], append(bytes.Clone(data[at:end]), data[end:]...)...)
			}
		}
		checkParse(t, data)
	})
}
