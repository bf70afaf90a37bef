package fhir_test

import (
	"testing"
	"time"

	"masjala/fhir"
)

func TestAppendInstantIsTheLayout(t *testing.T) {
	for _, text := range []string{
		"0000-01-01T00:00:00Z", "0987-06-05T04:03:02.001Z", "1999-12-31T23:59:59.999Z", "2024-02-29T12:00:00.050Z", "2026-11-22T20:57:30.7Z",
		"2026-11-22T20:57:30.123999999Z", "9999-12-31T23:59:59.999999999Z", "2026-01-01T00:30:00+03:00",
	} {
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := string(fhir.AppendInstant([]byte("x"), at)), "x"+at.UTC().Format(fhir.Instant); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
	far := time.Date(12345, 1, 2, 3, 4, 5, 0, time.UTC)
	if got, want := string(fhir.AppendInstant(nil, far)), far.Format(fhir.Instant); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
