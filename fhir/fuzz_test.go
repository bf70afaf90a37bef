package fhir_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"masjala/fhir"
)

func FuzzParse(f *testing.F) {
	f.Add(location())
	f.Add([]byte(linked))
	f.Add([]byte(`{"resourceType":"Patient","name":[{"given":["a",null]}],"x":{"y":[1e5,"\ud83c\udfe5"]}}`))
	f.Add([]byte(`{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Basic"}}]}`))
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
