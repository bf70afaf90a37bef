package search

import "strings"

// Feet of the United States survey and of Great Britain, in metres; their other units are
// made of them (https://ucum.org/ucum, tables 6 and 8).
const (
	surveyFoot  = 1200.0 / 3937
	britishFoot = 12 * 0.02539998
)

// lengths are the units of length of UCUM that fit the Earth, in metres; those of the metre
// take a prefix.
var lengths = map[string]float64{
	"m":      1,
	"[in_i]": 0.0254, "[ft_i]": 0.3048, "[yd_i]": 0.9144, "[fth_i]": 1.8288, "[mi_i]": 1609.344, "[nmi_i]": 1852, "[mil_i]": 0.0000254,
	"[in_us]": surveyFoot / 12, "[ft_us]": surveyFoot, "[yd_us]": 3 * surveyFoot, "[fth_us]": 6 * surveyFoot, "[rd_us]": 16.5 * surveyFoot,
	"[ch_us]": 66 * surveyFoot, "[lk_us]": 0.66 * surveyFoot, "[rch_us]": 100 * surveyFoot, "[rlk_us]": surveyFoot, "[fur_us]": 660 * surveyFoot,
	"[mi_us]": 5280 * surveyFoot, "[mil_us]": surveyFoot / 12000,
	"[in_br]": britishFoot / 12, "[ft_br]": britishFoot, "[yd_br]": 3 * britishFoot, "[fth_br]": 6 * britishFoot, "[rd_br]": 16.5 * britishFoot,
	"[ch_br]": 66 * britishFoot, "[lk_br]": 0.66 * britishFoot, "[pc_br]": 2.5 * britishFoot, "[mi_br]": 5280 * britishFoot, "[nmi_br]": 6080 * britishFoot,
}

// prefixes of the metre.
var prefixes = map[string]float64{
	"T": 1e12, "G": 1e9, "M": 1e6, "k": 1e3, "h": 1e2, "da": 10, "d": 0.1, "c": 0.01, "m": 1e-3, "u": 1e-6, "n": 1e-9,
}

// misspelt are units that are not of UCUM, but meant.
var misspelt = map[string]float64{
	"mi": 1609.344, "miles": 1609.344, "ft": 0.3048, "kilometers": 1000, "kilometres": 1000, "meters": 1, "metres": 1,
}

// Metres returns how many metres a unit of length of UCUM has; ok is false for what is none.
func Metres(unit string) (size float64, ok bool) {
	if size, ok = lengths[unit]; ok {
		return size, true
	}
	prefix, metric := strings.CutSuffix(unit, "m")
	size, ok = prefixes[prefix]
	return size, ok && metric
}

// DistanceUnit returns the unit that the value of a parameter near asks in, "m" where it
// names none of UCUM, and km where it gives only a number.
func DistanceUnit(near string) string {
	parts := splitUnescaped(near, '|')
	if len(parts) < 3 || parts[2] == "" {
		return "m"
	}
	if len(parts) < 4 || parts[3] == "" {
		return "km"
	}
	if _, ok := Metres(parts[3]); ok {
		return parts[3]
	}
	return "m"
}
