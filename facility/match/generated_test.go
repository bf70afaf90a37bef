package match_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"masjala/facility/match"
	"masjala/internal/testutil"
)

// country makes a list of facilities and a damaged copy of it, by seed.
type country struct {
	*rand.Rand
	districts []district
}

type district struct {
	region, name string
	wards        []string
	at           match.Position
}

func pick(r *rand.Rand, of string) string {
	all := strings.Split(of, ",")
	return all[r.IntN(len(all))]
}

// word makes a name that could be of a place: syllables of several languages.
func (c *country) word() string {
	onset := "b,ch,d,g,k,l,m,n,p,r,s,sh,t,w,y,z,mb,nd,ng,nj,mw,kw,ny,f,h,j,mt,dj,ts,v"
	var b strings.Builder
	for range 2 + c.IntN(3) {
		b.WriteString(pick(c.Rand, onset) + pick(c.Rand, "a,e,i,o,u,a,i,u"))
	}
	w := b.String()
	if c.IntN(6) == 0 {
		w += pick(c.Rand, "n,r,ni,le,ga,we")
	}
	return strings.ToUpper(w[:1]) + w[1:]
}

// name makes the part of a name that is not what the facility is.
func (c *country) name() string {
	switch c.IntN(10) {
	case 0:
		return "St. " + pick(c.Rand, "Mary,John,Joseph,Francis,Elizabeth,Luke,Anne,Peter,Theresa,Benedict")
	case 1:
		return c.word() + " " + pick(c.Rand, "Mission,Catholic,Community,Government,Islamic")
	case 2:
		return c.word() + " " + pick(c.Rand, "North,South,East,West,Central")
	case 3:
		return c.word() + " " + fmt.Sprint(1+c.IntN(4))
	case 4, 5:
		return c.word() + " " + c.word()
	}
	return c.word()
}

const sorts = "Dispensary,Dispensary,Dispensary,Health Centre,Health Centre,Hospital,Clinic,Health Post,Maternity Home"

func newCountry(seed uint64) *country {
	c := &country{Rand: rand.New(rand.NewPCG(seed, seed))}
	for r := range 16 {
		region := c.word()
		for d := range 8 {
			x := district{region: region, name: c.word(), at: match.Position{Lat: -10 + float64(r/4)*2 + float64(d/3)*0.6 + c.Float64()/5, Lon: 30 + float64(r%4)*2 + float64(d%3)*0.6 + c.Float64()/5}}
			for range 12 {
				x.wards = append(x.wards, c.word())
			}
			c.districts = append(c.districts, x)
		}
	}
	return c
}

// facility makes one anywhere in a district.
func (c *country) facility(name, sort string, d *district) match.Facility {
	return match.Facility{Name: name + " " + sort, Type: sort, Areas: []string{d.region, d.name, d.wards[c.IntN(len(d.wards))]},
		Position: &match.Position{Lat: d.at.Lat + c.Float64()*0.5, Lon: d.at.Lon + c.Float64()*0.5}}
}

// neighbour stands 50 to 500 m from another, in the same ward, under the same name.
func (c *country) neighbour(f match.Facility, name, sort string) match.Facility {
	n := f
	n.Name, n.Type = name+" "+sort, sort
	n.Position = c.moved(f.Position, 50, 500)
	return n
}

func (c *country) moved(p *match.Position, least, most float64) *match.Position {
	step := (least + c.Float64()*(most-least)) / 111_000
	if c.IntN(2) == 0 {
		return &match.Position{Lat: p.Lat + step, Lon: p.Lon}
	}
	return &match.Position{Lat: p.Lat, Lon: p.Lon - step}
}

// list makes n facilities: one in eight has a neighbour of another sort under its name, one
// in ten a namesake in another district.
func (c *country) list(n int) []match.Facility {
	var out []match.Facility
	for len(out) < n {
		name, sort, d := c.name(), pick(c.Rand, sorts), &c.districts[c.IntN(len(c.districts))]
		f := c.facility(name, sort, d)
		out = append(out, f)
		switch c.IntN(40) {
		case 0, 1, 2, 3, 4:
			other := map[string]string{"Dispensary": "Health Centre", "Health Centre": "Hospital", "Hospital": "Dispensary", "Clinic": "Hospital", "Health Post": "Health Centre", "Maternity Home": "Hospital"}[sort]
			out = append(out, c.neighbour(f, name, other))
		case 5, 6, 7, 8:
			out = append(out, c.facility(name, sort, &c.districts[c.IntN(len(c.districts))]))
		}
	}
	return out[:n]
}

// damaged is a facility as another office writes it.
func (c *country) damaged(f match.Facility) match.Facility {
	name, _ := strings.CutSuffix(f.Name, " "+f.Type)
	sort := pick(c.Rand, map[string]string{
		"Dispensary": "Dispensary,Disp,Disp.,Zahanati,Dispensaire,Dispensry", "Health Centre": "Health Center,H/C,HC,Centre de Santé,Kituo cha Afya,Health Cntr,Centro de Saúde",
		"Hospital": "Hosp,Hospital,Hôpital,Hospitali,Hosp.", "Clinic": "Clinic,Clinique,Clínica,Clin.", "Health Post": "Health Post,Poste de Santé,HP,Posto de Saúde", "Maternity Home": "Maternity,Maternité,Maternity Home",
	}[f.Type])
	if c.IntN(8) == 0 {
		name = strings.NewReplacer("Mission", "Misheni", "North", "Kaskazini", "South", "Kusini", "East", "Mashariki", "West", "Magharibi", "St. ", "Saint ", "Government", "Govt", " 2", " II", " 3", " III").Replace(name)
	}
	switch c.IntN(6) {
	case 0:
		name = c.typo(name)
	case 1:
		name = c.dropped(name)
	case 2:
		name = c.respelt(name)
	case 3:
		name = c.typo(c.respelt(name))
	}
	g := f
	switch c.IntN(5) {
	case 0:
		g.Name = sort + " " + name
	case 1:
		g.Name = strings.ToUpper(name)
	default:
		g.Name = name + " " + sort
	}
	g.Position = c.moved(f.Position, 0, 500)
	if c.IntN(12) == 0 {
		g.Position = nil
	}
	g.Areas = []string{f.Areas[0] + pick(c.Rand, ", Region, Province"), f.Areas[1] + pick(c.Rand, ", District, DC")}
	if c.IntN(3) == 0 {
		g.Areas = append(g.Areas, c.typo(f.Areas[2])+pick(c.Rand, ", Ward"))
	}
	return g
}

// typo changes, drops, doubles or swaps a letter after the first of a word.
func (c *country) typo(name string) string {
	r := []rune(name)
	for range 10 {
		i := 1 + c.IntN(len(r)-1)
		if r[i] == ' ' || r[i-1] == ' ' || r[i] >= '0' && r[i] <= '9' {
			continue
		}
		switch c.IntN(4) {
		case 0:
			r[i] = rune("aeioumnrlstk"[c.IntN(12)])
		case 1:
			return string(r[:i]) + string(r[i+1:])
		case 2:
			return string(r[:i]) + string(r[i]) + string(r[i:])
		case 3:
			if i+1 < len(r) && r[i+1] != ' ' {
				r[i], r[i+1] = r[i+1], r[i]
			}
		}
		break
	}
	return string(r)
}

// dropped leaves out the last word of a name of several, unless it tells places apart, or
// turns the words round.
func (c *country) dropped(name string) string {
	w := strings.Fields(name)
	if len(w) < 2 || strings.HasPrefix(name, "St") || strings.Contains("1 2 3 4 II III North South East West Central Kaskazini Kusini Mashariki Magharibi", w[1]) {
		return name
	}
	if c.IntN(2) == 0 {
		return w[1] + " " + w[0]
	}
	return w[0]
}

// respelt writes the sounds as another language would.
func (c *country) respelt(name string) string {
	return strings.NewReplacer("ch", "tch", "sh", "ch", "u", "ou", "k", "c", "w", "ou", "dj", "j", "f", "ph", "z", "s").Replace(name)
}

// twoLists are so many facilities and a damaged copy of them, in which one in ten is missing
// and one in ten is new. partner tells where the copy of each lies.
func (c *country) twoLists(n int) (a, b []match.Facility, partner map[int]int) {
	all := c.list(n + n/10)
	a, extra := all[:n], all[n:]
	partner = map[int]int{}
	for _, i := range c.Perm(n) {
		if c.IntN(10) > 0 {
			partner[i] = len(b)
			b = append(b, c.damaged(a[i]))
		}
	}
	for _, f := range extra {
		b = append(b, c.damaged(f))
	}
	return a, b, partner
}

func BenchmarkLists(b *testing.B) {
	x, y, _ := newCountry(1).twoLists(15_000)
	b.ResetTimer()
	for b.Loop() {
		if _, err := match.Lists(b.Context(), x, y); err != nil {
			b.Fatal(err)
		}
	}
}

func TestDamagedCopyOfTwentyThousand(t *testing.T) {
	testutil.Requirement(t, "MT-2")
	a, b, partner := newCountry(2026).twoLists(20_000)
	judge(t, a, b, partner)
}
