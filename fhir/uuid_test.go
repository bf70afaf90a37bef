package fhir_test

import (
	"bytes"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"masjala/fhir"
)

func TestUUIDsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := uuid.UUID(rapid.SliceOfN(rapid.Byte(), fhir.UUIDSize, fhir.UUIDSize).Draw(t, "id"))
		text := id.String() + rapid.StringN(0, 3, -1).Draw(t, "rest")
		got, ok := fhir.AppendUUID([]byte("x"), text)
		if !ok || !bytes.Equal(got, append([]byte("x"), id[:]...)) {
			t.Fatalf("the bytes of %s are %x, %t", text, got, ok)
		}
		if back := fhir.AppendUUIDText([]byte("y"), got[1:]); string(back) != "y"+id.String() {
			t.Fatalf("%s comes back as %s", id, back)
		}
	})
}

func TestOtherTextsAreNoUUIDs(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":            "",
		"too short":          "018f3c5e-0000-7000-8000-00000000000",
		"capital letters":    "018F3C5E-0000-7000-8000-000000000001",
		"no digit":           "018f3c5e-0000-7000-8000-00000000000g",
		"a hyphen elsewhere": "018f3c5-e0000-7000-8000-000000000001",
		"no hyphens":         "018f3c5e000070008000000000000001abcd",
		"braces":             "{018f3c5e-0000-7000-8000-00000000001}",
	} {
		if got, ok := fhir.AppendUUID([]byte("x"), []byte(text)); ok || string(got) != "x" {
			t.Errorf("%s: %q gives %x, %t", name, text, got, ok)
		}
	}
}
