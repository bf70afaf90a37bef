package main

import (
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"strconv"

	"masjala/internal/bench/national"
)

// shape is a kind of request to a directory.
type shape struct {
	name    string
	limit   float64 // most it may cost, in floors, with a Zipf pool; 0: nothing is promised
	uniform float64 // the same with a uniform pool
	beside  string  // limits are in costs of this shape, not in floors

	of      int                            // how many things requests are about
	inOrder bool                           // the first things are those asked for most
	path    func(dst []byte, n int) []byte // of the request about the nth thing
}

// distinctEnough is how many different requests a pool must have at full size.
const distinctEnough = 20_000

// distinct counts the different requests of a shape, up to distinctEnough.
func (s *shape) distinct() int {
	seed, seen := maphash.MakeSeed(), map[uint64]struct{}{}
	var b []byte
	for n := 0; n < s.of && len(seen) < distinctEnough; n++ {
		b = s.path(b[:0], n)
		seen[maphash.Bytes(seed, b)] = struct{}{}
	}
	return len(seen)
}

// pool draws the requests of a shape: of a Zipf distribution, or all alike.
func (s *shape) pool(seed uint64, even bool, header []byte) job {
	r, z := rand.New(rand.NewPCG(seed, uint64(s.of))), newZipf(s.of, s.inOrder)
	var b []byte
	return func(int) []byte {
		n := 0
		if even {
			n = r.IntN(s.of)
		} else {
			n = z.draw(r)
		}
		b = s.path(append(b[:0], "GET "...), n)
		b = append(b, header...)
		return b
	}
}

const rows = "&_count=20"

// shapes are the requests that are about things of the country alone.
func shapes(c *national.Country) []shape {
	return []shape{
		{name: "read by id", limit: 2, uniform: 8, of: c.Facilities + c.Workers + c.Roles, path: readPath(c)},
		{name: "identifier", limit: 5, uniform: 12, of: c.Facilities + c.Workers, path: identifierPath(c)},
		{name: "status, type and district, 20 rows and total", limit: 20, uniform: 80, of: c.Facilities, path: tokensPath(c, "")},
		{name: "start of a worker's name, 20 rows and total", limit: 20, uniform: 80, of: c.Workers, path: namePath(c, "name", 3, 6, true)},
		{name: "part of a worker's name, 4 to 6 letters, 20 rows and total", limit: 60, uniform: 240, of: c.Workers, path: namePath(c, "name:contains", 4, 6, false)},
		{name: "within 10 km, nearest 20 first, and total", limit: 25, uniform: 100, of: c.Facilities, path: nearPath(c)},
		{name: "the same tokens, with the organizations of the 20 rows", limit: 30, uniform: 120, of: c.Facilities, path: tokensPath(c, "&_include=Location:organization")},
	}
}

func readPath(c *national.Country) func([]byte, int) []byte {
	return func(dst []byte, n int) []byte {
		for _, k := range []national.Kind{national.FacilityLocation, national.Worker, national.Role} {
			if m := c.Count(k); n >= m {
				n -= m
				continue
			}
			dst = append(append(append(dst, "/fhir/"...), k.Type()...), '/')
			return c.AppendID(dst, k, n)
		}
		panic("a read beyond the directory")
	}
}

func identifierPath(c *national.Country) func([]byte, int) []byte {
	return func(dst []byte, n int) []byte {
		if n < c.Facilities {
			f := c.Facility(n)
			return token(append(dst, "/fhir/Location?identifier="...), national.FacilitySystem, f.Code)
		}
		p := c.Person(n - c.Facilities)
		return token(append(dst, "/fhir/Practitioner?identifier="...), national.LicenceSystem, p.Licence)
	}
}

func tokensPath(c *national.Country, more string) func([]byte, int) []byte {
	return func(dst []byte, n int) []byte {
		f := c.Facility(n)
		dst = append(append(dst, "/fhir/Location?status="...), f.Status...)
		dst = token(append(dst, "&type="...), national.TypeSystem, f.SortCode())
		dst = token(append(dst, "&_tag="...), national.DistrictSystem, c.DistrictCode(f.Area))
		return append(append(dst, rows...), more...)
	}
}

// namePath asks for part of a worker's name: the start of one of its names, or any part.
func namePath(c *national.Country, parameter string, least, most int, start bool) func([]byte, int) []byte {
	return func(dst []byte, n int) []byte {
		r := uint(n)*0x9e3779b1 + 0x7f4a7c15
		var letters []rune
		for at := n; len(letters) < least; at = (at + 1) % c.Workers {
			p := c.Person(at)
			if letters = []rune(p.Family); r>>7%2 == 1 || len(letters) < least {
				letters = []rune(p.Given)
			}
		}
		length := min(least+int(r>>11%uint(most-least+1)), len(letters))
		if !start {
			letters = letters[int(r>>17%uint(len(letters)-length+1)):]
		}
		dst = append(append(append(dst, "/fhir/Practitioner?"...), parameter...), '=')
		return append(escape(dst, string(letters[:length])), rows...)
	}
}

func nearPath(c *national.Country) func([]byte, int) []byte {
	return func(dst []byte, n int) []byte {
		f := c.Facility(n)
		dst = strconv.AppendFloat(append(dst, "/fhir/Location?near="...), f.Lat, 'f', 4, 64)
		dst = strconv.AppendFloat(append(dst, "%7C"...), f.Lon, 'f', 4, 64)
		return append(append(dst, "%7C10%7Ckm"...), rows...)
	}
}

// listed makes a shape of addresses that are known.
func listed(name string, paths []string) shape {
	return shape{name: name, of: len(paths), inOrder: true, path: func(dst []byte, n int) []byte { return append(dst, paths[n]...) }}
}

func token(dst []byte, system, code string) []byte {
	return escape(append(escape(dst, system), "%7C"...), code)
}

// escape appends a value as a query takes it.
func escape(dst []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '.', c == '_', c == ':', c == '/':
			dst = append(dst, c)
		default:
			dst = fmt.Appendf(dst, "%%%02X", c)
		}
	}
	return dst
}
