package match_test

import (
	"compress/gzip"
	"encoding/csv"
	"html"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"masjala/facility/match"
	"masjala/internal/testutil"
)

// rows reads a CSV file of the reference folder; each row is a map by heading.
func rows(t testing.TB, path ...string) []map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join(append([]string{testutil.Reference(t), "data", "facility"}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(f.Name(), ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	r := csv.NewReader(in)
	r.LazyQuotes, r.FieldsPerRecord = true, -1
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, row := range all[1:] {
		m := map[string]string{}
		for i, v := range row {
			m[strings.TrimPrefix(all[0][i], "\ufeff")] = strings.TrimSpace(v)
		}
		out = append(out, m)
	}
	return out
}

func point(lat, lon string) *match.Position {
	y, err1 := strconv.ParseFloat(lat, 64)
	x, err2 := strconv.ParseFloat(lon, 64)
	if err1 != nil || err2 != nil {
		return nil
	}
	return &match.Position{Lat: y, Lon: x}
}

// pairing is two lists that name the same facilities, without a key in common.
type pairing struct{ a, b []match.Facility }

// southAfrica are the two lists of hospitals of South Africa.
func southAfrica(t testing.TB) pairing {
	var p pairing
	for _, r := range rows(t, "south-africa-dsfsi", "hospitals_v1.csv") {
		p.a = append(p.a, match.Facility{Name: r["Name"], Type: r["Category"], Areas: []string{r["Province"], r["District"], r["Subdistrict"]}, Position: point(r["Lat"], r["Long"])})
	}
	for _, r := range rows(t, "south-africa-dsfsi", "public_hospitals.csv") {
		p.b = append(p.b, match.Facility{Name: r["Name"], Type: r["Category"], Areas: []string{r["Province"], r["district"], r["subdistrict"]}, Position: point(r["Lat"], r["Long"])})
	}
	return p
}

var (
	tableRow  = regexp.MustCompile(`(?s)<tr[^>]*>(.*?)</tr>`)
	tableCell = regexp.MustCompile(`(?s)<t[dh][^>]*>(.*?)</t[dh]>`)
)

// tanzania are the registry of Tanzania and the Tanzanian rows of the list of the WHO.
func tanzania(t testing.TB) pairing {
	text, err := os.ReadFile(filepath.Join(testutil.Reference(t), "data", "facility", "tanzania-hfr-2022", "All_Operating_Health_Facilities_in_Tanzania-2022-Apr-20.redacted.xls"))
	if err != nil {
		t.Fatal(err)
	}
	var p pairing
	for _, row := range tableRow.FindAllSubmatch(text, -1) {
		var c []string
		for _, cell := range tableCell.FindAllSubmatch(row[1], -1) {
			c = append(c, strings.TrimSpace(html.UnescapeString(string(cell[1]))))
		}
		if len(c) != 22 || c[0] == "ID" {
			continue
		}
		p.a = append(p.a, match.Facility{Name: c[2], Others: []string{c[5]}, Type: c[11], Areas: c[6:11], Position: point(c[3], c[4])})
	}
	for _, r := range rows(t, "who-ssa-2019", "who_ssa_facilities.csv.gz") {
		if r["Country"] == "Tanzania" {
			p.b = append(p.b, match.Facility{Name: r["Facility name"], Type: r["Facility type"], Areas: []string{r["Admin1"]}, Position: point(r["Lat"], r["Long"])})
		}
	}
	return p
}
