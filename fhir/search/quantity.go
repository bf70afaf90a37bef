package search

import (
	"math"
	"strconv"
)

// quantity makes the row of the Quantity or Range at i. An end that is open, or that the
// comparator of a Quantity opens, is infinite.
func (x *extractor) quantity(param string, i int) {
	if low, ok := x.number(i, "value"); ok {
		e := Entry{Param: param, Kind: Quantity, NumLow: low, NumHigh: low}
		switch x.field(i, "comparator") {
		case "<", "<=":
			e.NumLow = math.Inf(-1)
		case ">", ">=":
			e.NumHigh = math.Inf(1)
		}
		x.addQuantity(e, i)
		return
	}
	e := Entry{Param: param, Kind: Quantity, NumLow: math.Inf(-1), NumHigh: math.Inf(1)}
	known := false
	members(x.s, i, func(name string, at int) int {
		if v, ok := x.number(at, "value"); ok {
			switch name {
			case "low":
				e.NumLow, known = v, true
				e = x.unit(e, at)
			case "high":
				e.NumHigh, known = v, true
				e = x.unit(e, at)
			}
		}
		return skip(x.s, at)
	})
	if known {
		x.add(e)
	}
}

// addQuantity adds the row of a Quantity, and one by the text of its unit where that is not
// the code: a search without a system may mean either.
func (x *extractor) addQuantity(e Entry, i int) {
	e = x.unit(e, i)
	x.add(e)
	if _, _, text := x.three(i, "system", "code", "unit"); text != "" && text != e.Code {
		e.System, e.Code = "", text
		x.add(e)
	}
}

// unit takes the unit of the Quantity at i; one without a code is known by its text.
func (x *extractor) unit(e Entry, i int) Entry {
	var text string
	e.System, e.Code, text = x.three(i, "system", "code", "unit")
	if e.Code == "" {
		e.Code = text
	}
	return e
}

func (x *extractor) number(i int, name string) (float64, bool) {
	v, err := strconv.ParseFloat(x.field(i, name), 64)
	return v, err == nil && !math.IsInf(v, 0)
}
