package fhir_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"masjala/fhir"
)

func TestParseDateTime(t *testing.T) {
	tests := map[string]struct{ in, lo, hi string }{
		"a year":             {"2020", "2020-01-01T00:00:00.000Z", "2020-12-31T23:59:59.999Z"},
		"a leap February":    {"2020-02", "2020-02-01T00:00:00.000Z", "2020-02-29T23:59:59.999Z"},
		"a plain February":   {"1900-02", "1900-02-01T00:00:00.000Z", "1900-02-28T23:59:59.999Z"},
		"a day":              {"2020-02-29", "2020-02-29T00:00:00.000Z", "2020-02-29T23:59:59.999Z"},
		"a minute":           {"2020-01-01T10:30", "2020-01-01T10:30:00.000Z", "2020-01-01T10:30:59.999Z"},
		"a minute in a zone": {"2020-01-01T10:30+03:00", "2020-01-01T07:30:00.000Z", "2020-01-01T07:30:59.999Z"},
		"a second":           {"2020-01-01T10:30:05Z", "2020-01-01T10:30:05.000Z", "2020-01-01T10:30:05.999Z"},
		"a tenth":            {"2020-01-01T10:30:05.1Z", "2020-01-01T10:30:05.100Z", "2020-01-01T10:30:05.199Z"},
		"a hundredth":        {"2020-01-01T10:30:05.12Z", "2020-01-01T10:30:05.120Z", "2020-01-01T10:30:05.129Z"},
		"a millisecond":      {"2020-01-01T10:30:05.123-11:30", "2020-01-01T22:00:05.123Z", "2020-01-01T22:00:05.123Z"},
		"more digits":        {"2020-01-01T10:30:05.123456789Z", "2020-01-01T10:30:05.123Z", "2020-01-01T10:30:05.123Z"},
		"a leap second":      {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z", "2017-01-01T00:00:00.999Z"},
		"before 1970":        {"1959-12-31", "1959-12-31T00:00:00.000Z", "1959-12-31T23:59:59.999Z"},
		"the first year":     {"0001", "0001-01-01T00:00:00.000Z", "0001-12-31T23:59:59.999Z"},
		"the last year":      {"9999", "9999-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			lo, hi, err := fhir.ParseDateTime(tc.in)
			if err != nil {
				t.Fatal(err)
			}
			if got := stamp(lo); got != tc.lo {
				t.Errorf("from %s, want %s", got, tc.lo)
			}
			if got := stamp(hi); got != tc.hi {
				t.Errorf("to %s, want %s", got, tc.hi)
			}
		})
	}
}

func stamp(ms int64) string { return time.UnixMilli(ms).UTC().Format(fhir.Instant) }

func TestParseDateTimeRefuses(t *testing.T) {
	for _, in := range []string{"", "20", "0000", "202O", "2020-", "2020-1", "2020-13", "2020-00", "2020-01-", "2020-01-1",
		"2020-01-32", "2019-02-29", "1900-02-29", "2020-04-31", "2020-01-01T", "2020-01-01T10", "2020-01-01 10:00",
		"2020-01-01T25:00", "2020-01-01T10:60", "2020-01-01T10:00:61", "2020-01-01T10:00:00.", "2020-01-01T10:00.5",
		"2020-01-01T10:00:00z", "2020-01-01T10:00:00+3:00", "2020-01-01T10:00:00+15:00", "2020-01-01T10:00:00 03:00",
		"2020-01T10:00:00Z", "2020-01-01Z", "-2020", "+2020", "٢٠٢٠", "2020-01-01T10:00:00Zx"} {
		if lo, hi, err := fhir.ParseDateTime(in); err == nil {
			t.Errorf("ParseDateTime(%q) = %d, %d, want an error", in, lo, hi)
		} else if fhir.KindOf(err) != fhir.Invalid {
			t.Errorf("ParseDateTime(%q): %v is not Invalid", in, err)
		}
	}
}

func TestParseInstant(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"with Z":                   {"2020-05-01T10:00:00Z", "2020-05-01T10:00:00Z"},
		"without a zone":           {"2020-05-01T10:00:00", "2020-05-01T10:00:00Z"},
		"microseconds":             {"2020-05-01T10:00:00.123456+00:00", "2020-05-01T10:00:00.123456Z"},
		"a zone":                   {"2020-05-01T10:00:00+03:00", "2020-05-01T07:00:00Z"},
		"a zone behind":            {"2020-05-01T10:00:00-03:30", "2020-05-01T13:30:00Z"},
		"a plus that got lost":     {"2020-05-01T10:00:00.5 03:00", "2020-05-01T07:00:00.5Z"},
		"a day":                    {"2020-05-01", "2020-05-01T00:00:00Z"},
		"minutes":                  {"2020-05-01T10:00", "2020-05-01T10:00:00Z"},
		"more digits than we keep": {"2020-05-01T10:00:00.1234567891Z", "2020-05-01T10:00:00.123456789Z"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := fhir.ParseInstant(tc.in)
			if err != nil {
				t.Fatal(err)
			}
			if s := got.Format(time.RFC3339Nano); s != tc.want {
				t.Errorf("got %s, want %s", s, tc.want)
			}
		})
	}
	for _, in := range []string{"", "yesterday", "2020", "2020-05", "2020-05-01 10:00:00", "2020-05-01T10:00:00 0300", "2020-05-01T10:00:00 ", "1588327200"} {
		if got, err := fhir.ParseInstant(in); err == nil {
			t.Errorf("ParseInstant(%q) = %s, want an error", in, got)
		}
	}
}

// The standard library agrees on every instant that both can read.
func TestParseDateTimeAgreesWithTheLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.UnixMilli(rapid.Int64Range(-62135596800000, 253402300799999).Draw(t, "ms")).UTC()
		zone := rapid.IntRange(-14*60, 14*60).Draw(t, "zone")
		text := at.In(time.FixedZone("", zone*60)).Format("2006-01-02T15:04:05.000Z07:00")
		lo, hi, err := fhir.ParseDateTime(text)
		if want := at.In(time.FixedZone("", zone*60)).Year(); want < 1 || want > 9999 {
			return
		}
		if err != nil || lo != at.UnixMilli() || hi != lo {
			t.Fatalf("ParseDateTime(%s) = %d, %d, %v, want %d", text, lo, hi, err, at.UnixMilli())
		}
	})
}

func TestDaysThatExist(t *testing.T) {
	for year := 1896; year <= 2104; year++ {
		for month := 1; month <= 12; month++ {
			for day := 28; day <= 32; day++ {
				text := fmt.Sprintf("%04d-%02d-%02d", year, month, day)
				_, want := time.Parse(time.DateOnly, text)
				if _, _, err := fhir.ParseDateTime(text); (err == nil) != (want == nil) {
					t.Fatalf("ParseDateTime(%s): %v, the library says %v", text, err, want)
				}
			}
		}
	}
}

// A date or time is a span that ends after it began and lies in those of its shorter
// forms; the standard library agrees on what is whole.
func FuzzParseDateTime(f *testing.F) {
	for _, s := range []string{"2020", "2020-02", "2020-02-29", "2020-05-01T10:00", "2020-05-01T10:00:00", "2020-05-01T10:00:00.123+03:00", "2020-05-01T10:00:00 03:00",
		"0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999-12:00", "2016-12-31T23:59:60Z", "2020-05-01T24:00:00Z", "2020-05-01T10:00:00.0000000001Z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		lo, hi, err := fhir.ParseDateTime(s)
		if err == nil && lo > hi {
			t.Errorf("ParseDateTime(%q) = %d, %d: it ends before it starts", s, lo, hi)
		}
		at, wrong := fhir.ParseInstant(s)
		if wrong == nil && at.Location() != time.UTC {
			t.Errorf("ParseInstant(%q) is not in UTC", s)
		}
		if err == nil && wrong == nil && at.UnixMilli() != lo {
			t.Errorf("ParseInstant(%q) = %s, ParseDateTime starts at %d", s, at, lo)
		}
		if want, no := time.Parse(time.RFC3339Nano, s); err == nil && no == nil && want.UnixMilli() != lo {
			t.Errorf("ParseDateTime(%q) starts at %d, the library says %d", s, lo, want.UnixMilli())
		}
		leap := strings.Contains(s, ":60") // counts as the second after it, which may be of another year
		if err != nil || leap || strings.ContainsAny(s, "+Zz ") || strings.Count(s, "-") > 2 {
			return
		}
		for _, n := range []int{4, 7, 10, 16, 19} {
			if n >= len(s) {
				break
			}
			if l, h, err := fhir.ParseDateTime(s[:n]); err != nil || l > lo || h < hi {
				t.Errorf("%q spans %d to %d, %q %d to %d, %v", s, lo, hi, s[:n], l, h, err)
			}
		}
	})
}
