package match_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"masjala/internal/linkage"
	"masjala/internal/linkage/linkagetest"
	"masjala/internal/testutil"
	"masjala/workforce/match"
)

func TestPairs(t *testing.T) {
	testutil.Requirement(t, "MT-2")
	council := []match.Identifier{{System: "urn:council", Value: "N/7"}}
	other := []match.Identifier{{System: "urn:council", Value: "N/8"}}
	named := func(name, birth, gender string) match.Worker {
		return match.Worker{Names: []string{name}, Birth: birth, Gender: gender}
	}
	with := func(w match.Worker, change func(*match.Worker)) match.Worker {
		change(&w)
		return w
	}
	amina := named("Amina Wanjiru Odhiambo", "1984-03-12", "female")
	tests := map[string]struct {
		a, b match.Worker
		want linkage.Band
		why  string
	}{
		"the same":                      {amina, amina, linkage.Accept, "same name"},
		"names turned round, a title":   {amina, named("Dr. ODHIAMBO Amina Wanjiru", "1984-03-12", "female"), linkage.Accept, "same name"},
		"initials":                      {amina, named("A. W. Odhiambo", "1984-03-12", "female"), linkage.Accept, "born the same day"},
		"a name left out":               {amina, named("Amina Odhiambo", "1984-03-12", ""), linkage.Accept, "born the same day"},
		"day and month swapped":         {amina, named("Amina Wanjiru Odhiambo", "1984-12-03", "female"), linkage.Accept, "swapped"},
		"only the year":                 {amina, named("Amina Wanjiru Odhiambo", "1984", "female"), linkage.Accept, "same year"},
		"spelled by ear":                {named("Abdi Mohamed Farah", "1979-01-05", "male"), named("Abdee Muhammad Farrah", "1979-01-05", "male"), linkage.Accept, "born the same day"},
		"in Arabic letters":             {named("Ahmad Salim Nasir", "1979-01-05", "male"), named("أحمد سليم ناصر", "1979-01-05", "male"), linkage.Accept, "born the same day"},
		"a married name, one licence":   {with(amina, func(w *match.Worker) { w.Identifiers = council }), with(named("Amina Otieno", "1984-03-12", "female"), func(w *match.Worker) { w.Identifiers = council }), linkage.Accept, "same identifier N/7"},
		"a former name":                 {with(amina, func(w *match.Worker) { w.Names = append(w.Names, "Amina Njeri") }), named("Njeri Amina", "1984-03-12", "female"), linkage.Accept, "same name"},
		"particles":                     {named("Abd el Rahman Hassan", "1970-02-02", "male"), named("Abdelrahman Hassan", "1970-02-02", "male"), linkage.Accept, "same name"},
		"another birthday":              {amina, named("Amina Wanjiru Odhiambo", "1991-07-30", "female"), linkage.Review, "born 1984-03-12, not 1991-07-30"},
		"another person of the family":  {amina, named("Peter Odhiambo", "1971-05-05", "male"), linkage.Reject, ""},
		"another of the name":           {with(amina, func(w *match.Worker) { w.Identifiers = council }), with(named("Amina Wanjiru Odhiambo", "1990-03-12", "female"), func(w *match.Worker) { w.Identifiers = other }), linkage.Review, "identifier N/7, not N/8"},
		"a telephone that two share":    {with(amina, func(w *match.Worker) { w.Phones = []string{"0712 345 678"} }), with(named("Grace Achieng", "1990-01-01", "female"), func(w *match.Worker) { w.Phones = []string{"+254712345678"} }), linkage.Reject, ""},
		"a telephone written otherwise": {with(named("Amina Odhiambo", "", ""), func(w *match.Worker) { w.Phones = []string{"0712 345 678"} }), with(named("Odhiambo Amina", "", ""), func(w *match.Worker) { w.Phones = []string{"+254712345678"} }), linkage.Accept, "same telephone"},
		"no name at all":                {match.Worker{}, match.Worker{}, linkage.Reject, ""},
	}
	var crowd []match.Worker // so that the lists have a size
	for i := range 400 {
		crowd = append(crowd, named(fmt.Sprintf("Name%c%c Crowd%c", 'a'+i%26, 'a'+i/26, 'a'+i%7), fmt.Sprintf("19%02d-01-01", 50+i%50), ""))
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			pairs, err := match.Lists(t.Context(), append([]match.Worker{tc.a}, crowd...), append([]match.Worker{tc.b}, crowd[:200]...))
			if err != nil {
				t.Fatal(err)
			}
			got, why := linkage.Reject, ""
			for _, p := range pairs {
				if p.A == 0 && p.B == 0 {
					got, why = p.Band, p.Explain()
				}
			}
			if got != tc.want || !strings.Contains(why, tc.why) {
				t.Errorf("%s (%s), want %s (%s)", got, why, tc.want, tc.why)
			}
		})
	}
}

const (
	givens = `Amina Mohamed Fatuma Joseph Grace Peter Mary John Wanjiru Otieno Achieng Kamau Njeri Juma Hassan Ali Zainab Neema Baraka Upendo Tumaini Rehema Ibrahim Yusuf Mariam Aisha Chidi Ngozi Emeka Adaeze Kwame Akua Kofi Ama
Thabo Lerato Sipho Nomsa Mamadou Fatoumata Ousmane Aminata Cheikh Ndeye Joao Maria Antonio Ana Tesfaye Almaz Getachew Hirut Desta Selam Priya Rajesh Sunita Anil Peninah Esther Daniel David Samuel Ruth Naomi Halima Salma`
	families = `Odhiambo Mwangi Kariuki Ochieng Onyango Wafula Mutua Kilonzo Chebet Kiprotich Jepkosgei Mollel Massawe Mushi Kimaro Lyimo Shayo Ngowi Mwakyusa Mwambene Okafor Okeke Adeyemi Balogun Eze Nwosu Mensah Owusu Boateng Asante Nkosi
Dlamini Khumalo Zulu Ndlovu Diallo Traore Coulibaly Ndiaye Diop Fall Sow Silva Santos Pereira Machava Chissano Bekele Haile Tadesse Abebe Girma Sharma Patel Singh Gupta Banda Phiri Chirwa Tembo Mbewe Lungu Mwale Zimba Kamanga Hussein Abdalla`
)

// town makes n workers; families live together, so that brothers and sisters share a name.
func town(r *rand.Rand, n int) []match.Worker {
	g, f := strings.Fields(givens), strings.Fields(families)
	var out []match.Worker
	for range n {
		w := match.Worker{
			Names:  []string{g[r.IntN(len(g))] + " " + g[r.IntN(len(g))] + " " + f[r.IntN(len(f))]},
			Birth:  fmt.Sprintf("%d-%02d-%02d", 1960+r.IntN(40), 1+r.IntN(12), 1+r.IntN(28)),
			Gender: []string{"male", "female"}[r.IntN(2)],
		}
		if r.IntN(2) == 0 {
			w.Phones = []string{fmt.Sprintf("07%08d", r.IntN(100_000_000))}
		}
		out = append(out, w)
	}
	return out
}

// heard is a worker as another office writes one.
func heard(r *rand.Rand, w match.Worker) match.Worker {
	parts := strings.Fields(w.Names[0])
	switch r.IntN(6) {
	case 0:
		parts = []string{parts[2], parts[0], parts[1]}
	case 1:
		parts = []string{parts[0], parts[2]}
	case 2:
		parts[1] = parts[1][:1] + "."
	case 3:
		i := r.IntN(3)
		k := 1 + r.IntN(len(parts[i])-1)
		parts[i] = parts[i][:k] + parts[i][k+1:]
	case 4:
		for i := range parts {
			parts[i] = strings.NewReplacer("ou", "u", "h", "", "ck", "k", "ei", "e").Replace(strings.ToUpper(parts[i][:1])) + parts[i][1:]
		}
	}
	out := match.Worker{Names: []string{strings.Join(parts, " ")}, Birth: w.Birth, Gender: w.Gender, Phones: w.Phones}
	switch r.IntN(8) {
	case 0:
		out.Birth = w.Birth[:4]
	case 1:
		out.Birth = w.Birth[:5] + w.Birth[8:] + "-" + w.Birth[5:7]
	case 2:
		out.Birth = ""
	}
	if r.IntN(3) == 0 {
		out.Gender = ""
	}
	if r.IntN(3) == 0 {
		out.Phones = nil
	}
	return out
}

func TestTownHeardByAnotherOffice(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	a := town(r, 10_000)
	var b []match.Worker
	partner := map[int]int{}
	for _, i := range r.Perm(len(a)) {
		if r.IntN(10) > 0 {
			partner[i] = len(b)
			b = append(b, heard(r, a[i]))
		}
	}
	b = append(b, town(r, 1000)...)
	pairs, err := match.Lists(t.Context(), a, b)
	if err != nil {
		t.Fatal(err)
	}
	linkagetest.Judge(t, pairs, partner, func(p *linkage.Pair) string { return fmt.Sprintf("%+v / %+v", a[p.A], b[p.B]) })
}

func TestTwins(t *testing.T) {
	testutil.Requirement(t, "HWR-PRO-2")
	list := town(rand.New(rand.NewPCG(9, 9)), 500)
	twin := list[20]
	twin.Names = []string{strings.ToUpper(twin.Names[0])}
	list = append(list, twin)
	pairs, err := match.Twins(t.Context(), list)
	if err != nil {
		t.Fatal(err)
	}
	if len(pairs) == 0 || pairs[0].A != 20 || pairs[0].B != 500 || pairs[0].Band != linkage.Accept {
		t.Errorf("%+v", pairs)
	}
	for _, p := range pairs[1:] {
		if p.Band == linkage.Accept {
			t.Errorf("%+v / %+v: %s", list[p.A], list[p.B], p.Explain())
		}
	}
}
