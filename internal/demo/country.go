package demo

import (
	"fmt"
	"math/rand/v2"
)

// Country is the name of the example country.
const Country = "Kijani"

// Size says how large a country to make. The zero value makes nothing.
type Size struct {
	Regions, Districts, Wards int // districts are spread over regions, wards over districts
	Facilities, Workers       int
	Seed                      uint64
}

// Standard is the country of the guides: 120 areas, 2,000 facilities, 5,000 workers.
var Standard = Size{Regions: 8, Districts: 32, Wards: 80, Facilities: 2000, Workers: 5000, Seed: 1}

// ward is the smallest area, with all that lies above it.
type ward struct {
	region, district, name string
	lat, lon               float64 // centre, degrees
}

// country is everything the workbooks are written from.
type country struct {
	wards      []ward
	facilities []facility
	workers    []worker
}

// build makes the country of a size.
func build(s Size) country {
	r := rand.New(rand.NewPCG(s.Seed, 0x6d61736a616c61))
	c := country{wards: wards(r, s)}
	c.facilities = facilities(r, c.wards, s.Facilities)
	c.workers = workers(r, c.facilities, s.Workers)
	return c
}

// wards lays regions on a grid of two-degree squares, districts and wards inside them.
func wards(r *rand.Rand, s Size) []ward {
	names := newNamer(r)
	regions := make([]string, s.Regions)
	for i := range regions {
		regions[i] = names.place()
	}
	type district struct {
		region int
		name   string
	}
	districts := make([]district, s.Districts)
	for i := range districts {
		districts[i] = district{region: i % max(1, s.Regions), name: names.place()}
	}
	out := make([]ward, s.Wards)
	for i := range out {
		d := districts[i%max(1, s.Districts)]
		out[i] = ward{
			region: regions[d.region], district: d.name, name: names.place(),
			lat: -6 + 2*float64(d.region/4) + 1.8*r.Float64(),
			lon: 30 + 2*float64(d.region%4) + 1.8*r.Float64(),
		}
	}
	return out
}

// namer builds names that do not repeat.
type namer struct {
	r    *rand.Rand
	seen map[string]bool
}

func newNamer(r *rand.Rand) *namer { return &namer{r: r, seen: map[string]bool{}} }

var (
	onsets  = []string{"b", "ch", "d", "f", "g", "h", "k", "l", "m", "mb", "n", "nd", "ng", "p", "r", "s", "sh", "t", "v", "w", "z"}
	vowels  = []string{"a", "e", "i", "o", "u", "a", "i"}
	endings = []string{"", "", "ni", "ra", "we", "le", "ro"}
)

// place returns a place name of two to four syllables that was not given before.
func (n *namer) place() string {
	for {
		name := n.word(2 + n.r.IntN(2))
		if !n.seen[name] {
			n.seen[name] = true
			return name
		}
	}
}

// word builds a capitalised word of some syllables.
func (n *namer) word(syllables int) string {
	var b []byte
	for range syllables {
		b = append(b, onsets[n.r.IntN(len(onsets))]...)
		b = append(b, vowels[n.r.IntN(len(vowels))]...)
	}
	b = append(b, endings[n.r.IntN(len(endings))]...)
	b[0] -= 'a' - 'A'
	return string(b)
}

// pick returns one of the choices; weights are relative.
func pick[T any](r *rand.Rand, choices []T, weights []int) T {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	at := r.IntN(sum)
	for i, w := range weights {
		if at < w {
			return choices[i]
		}
		at -= w
	}
	panic("weights do not add up")
}

// luhn returns the check digit of a string of digits (ISO/IEC 7812-1).
func luhn(digits string) byte {
	sum := 0
	for i := len(digits) - 1; i >= 0; i-- {
		d := int(digits[i] - '0')
		if (len(digits)-i)%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return byte('0' + (10-sum%10)%10)
}

// coordinate prints degrees with five decimals, about a metre.
func coordinate(v float64) string { return fmt.Sprintf("%.5f", v) }
