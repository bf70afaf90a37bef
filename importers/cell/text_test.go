package cell_test

import (
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"masjala/importers/cell"
	"masjala/internal/testutil"
)

func TestMessMisencodedText(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	tests := map[string]struct {
		want     string
		repaired bool
	}{
		"SÃ£o JosÃ©":   {"São José", true},
		"SÃƒÂ£o":       {"São", true},
		"Lâ€™HÃ´pital": {"L’Hôpital", true},
		"8.9064Â° S":   {"8.9064° S", true},
		"São José":     {"São José", false},
		"Ânimo":        {"Ânimo", false},
		"Ã":            {"Ã", false},
		"ÃO 東":         {"ÃO 東", false},
		"Kila":         {"Kila", false},
		"":             {"", false},
	}
	for text, tc := range tests {
		t.Run(text, func(t *testing.T) {
			if got, repaired := cell.Repair(text); got != tc.want || repaired != tc.repaired {
				t.Errorf("Repair(%q) = %q, %v; want %q", text, got, repaired, tc.want)
			}
		})
	}
}

func TestMessDigitsOfOtherScripts(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	for text, want := range map[string]string{"١٤٫٥٠٣٣": "14.5033", "۰۹۱۲ ۳۴۵": "0912 345", "२१/०५/२०००": "21/05/2000", "٠٩١٢-٠٠١، ٠٩١٢-٠٠٢": "0912-001, 0912-002", "١٬٢٠٤": "1204", "９٪": "9%",
		"مركز ٣": "مركز ٣", "14.5": "14.5", "x٣": "x٣", "๐๑๒": "012", "０９": "09", "𞥑𞥒": "12", "": ""} {
		if got := cell.Western(text); got != want {
			t.Errorf("Western(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestRepairKeepsGoodText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[a-zA-Zéèêàçãõáíóúñöüß '’-]{0,20}`).Draw(t, "s")
		if got, repaired := cell.Repair(s); repaired || got != s || !utf8.ValidString(got) {
			t.Fatalf("Repair(%q) = %q", s, got)
		}
	})
}

func TestMessPhonesOfManyShapes(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	tests := map[string]struct {
		text, country, want string // "" for none
	}{
		"trunk digit":            {"0712 345 678", "TZ", "+255712345678"},
		"country code":           {"255712345678", "TZ", "+255712345678"},
		"plus":                   {"+255 712-345-678", "TZ", "+255712345678"},
		"two zeros":              {"00255712345678", "TZ", "+255712345678"},
		"plus and trunk":         {"+255 (0)712 345678", "TZ", "+255712345678"},
		"without trunk":          {"712345678", "TZ", "+255712345678"},
		"letter O for zero":      {"O712345678", "TZ", "+255712345678"},
		"another country":        {"+254712345678", "TZ", "+254712345678"},
		"no plan, international": {"+4122791211", "", "+4122791211"},
		"no plan, national":      {"0712345678", "", ""},
		"a digit lacks":          {"071234567", "TZ", ""},
		"a digit too many":       {"07123456789", "TZ", ""},
		"country without trunk":  {"77 123 45 67", "SN", "+221771234567"},
		"two numbers":            {"0712345678/0713345678", "TZ", ""},
		"words":                  {"call me", "TZ", ""},
		"nothing":                {"", "TZ", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, ok := cell.Phone(tc.text, tc.country)
			if ok != (tc.want != "") || ok && got != tc.want {
				t.Errorf("Phone(%q, %s) = %q, %v; want %q", tc.text, tc.country, got, ok, tc.want)
			}
		})
	}
}

func TestMessLeadingZerosLost(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	known := func(numbers ...string) func(string) bool {
		return func(s string) bool {
			for _, n := range numbers {
				if n == s {
					return true
				}
			}
			return false
		}
	}
	tests := map[string]struct {
		number string
		known  func(string) bool
		want   string
	}{
		"one zero":      {"20870", known("020870"), "020870"},
		"two zeros":     {"870", known("00870"), "00870"},
		"is known":      {"20870", known("20870", "020870"), ""},
		"no evidence":   {"20870", known(), ""},
		"two that fit":  {"870", known("0870", "00870"), ""},
		"no number":     {"A70", known("0A70"), ""},
		"too many lack": {"7", known("00007"), ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got, ok := cell.RestoreZeros(tc.number, 3, tc.known); got != tc.want || ok != (tc.want != "") {
				t.Errorf("RestoreZeros(%q) = %q, %v; want %q", tc.number, got, ok, tc.want)
			}
		})
	}
}
