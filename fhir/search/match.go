package search

import (
	"math"
	"slices"
	"strings"

	"masjala/fhir"
)

// Match tells whether a resource with the given index rows meets the condition, by
// comparing them one by one. It is the meaning that faster searches are held to. It does
// not know (known is false) what needs other resources (chains, _has, :above and :below of
// references, value sets before [Query.Resolve]) or a choice of the server (a place without a distance).
func (c *Condition) Match(r *fhir.Resource, entries []Entry) (matched, known bool) {
	if c.Group != nil {
		return c.Group.match(r, entries)
	}
	if c.Has != nil || c.Chain != nil || c.inSet() || c.Param.Kind == Reference && (c.Modifier == Above || c.Modifier == Below) {
		return false, false
	}
	switch c.Param.Name {
	case "_id":
		entries = []Entry{{Param: "_id", Kind: Token, Code: r.ID}}
	case "_lastUpdated":
		at := r.Updated.UnixMilli()
		entries = []Entry{{Param: "_lastUpdated", Kind: Date, Low: at, High: at}}
	}
	if c.Modifier == Missing {
		return c.present(entries) != c.Missing, true
	}
	found := false
	for i := range c.Values {
		v := &c.Values[i]
		if c.Param.Kind == Position && v.Radius == 0 {
			return false, false
		}
		found = found || c.finds(v, entries)
	}
	return found != (c.Modifier == Not), true
}

// present tells whether the parameter has a value.
func (c *Condition) present(entries []Entry) bool {
	return slices.ContainsFunc(entries, func(e Entry) bool { return e.Param == c.Param.Name })
}

// Rows returns the name under which the rows are kept that a condition looks at.
func (c *Condition) Rows() string {
	switch c.Modifier {
	case Text, OfType, Identifier:
		return c.Param.Name + ":" + string(c.Modifier)
	}
	return c.Param.Name
}

func (c *Condition) finds(v *Value, entries []Entry) bool {
	name := c.Rows()
	for i := range entries {
		if e := &entries[i]; e.Param == name && c.meets(v, e) {
			return true
		}
	}
	return false
}

func (c *Condition) meets(v *Value, e *Entry) bool {
	if c.Modifier == Compare {
		return c.compares(v, e)
	}
	switch e.Kind {
	case Token:
		return (!v.HasSystem || v.System == e.System) && (v.Code == "" || v.Code == e.Code)
	case String:
		switch c.Modifier {
		case Exact:
			return e.Exact == v.Text
		case Contains:
			return strings.Contains(e.Text, v.Text)
		}
		return strings.HasPrefix(e.Text, v.Text)
	case Reference:
		if v.Text != "" && v.Text != e.Text || v.RefURL != e.RefURL {
			return false
		}
		return v.RefID == e.RefID && (v.RefType == "" || v.RefType == e.RefType)
	case URI:
		switch c.Modifier {
		case Below:
			return within(e.Text, v.Text)
		case Above:
			return within(v.Text, e.Text)
		}
		return e.Text == v.Text
	case Date:
		return compare(v.Prefix, float64(e.Low), float64(e.High), float64(v.Low), float64(v.High))
	case Position:
		return distance(v.Lat, v.Lon, e.Lat, e.Lon) <= v.Radius
	}
	return v.near(e)
}

// within tells whether uri is base or lies below it, path segment by path segment.
func within(uri, base string) bool {
	rest, ok := strings.CutPrefix(uri, base)
	return ok && (rest == "" || rest[0] == '/' || strings.HasSuffix(base, "/"))
}

// near compares a number or quantity. The precision of the wanted value counts for eq, ne
// and ap only.
func (v *Value) near(e *Entry) bool {
	if v.HasSystem && v.System != e.System || v.Code != "" && v.Code != e.Code {
		return false
	}
	switch v.Prefix {
	case Eq, Ne:
		return (e.NumLow >= v.NumLow && e.NumHigh < v.NumHigh) == (v.Prefix == Eq)
	case Ap:
		return e.NumLow <= v.NumHigh && e.NumHigh >= v.NumLow
	}
	return compare(v.Prefix, e.NumLow, e.NumHigh, v.Num, v.Num)
}

// compare compares the range lo..hi of a resource with the wanted range from..to
// (https://hl7.org/fhir/R4/search.html#prefix).
func compare(p Prefix, lo, hi, from, to float64) bool {
	inside := lo >= from && hi <= to
	switch p {
	case Ne:
		return !inside
	case Gt:
		return hi > to
	case Lt:
		return lo < from
	case Ge:
		return hi > to || inside
	case Le:
		return lo < from || inside
	case Sa:
		return lo > to
	case Eb:
		return hi < from
	case Ap:
		return lo <= to && hi >= from
	}
	return inside
}

// distance returns the great-circle distance in metres.
func distance(lat1, lon1, lat2, lon2 float64) float64 {
	const earth, rad = 6_371_008.8, math.Pi / 180
	dLat, dLon := (lat2-lat1)*rad/2, (lon2-lon1)*rad/2
	h := math.Sin(dLat)*math.Sin(dLat) + math.Cos(lat1*rad)*math.Cos(lat2*rad)*math.Sin(dLon)*math.Sin(dLon)
	return 2 * earth * math.Asin(min(1, math.Sqrt(h)))
}
