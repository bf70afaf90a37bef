package cell_test

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"masjala/importers/cell"
	"masjala/importers/sheet"
	"masjala/importers/sheet/grid"
	"masjala/internal/testutil"
)

func TestCheckDigits(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	tests := map[cell.Scheme]struct{ good, bad []string }{
		cell.Luhn:     {[]string{"79927398713", "7992-7398 713", "00"}, []string{"79927398710", "97927398713", "7", "", "A7"}},
		cell.Verhoeff: {[]string{"2363", "123451", "84736430954837284567892"}, []string{"2364", "3263", "123415"}},
		cell.Damm:     {[]string{"5724"}, []string{"5727", "7524"}},
		cell.Mod11_10: {[]string{"07945"}, []string{"07946", "0794A"}},
		cell.Mod11_2:  {[]string{"07940", "079X", "0000-0002-1825-0097", "0000-0001-5109-3700"}, []string{"079Y", "0000-0002-1825-0098", "X", "07X9"}},
		cell.Mod97_10: {[]string{"79444", "3214282912345698765432161182"}, []string{"79445", "97444", "01"}},
		cell.Mod37_36: {[]string{"A12425GABC1234002M", "a12425gabc1234002m"}, []string{"A12425GABC1234002N", "A1242 5GABC1234020M"}},
	}
	for s, tc := range tests {
		t.Run(string(s), func(t *testing.T) {
			for _, code := range tc.good {
				if !cell.Verify(s, code) {
					t.Errorf("%q does not verify", code)
				}
			}
			for _, code := range tc.bad {
				if cell.Verify(s, code) {
					t.Errorf("%q verifies", code)
				}
			}
		})
	}
	if cell.Verify("none", "00") {
		t.Error("an unknown scheme verifies")
	}
}

// TestOneDigitWrongIsSeen is what check digits are for.
func TestOneDigitWrongIsSeen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringMatching(`[0-9]{4,9}`).Draw(t, "body")
		s := rapid.SampledFrom([]cell.Scheme{cell.Luhn, cell.Verhoeff, cell.Damm, cell.Mod11_10}).Draw(t, "scheme")
		var good string
		for d := range 10 {
			if code := body + string(rune('0'+d)); cell.Verify(s, code) {
				if good != "" {
					t.Fatalf("%s and %s both verify", good, code)
				}
				good = code
			}
		}
		at := rapid.IntRange(0, len(body)-1).Draw(t, "at")
		other := rapid.IntRange(1, 9).Draw(t, "other")
		wrong := []byte(good)
		wrong[at] = byte('0' + (int(wrong[at]-'0')+other)%10)
		if cell.Verify(s, string(wrong)) {
			t.Fatalf("%s: both %s and %s verify", s, good, wrong)
		}
	})
}

func TestSchemeVote(t *testing.T) {
	var v cell.SchemeVote
	for range 60 {
		v.Add("79927398713")
	}
	v.Add("79927398710")
	if s, codes, passed, ok := v.Scheme(); s != cell.Luhn || codes != 61 || passed != 60 || !ok {
		t.Errorf("%s, %d of %d, %v", s, passed, codes, ok)
	}
	var few cell.SchemeVote
	few.Add("79927398713")
	if _, _, _, ok := few.Scheme(); ok {
		t.Error("one code is no evidence")
	}
}

// TestMessFacilityNumbersHaveLuhnDigits reads the largest real list with check digits.
func TestMessFacilityNumbersHaveLuhnDigits(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	var v cell.SchemeVote
	for _, n := range column(t, "tanzania-hfr-2022/All_Operating_Health_Facilities_in_Tanzania-2022-Apr-20.redacted.xls", "Facility Number") {
		v.Add(n)
	}
	if s, codes, passed, ok := v.Scheme(); !ok || s != cell.Luhn || codes != 10209 || passed != 10209 {
		t.Errorf("%d of %d verify by %s, want 10,209 of 10,209 by luhn", passed, codes, s)
	}
}

// column reads a column of a real list by its heading in one of the first rows.
func column(t *testing.T, file, heading string) []string {
	t.Helper()
	b, err := sheet.Open(filepath.Join(testutil.Reference(t), "data/facility", file), sheet.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	rows, err := b.Rows("")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	all, err := grid.Take(rows.Next, math.MaxInt)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	at := -1
	for _, r := range all {
		if at < 0 {
			at = slices.Index(r.Cells, heading)
			continue
		}
		out = append(out, r.Cells[at])
	}
	return out
}

// TestMessRegistrationNumbersLostZeros compares two exports of the same facilities.
func TestMessRegistrationNumbersLostZeros(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	const folder = "kenya-kmhfl-nairobi-2025/"
	damaged, whole := column(t, folder+"facilities.csv", "Registration_number"), column(t, folder+"facilities.geojson", "Registration_number")
	all := map[string]bool{}
	for _, n := range whole {
		all[n] = true
	}
	zeros, slashed, lost, restored, wrong := 0, 0, 0, 0, 0
	for i, n := range damaged {
		if strings.HasPrefix(whole[i], "0") {
			zeros++
			if n == whole[i] && strings.Contains(n, "/") { // no number, so that it kept them
				slashed++
			}
		}
		if n != whole[i] && n != "" && strings.HasSuffix(whole[i], n) {
			lost++
		}
		if got, ok := cell.RestoreZeros(n, 4, func(s string) bool { return all[s] }); ok {
			restored++
			if got != whole[i] {
				wrong++
			}
		}
	}
	if zeros != 413 || slashed != 2 || zeros-slashed != lost {
		t.Errorf("%d numbers begin with zeros, %d of them kept them; want 413 and 2, and that the others are those that lost them", zeros, slashed)
	}
	if lost != 411 || restored != 410 || wrong != 0 { // one was all zeros
		t.Errorf("%d numbers lost zeros, %d were restored, %d of them wrongly; want 411, 410 and none", lost, restored, wrong)
	}
}

// TestMessNoBreakSpacesInNames counts what cleaning has to put right in the largest real list.
func TestMessNoBreakSpacesInNames(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	hard := 0
	for _, n := range column(t, "who-ssa-2019/who_ssa_facilities.csv.gz", "Facility name") {
		if strings.Contains(n, "\u00a0") {
			hard++
		}
	}
	if hard != 668 {
		t.Errorf("%d names with no-break spaces, want 668", hard)
	}
}
