package match_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"masjala/facility/match"
	"masjala/internal/linkage"
)

// verdict compares two facilities in a registry of some size.
func verdict(t *testing.T, a, b match.Facility) (linkage.Pair, bool) {
	t.Helper()
	var crowd []match.Facility
	for i := range 400 {
		crowd = append(crowd, match.Facility{Name: fmt.Sprintf("Cro%cd%c Village Dispensary", 'a'+i%26, 'a'+i/26), Areas: []string{"Elsewhere"}})
	}
	pairs, err := match.Candidates(t.Context(), append([]match.Facility{a}, crowd...), append([]match.Facility{b}, crowd[:300]...))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pairs {
		if p.A == 0 && p.B == 0 {
			return p, true
		}
	}
	return linkage.Pair{}, false
}

// Each line is spellings of one name, the first of a kind, in many languages.
func TestNamesOfOneFacility(t *testing.T) {
	for _, line := range []string{
		"Gede Dispensary|GEDE DISP.|Zahanati ya Gede|Dispensaire de Gede|Dispensario Gede|Gede Dispensry",
		"Kilimani Health Centre|Kilimani H/C|Kituo cha Afya Kilimani|Centre de Santé Kilimani|Centro de Saúde de Kilimani|Centro de Salud Kilimani|KILIMANI CHC|مركز صحي Kilimani|ጤና ጣቢያ Kilimani|Helth Centre Kilimani|Health Center of Kilimani",
		"St. Mary's Hospital|Saint Marys Hosp|Hôpital Sainte Mary|Hospitali ya Mtakatifu Mary|مستشفى St Mary",
		"Cecilia Makiwane Hospital|C Makiwane Hospital|Makiwane Cecilia Hosp",
		"John Daniel Newberry Hospital|JD Newberry Hospital",
		"Inkosi Albert Luthuli Central Hospital|IALCH Central Hospital",
		"Port Elizabeth Provincial Hospital|PE Prov Hospital",
		"Kivu II Clinic|Kivu 2 Clinique|Clínica Kivu 02|Clinique Kivu Deux|Kivu No 2 H/Clinic|Kliniki Kivu Mbili",
		"Kivu 1 Clinic|Kivu I Clinique|Kivu One Clinic|Kivu N°1 Clinique|Kivu N° I Clinique|Kivu I H/Clinic",
		"I. K. Okoro Hospital|Ikenna Kalu Okoro Hospital|Okoro I. K. Hosp.",
		"C. M. Patel Hospital|Chandra Mohan Patel Hospital",
		"UN Clinic Tomping|Tomping UN Clinic",
		"Um Badda Hospital|Umm Badda Hosp|مستشفى أم بدة Um Badda",
		"Hospital dos Pescadores|Hospital Pescadores",
		"Raipur SC|HSC Raipur|Sub-Centre Raipur|Raipur Health Sub Center",
		"Kisauni North Dispensary|Zahanati Kisauni Kaskazini|Dispensaire Kisauni Nord",
		"Mwandui Gembe Dispensary|MWANDUIGEMBE",
		"Ouagadougou Clinic|Wagadugu Clinic",
		"Больница Кисуму|Kisumu Hospital",
		"L'Hôpital de l'Amitié|Hopital Amitie",
	} {
		names := strings.Split(line, "|")
		first := match.Facility{Name: names[0], Areas: []string{"Kilifi"}}
		for _, n := range names[1:] {
			p, found := verdict(t, first, match.Facility{Name: n, Areas: []string{"Kilifi District"}})
			if !found || p.Bits < match.Limits.Review || strings.Contains(p.Explain(), "not") {
				t.Errorf("%q and %q: %.1f bits, %s", names[0], n, p.Bits, p.Explain())
			}
		}
	}
}

// Names that resemble each other and mean others, in the same district at the same distance.
func TestNamesOfNeighbours(t *testing.T) {
	for _, pair := range [][2]string{
		{"Gede Dispensary", "Gede Health Centre"}, {"Kisauni Ward 3 Clinic", "Kisauni Ward 4 Clinic"}, {"Ngoma A Dispensary", "Ngoma B Dispensary"},
		{"Kisauni North Dispensary", "Kisauni South Dispensary"}, {"Zahanati ya Kisauni Kaskazini", "Dispensaire Kisauni Sud"}, {"New Nyali Hospital", "Old Nyali Hospital"},
		{"Kivu II Clinic", "Kivu III Clinic"}, {"Gede Dispensary", "Gede Pharmacy"}, {"Amani Dispensary", "Baraka Dispensary"},
		{"C. M. Patel Hospital", "P. S. Patel Hospital"}, {"N. I. Okoro Hospital", "B. I. Okoro Hospital"}, {"Kisauni Upper Clinic", "Kisauni Lower Clinic"},
	} {
		at := func(name string, lat float64) match.Facility {
			return match.Facility{Name: name, Areas: []string{"Kilifi"}, Position: &match.Position{Lat: lat, Lon: 40}}
		}
		if p, found := verdict(t, at(pair[0], -3.300), at(pair[1], -3.302)); found && p.Bits >= match.Limits.Accept {
			t.Errorf("%q and %q: %.1f bits, %s", pair[0], pair[1], p.Bits, p.Explain())
		}
	}
}

// One kind of facility may have grades, which tell neighbours apart where both are named.
func TestGrades(t *testing.T) {
	for pair, want := range map[[2]string]string{
		{"Raipur PHC", "Raipur CHC"}:                                       "both health centre, primary and community or comprehensive",
		{"Ikeja CHC", "Ikeja Comprehensive Health Centre"}:                 "both health centre",
		{"Raipur CHC", "Community Health Centre Raipur"}:                   "both health centre",
		{"CSU Kolda", "Centre de Santé Urbain de Kolda"}:                   "both health centre",
		{"CSU Kolda", "Centre de Santé Kolda"}:                             "both health centre, urban and plain",
		{"Raipur PHC", "Raipur Health Centre"}:                             "both health centre",
		{"C.M. Patel Hospital", "Patel Hospital"}:                          "both hospital",
		{"C.M. Kila", "Centre Médical de Kila"}:                            "both clinic",
		{"C.S. Maternité de Kila", "Centre de Santé et Maternité de Kila"}: "both health centre",
	} {
		p, found := verdict(t, match.Facility{Name: pair[0]}, match.Facility{Name: pair[1]})
		if !found || !strings.HasSuffix(p.Explain(), ", "+want) {
			t.Errorf("%q and %q: %s, want %s at the end", pair[0], pair[1], p.Explain(), want)
		}
	}
}

// A division of a town is not the region that is called so.
func TestDivisionsOfTowns(t *testing.T) {
	clinic := func(name string, areas ...string) match.Facility { return match.Facility{Name: name, Areas: areas} }
	for division, same := range map[string]bool{"Northern Division": false, "Central Division": false, "Gulu Division": true, "Northern": true} {
		a := []match.Facility{clinic("Kila Clinic", "Eastern Region", "Mbale", division), clinic("Amani Clinic", "Northern Region", "Gulu"), clinic("Baraka Clinic", "Central Region")}
		b := []match.Facility{clinic("Kila Clinic", "Northern", "Gulu", "Laroo"), clinic("Amani Clinic", "Eastern", "Mbale"), clinic("Baraka Clinic", "Central")}
		pairs, err := match.Candidates(t.Context(), a, b)
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(pairs, func(p linkage.Pair) bool { return p.A == 0 && p.B == 0 })
		if at < 0 || strings.Contains(pairs[at].Explain(), "same "+division) != same {
			t.Errorf("%s and the north: %+v, want the same %v", division, pairs, same)
		}
	}
}
