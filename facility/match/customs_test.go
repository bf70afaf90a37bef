package match_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"masjala/facility/match"
	"masjala/internal/linkage"
	"masjala/internal/linkage/linkagetest"
	"masjala/internal/testutil"
)

// custom is how the offices of a country name facilities: one list is written by the first of the forms
// of each sort, the other by all the others. {} is the name of the place.
type custom struct {
	onsets, vowels, ends string   // what places are called with
	sorts                []string // "type: form | other forms", commonest first
	beside               []string // pairs of sorts that stand side by side in one place
	numbers              []string // the second of several posts, in the first list and in the other
	respelt              []string // letters that the other list writes otherwise, in pairs
	levels               []string // what the other list adds to the areas, from the top
}

var customs = map[string]custom{
	"Congo": {
		onsets: "k,l,m,n,b,mb,ng,nk,mp,nd,t,s,w,y,lu,ki,bo", vowels: "a,e,i,o,u", ends: ",,,,la,nga,ngi,ta,le",
		sorts: []string{"CS: CS {} | Centre de Santé {} | C.S. de {} | CS {}", "PS: PS {} | Poste de Santé {} | P.S. {} | PS de {}", "CSR: CSR {} | Centre de Santé de Référence {} | CS Réf {}",
			"HGR: HGR {} | Hôpital Général de Référence de {} | Hôpital Général {}", "CM: CM {} | Centre Médical {} | C.M. {}", "Clinique: Clinique {} | Clinique {} | Cl. {}"},
		beside:  []string{"CS HGR", "PS CS", "CSR PS", "CM HGR", "CS Clinique", "CS CSR"},
		numbers: []string{"1|2|3", "I|II|III", "Un|Deux|Trois", "N°1|N°2|N°3"}, respelt: []string{"u", "ou", "y", "j", "ki", "qui"},
		levels: []string{"DPS %s|Province du %s|%s", "ZS %s|Zone de Santé de %s|%s", "AS %s|Aire de Santé %s|%s"},
	},
	"Ethiopia": {
		onsets: "b,d,g,k,m,w,j,ch,sh,t,ts,q,gn,z,h,r,y,l", vowels: "a,e,i,o,u,a,e", ends: ",,,,r,bo,ra,le,m,sa",
		sorts: []string{"HP: {} Health Post | {} HP | {} H/Post | {} health post", "HC: {} Health Center | {} HC | {} H/Center | {} Health Centre", "PH: {} Primary Hospital | {} Hospital | {} P/Hospital",
			"Clinic: {} Medium Clinic | {} Clinic | {} Medium Clinic"},
		beside:  []string{"HC HP", "PH HC", "HC Clinic"},
		numbers: []string{"01|02|03", "1|2|3", "Kebele 01|Kebele 02|Kebele 03"}, respelt: []string{"q", "k", "ts", "tz", "gn", "ny", "ch", "c", "i", "ee", "a", "aa", "j", "dj"},
		levels: []string{"%s Region|%s", "%s Zone|%s", "%s Woreda|%s"},
	},
	"India": {
		onsets: "b,d,g,k,m,p,r,s,sh,t,ch,j,n,bh,dh,kh,v,l", vowels: "a,aa,i,u,o,e,a,ee", ends: "pur,garh,gaon,wada,nagar,li,,na,ri",
		sorts: []string{"SC: {} SC | Sub Centre {} | HSC {} | {} Sub Center", "PHC: {} PHC | Primary Health Centre {} | PHC, {} | PHC {}", "CHC: {} CHC | Community Health Centre {} | CHC {}",
			"UPHC: {} UPHC | Urban Primary Health Centre {} | UPHC {}", "SDH: {} SDH | Sub District Hospital {} | SDH {}"},
		beside:  []string{"PHC SC", "CHC SC", "CHC SDH", "UPHC SDH", "PHC CHC", "PHC UPHC"},
		numbers: []string{"1|2|3", "I|II|III"}, respelt: []string{"aa", "a", "ee", "i", "v", "w", "sh", "s", "bh", "b", "garh", "gadh"},
		levels: []string{"%s|%s State", "%s|%s Dist.", "%s Block|%s"},
	},
	"Nigeria": {
		onsets: "b,d,g,k,m,t,s,r,y,z,j,w,l,gb,kw,f,h,n", vowels: "a,i,u,o,e,a,u", ends: ",,,wa,ri,n,ki,ji",
		sorts: []string{"PHC: {} PHC | {} Primary Health Care Centre | {} Primary Health Center | Primary Health Care Centre {}", "HP: {} Health Post | {} HP | {} H/Post", "Dispensary: {} Dispensary | {} Disp. | {} Dispensary",
			"Clinic: {} Health Clinic | {} H/Clinic | {} Health Clinic", "GH: {} General Hospital | {} GH | General Hospital, {} | {} Gen. Hosp."},
		beside:  []string{"PHC HP", "GH PHC", "Dispensary PHC"},
		numbers: []string{"1|2|3", "No 1|No 2|No 3", "I|II|III", "One|Two|Three"}, respelt: []string{"k", "ƙ", "d", "ɗ", "o", "ọ", "gb", "b", "u", "oo"},
		levels: []string{"%s|%s State", "%s|%s LGA", "%s Ward|%s"},
	},
}

// real is a facility as it is, before an office writes it down.
type real struct {
	place, sort string
	number      int // 0 for the only one
	areas       []string
	at          match.Position
}

// countryside makes lists of one custom by seed.
type countryside struct {
	*rand.Rand
	custom
}

func (c *countryside) word() string {
	var b strings.Builder
	for range 2 + c.IntN(2) {
		b.WriteString(pick(c.Rand, c.onsets) + pick(c.Rand, c.vowels))
	}
	w := b.String() + pick(c.Rand, c.ends)
	return strings.ToUpper(w[:1]) + w[1:]
}

// sort draws one, the commonest most often.
func (c *countryside) sort() string {
	name, _, _ := strings.Cut(c.sorts[min(c.IntN(len(c.sorts)), c.IntN(len(c.sorts)))], ":")
	return name
}

// seat is an area with those above it, and where its seat lies.
type seat struct {
	names []string
	at    match.Position
}

// land makes the areas of a country.
func (c *countryside) land() []seat {
	var all []seat
	for p := range 6 {
		province := c.word()
		for d := range 8 {
			district := c.word()
			for range 8 {
				all = append(all, seat{[]string{province, district, c.word()}, match.Position{Lat: -8 + float64(p)*2 + c.Float64()*0.5, Lon: 10 + float64(d) + c.Float64()*0.5}})
			}
		}
	}
	return all
}

// list makes n facilities: one in six has another sort beside it, one in twelve is one of several of a
// number, one in twelve has a namesake elsewhere.
func (c *countryside) list(n int) []real {
	all := c.land()
	at := func(a *seat) match.Position {
		return match.Position{Lat: a.at.Lat + c.Float64()*0.15, Lon: a.at.Lon + c.Float64()*0.15}
	}
	near := func(p match.Position, m float64) match.Position {
		return match.Position{Lat: p.Lat + (c.Float64()-0.5)*2*m/111_000, Lon: p.Lon + (c.Float64()-0.5)*2*m/111_000}
	}
	var out []real
	for len(out) < n {
		a := &all[c.IntN(len(all))]
		f := real{place: c.word(), sort: c.sort(), areas: a.names, at: at(a)}
		if c.IntN(5) == 0 {
			f.place += " " + c.word()
		}
		if c.IntN(9) == 0 {
			f.place = a.names[2] // the seat of the area
		}
		other := &all[c.IntN(len(all))]
		switch k := c.IntN(12); {
		case k < 2:
			pair := strings.Fields(c.beside[c.IntN(len(c.beside))])
			f.sort = pair[0]
			g := f
			g.sort, g.at = pair[1], near(f.at, 600)
			out = append(out, g)
		case k == 2:
			f.number = 1
			for i := range 1 + c.IntN(2) {
				g := f
				g.number, g.at = 2+i, near(f.at, 2500)
				out = append(out, g)
			}
		case k == 3:
			out = append(out, real{place: f.place, sort: f.sort, areas: other.names, at: at(other)})
		}
		out = append(out, f)
	}
	return out[:n]
}

// write is a facility as an office writes it.
func (c *countryside) write(f real, second bool) match.Facility {
	_, forms, _ := strings.Cut(c.sorts[indexOf(c.sorts, f.sort+":")], ": ")
	form := strings.Split(forms, " | ")
	use, place, areas := form[0], f.place, append([]string(nil), f.areas...)
	number := strings.Split(c.numbers[0], "|")
	if second {
		use = form[1+c.IntN(len(form)-1)]
		number = strings.Split(c.numbers[c.IntN(len(c.numbers))], "|")
		if c.IntN(3) == 0 {
			k := c.IntN(len(c.respelt)/2) * 2
			place = place[:1] + strings.Replace(place[1:], c.respelt[k], c.respelt[k+1], 1)
		}
		for i := range areas {
			areas[i] = fmt.Sprintf(pickBar(c.Rand, c.levels[i]), areas[i])
		}
		if c.IntN(3) == 0 {
			areas = areas[:2]
		}
		if c.IntN(10) == 0 {
			place = strings.ToUpper(place)
		}
	}
	if f.number > 0 {
		place += " " + number[f.number-1]
	}
	out := match.Facility{Name: strings.Replace(use, "{}", place, 1), Type: f.sort, Areas: areas, Position: &match.Position{Lat: f.at.Lat, Lon: f.at.Lon}}
	if second {
		out.Type = ""
		if c.IntN(2) == 0 {
			out.Position = nil
		} else {
			out.Position.Lat += (c.Float64() - 0.5) * 600 / 111_000
		}
	}
	return out
}

func indexOf(list []string, prefix string) int {
	for i, s := range list {
		if strings.HasPrefix(s, prefix) {
			return i
		}
	}
	return -1
}

func pickBar(r *rand.Rand, of string) string { return pick(r, strings.ReplaceAll(of, "|", ",")) }

// TestListsOfManyCustoms joins lists of 2,000 that two offices of a country wrote, with true neighbours
// among them. One in ten is in one of the lists only.
func TestListsOfManyCustoms(t *testing.T) {
	testutil.Requirement(t, "MT-2")
	for name, cu := range customs {
		t.Run(name, func(t *testing.T) {
			c := &countryside{rand.New(rand.NewPCG(180, 7)), cu}
			all := c.list(2200)
			var a, b []match.Facility
			partner := map[int]int{}
			for i, f := range all {
				if i < 2000 {
					a = append(a, c.write(f, false))
				}
				if i >= 2000 || c.IntN(10) > 0 {
					if i < 2000 {
						partner[i] = len(b)
					}
					b = append(b, c.write(f, true))
				}
			}
			judge(t, a, b, partner)
		})
	}
}

// judge joins two lists of which the partners are known.
func judge(t *testing.T, a, b []match.Facility, partner map[int]int) {
	t.Helper()
	pairs, err := match.Lists(t.Context(), a, b)
	if err != nil {
		t.Fatal(err)
	}
	linkagetest.Judge(t, pairs, partner, func(p *linkage.Pair) string {
		return fmt.Sprintf("%q %v / %q %v", a[p.A].Name, a[p.A].Areas, b[p.B].Name, b[p.B].Areas)
	})
}
