package cell

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Axis is what a coordinate counts along.
type Axis byte

// The axes. A number without a letter does not tell its own.
const (
	Unknown   Axis = 0
	Latitude  Axis = 'N'
	Longitude Axis = 'E'
)

// Limit is the largest number of degrees along an axis; 180 when that is not known.
func (a Axis) Limit() float64 {
	if a == Latitude {
		return 90
	}
	return 180
}

// Degree is a coordinate in decimal degrees.
type Degree struct {
	Value      float64
	Axis       Axis    // from its letter
	Confidence float64 // 1 for plain decimal degrees, less for notations that had to be understood
}

var (
	signs     = strings.NewReplacer("−", "-", "–", "-", "—", "-", "Â°", "°", "º", "°", "˚", "°", "ᵒ", "°", "\ufffd", "°", "°°", "°", "’", "'", "‘", "'", "′", "'", "´", "'", "`", "'", "''", `"`, "″", `"`, "”", `"`, "“", `"`, "\u00a0", " ")
	labels    = regexp.MustCompile(`\b(?:LATITUDE|LONGITUDE|LAT|LONG|LON|LNG|DEGREES|DEGREE|DEG|GPS)\b[.:=]?`)
	points    = regexp.MustCompile(`^(NORTH|SOUTH|EAST|WEST|NORD|SUD|EST|OUEST|NORTE|SUL|SUR|LESTE|OESTE|ESTE|[NSEWO])\b?[ .:]*`)
	pointsEnd = regexp.MustCompile(`[ .]*(NORTH|SOUTH|EAST|WEST|NORD|SUD|EST|OUEST|NORTE|SUL|SUR|LESTE|OESTE|ESTE|[NSEWO])\.?$`)
	decimal   = regexp.MustCompile(`^\d{1,3}(?:[.,]\d*)?°?$`)
	bareDot   = regexp.MustCompile(`^\.\d+\.\d+°?$`)
	sexages   = regexp.MustCompile(`^(\d{1,3})[°: ]\s*(\d{1,2}(?:[.,]\d+)?)(?:['": ]\s*(?:(\d{1,2}(?:[.,]\d+)?)['" ]*)?)?$`)
	odd       = regexp.MustCompile(`^(\d{1,3})[.°](\d{1,2})['.](\d{1,2}(?:\.\d+)?)["']?$`)
)

// mostWritten is how many bytes a coordinate may have: 60 when its signs, of up to three bytes
// each, are replaced.
const mostWritten = 180

// Degrees reads one coordinate: -6.7924, 6,7924 S, S.04.82946, 6°47'32.6"S, 6 47.54 S and their
// like, with degree signs that were encoded wrongly. It fails when the text is no coordinate,
// lies beyond what degrees can be, or contradicts itself (-6.79 N).
func Degrees(text string) (Degree, bool) {
	text = strings.TrimSpace(text)
	if len(text) > mostWritten {
		return Degree{}, false
	}
	s := strings.TrimSpace(strings.ToUpper(signs.Replace(text)))
	if s == "" || len(s) > 60 {
		return Degree{}, false
	}
	d := Degree{Confidence: 1}
	s = strings.TrimSpace(labels.ReplaceAllString(s, ""))
	s, letter, ok := hemisphere(s)
	if !ok {
		return Degree{}, false
	}
	negative := false
	if rest, cut := strings.CutPrefix(s, "-"); cut {
		s, negative = strings.TrimLeft(rest, " "), true
	} else {
		s = strings.TrimLeft(strings.TrimPrefix(s, "+"), " ")
	}
	if d.Value, d.Confidence, ok = magnitude(s); !ok {
		return Degree{}, false
	}
	if letter != 0 {
		d.Confidence = min(d.Confidence, 0.95)
		d.Axis = Latitude
		if letter == 'E' || letter == 'W' {
			d.Axis = Longitude
		}
		south := letter == 'S' || letter == 'W'
		if negative && !south {
			return Degree{}, false
		}
		negative = south
	}
	if negative && d.Value != 0 {
		d.Value = -d.Value
	}
	return d, math.Abs(d.Value) <= d.Axis.Limit()
}

// hemisphere takes off a point of the compass at either end.
func hemisphere(s string) (rest string, letter byte, ok bool) {
	for range 2 {
		word := ""
		if m := points.FindStringSubmatch(s); m != nil {
			word, s = m[1], s[len(m[0]):]
			if m[0] == m[1]+"." || strings.HasSuffix(m[0], ".") {
				s = "." + s // S.04.8: the point may belong to the number
			}
		} else if m := pointsEnd.FindStringSubmatch(s); m != nil {
			word, s = m[1], strings.TrimSuffix(s, m[0])
		}
		if word == "" {
			break
		}
		this := letterOf(word)
		if letter != 0 && letter != this {
			return "", 0, false
		}
		letter = this
	}
	if strings.HasPrefix(s, ".") && bareDot.MatchString(s) {
		s = s[1:]
	}
	return strings.TrimSpace(s), letter, true
}

func letterOf(word string) byte {
	switch word {
	case "SUD", "SUL", "SUR", "SOUTH", "S":
		return 'S'
	case "WEST", "OUEST", "OESTE", "W", "O":
		return 'W'
	case "EAST", "EST", "LESTE", "ESTE", "E":
		return 'E'
	}
	return 'N'
}

// magnitude reads degrees without a sign.
func magnitude(s string) (value, confidence float64, ok bool) {
	if decimal.MatchString(s) {
		confidence = 1
		if strings.ContainsAny(s, ",°") {
			confidence = 0.95
		}
		v, err := strconv.ParseFloat(strings.TrimSuffix(strings.Replace(s, ",", ".", 1), "°"), 64)
		return v, confidence, err == nil
	}
	m, confidence := sexages.FindStringSubmatch(s), 0.9
	if m == nil {
		m, confidence = odd.FindStringSubmatch(s), 0.6
	}
	if m == nil {
		return 0, 0, false
	}
	minutes, seconds := number(m[2]), number(m[3])
	if minutes >= 60 || seconds >= 60 {
		return 0, 0, false
	}
	v := number(m[1]) + minutes/60 + seconds/3600
	return math.Round(v*1e7) / 1e7, confidence, true
}

func number(s string) float64 {
	v, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	if err != nil {
		return 0
	}
	return v
}

// Position is a pair of coordinates.
type Position struct {
	Latitude, Longitude Degree
	Swapped             bool // the longitude came first, as its size or letters show
}

var wkt = regexp.MustCompile(`(?i)^\s*POINT\s*\(\s*(\S+)\s+(\S+)\s*\)\s*$`)

// Point reads both coordinates from one cell: -29.85, 31.02; 29°51'S 31°01'E; -29,85 / 31,02;
// POINT(31.02 -29.85). Latitude comes first unless letters or sizes say otherwise. It fails
// when the text cannot be parted into two coordinates.
func Point(text string) (Position, bool) {
	if m := wkt.FindStringSubmatch(text); m != nil {
		return pair(m[2], m[1])
	}
	text = strings.Trim(strings.TrimSpace(text), "()[]")
	if len(text) > 2*mostWritten+2 { // a description, which would be parted at each of its blanks
		return Position{}, false
	}
	for _, mark := range []string{";", "|", "/", ", ", "\n", ","} {
		if strings.Count(text, mark) != 1 {
			continue
		}
		first, second, _ := strings.Cut(text, mark)
		if p, ok := pair(first, second); ok {
			return p, true
		}
	}
	for i := 1; i < len(text)-1; i++ { // a blank, or the end of a letter, anywhere
		if text[i] == ' ' || strings.ContainsRune("NSns", rune(text[i])) {
			if p, ok := pair(text[:i+1], text[i+1:]); ok {
				return p, true
			}
		}
	}
	return Position{}, false
}

func pair(first, second string) (Position, bool) {
	a, okA := Degrees(first)
	b, okB := Degrees(second)
	if !okA || !okB || a.Axis != Unknown && a.Axis == b.Axis {
		return Position{}, false
	}
	p := Position{Latitude: a, Longitude: b}
	if a.Axis == Longitude || b.Axis == Latitude || math.Abs(a.Value) > 90 {
		p = Position{Latitude: b, Longitude: a, Swapped: true}
	}
	return p, math.Abs(p.Latitude.Value) <= 90
}
