package national

import "encoding/binary"

// Levels is how many levels of areas there are, the nation being the first.
const Levels = 5

// The country is a square of 7 degrees at the equator, about 600,000 square kilometres.
const (
	south, west = -5.0, 29.0
	width       = 7.0
)

// What dice are thrown for.
const (
	forArea uint64 = iota + 1
	forFamily
	forGiven
	forFacility
	forWorker
	forRole
	forID
)

// Country is a country of a size. It is safe for concurrent use.
type Country struct {
	Size
	level    [Levels + 1]int // the first area of each level, and the end
	lat, lon []float64       // of each area
	names    []string        // of each area
	families []string
	givens   []string
	stride   int // spreads what is popular over the towns
}

// New makes the country of a size.
func New(s Size) *Country {
	c := &Country{Size: s}
	sizes := [Levels]int{1, max(1, s.Areas/8000), max(1, s.Areas/120), max(1, s.Areas/24)}
	sizes[Levels-1] = max(0, s.Areas-sizes[0]-sizes[1]-sizes[2]-sizes[3])
	for l, n := range sizes {
		c.level[l+1] = min(c.level[l]+n, s.Areas)
	}
	c.stride = Stride(c.towns())
	c.families, c.givens = c.words(forFamily, familyNames, 2), c.words(forGiven, givenNames, 1)
	c.lat, c.lon = make([]float64, s.Areas), make([]float64, s.Areas)
	c.names = make([]string, s.Areas)
	for n := range s.Areas {
		c.lay(n)
	}
	return c
}

// Stride returns a step that meets all of n things, one after the other and around again:
// about 0.618 of them.
func Stride(n int) int {
	step := max(1, n*618/1000)
	for ; gcd(step, n) != 1; step++ {
	}
	return step
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// spread is how far the areas of a level lie from the middle of the one above, in degrees.
var spread = [Levels]float64{2: 0.9, 3: 0.16, 4: 0.05}

// lay gives an area its name and place; those above it come first.
func (c *Country) lay(n int) {
	d := c.throw(forArea, n)
	c.names[n] = word(&d, 2)
	switch l := c.Level(n); l {
	case 0:
		c.names[n] = "Kijani"
		c.lat[n], c.lon[n] = south+width/2, west+width/2
	case 1:
		across := 1
		for across*across < c.level[2]-c.level[1] {
			across++
		}
		i := n - c.level[1]
		c.lat[n] = south + (float64(i/across)+0.5)*width/float64(across)
		c.lon[n] = west + (float64(i%across)+0.5)*width/float64(across)
	default:
		above := c.Parent(n)
		c.lat[n] = within(c.lat[above]+spread[l]*d.around(), south)
		c.lon[n] = within(c.lon[above]+spread[l]*d.around(), west)
	}
}

// within keeps a coordinate inside of the country.
func within(x, from float64) float64 { return min(max(x, from), from+width) }

// Level returns the level of an area: 0 is the nation.
func (c *Country) Level(area int) int {
	l := 0
	for l+1 < Levels && area >= c.level[l+1] {
		l++
	}
	return l
}

// Parent returns the area that an area lies in, -1 for the nation.
func (c *Country) Parent(area int) int {
	l := c.Level(area)
	if l == 0 {
		return -1
	}
	first, n := c.level[l-1], c.level[l]-c.level[l-1]
	return first + (area-c.level[l])*n/(c.level[l+1]-c.level[l])
}

// Above returns the area of a level that an area lies in, or is.
func (c *Country) Above(area, level int) int {
	for c.Level(area) > level {
		area = c.Parent(area)
	}
	return area
}

// towns is how many areas of the last level but one there are: 0 in a tiny country.
func (c *Country) towns() int { return max(1, c.level[Levels-1]-c.level[Levels-2]) }

// town returns an area of the last level but one, large ones more often.
func (c *Country) town(d *dice) int {
	u := d.unit()
	rank := int(u * u * float64(c.towns()))
	return min(c.level[Levels-2]+rank*c.stride%c.towns(), c.Areas-1)
}

// village returns an area of the last level in a town, or the town where it has none.
func (c *Country) village(d *dice, town int) int {
	first, n := c.level[Levels-1], c.level[Levels]-c.level[Levels-1]
	at, towns := town-c.level[Levels-2], c.towns()
	from, to := (at*n+towns-1)/towns, ((at+1)*n+towns-1)/towns
	if at < 0 || from >= to {
		return town
	}
	return first + from + d.below(to-from)
}

// AppendID appends the logical id of the nth resource of a kind: a UUID of version 7, as
// the server would give it, but for the time in it, which says what it is.
func (c *Country) AppendID(dst []byte, k Kind, n int) []byte {
	const begin, apart, eachMilli = 1_760_000_000_000, 1 << 22, 4
	d := c.throw(forID+uint64(k)<<8, n)
	var id [16]byte
	binary.BigEndian.PutUint64(id[:], uint64(begin+int(k)*apart+n/eachMilli)<<16|0x7000|d.next()&0xfff)
	binary.BigEndian.PutUint64(id[8:], 1<<63|d.next()>>2)
	for i, b := range id {
		const digits = "0123456789abcdef"
		if i == 4 || i == 6 || i == 8 || i == 10 {
			dst = append(dst, '-')
		}
		dst = append(dst, digits[b>>4], digits[b&15])
	}
	return dst
}

// ID returns the logical id of the nth resource of a kind.
func (c *Country) ID(k Kind, n int) string { return string(c.AppendID(nil, k, n)) }
