package cell

import (
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Box is a rectangle of latitudes and longitudes.
type Box struct{ South, North, West, East float64 }

// Contains tells whether a point lies in the box or within a margin of degrees around it.
func (b Box) Contains(lat, lon, margin float64) bool {
	return lat >= b.South-margin && lat <= b.North+margin && lon >= b.West-margin && lon <= b.East+margin
}

// boxes are countries by ISO 3166 code, to a tenth of a degree.
var boxes = map[string]Box{
	"AO": {-18.1, -4.3, 11.6, 24.1}, "BF": {9.4, 15.1, -5.6, 2.5}, "BI": {-4.5, -2.3, 28.9, 30.9}, "BJ": {6.2, 12.5, 0.7, 3.9}, "BW": {-26.9, -17.7, 19.9, 29.4},
	"CD": {-13.5, 5.4, 12.1, 31.4}, "CF": {2.2, 11.1, 14.4, 27.5}, "CG": {-5.1, 3.8, 11.1, 18.7}, "CI": {4.3, 10.8, -8.6, -2.4}, "CM": {1.6, 13.1, 8.4, 16.2},
	"CV": {14.8, 17.3, -25.4, -22.6}, "DJ": {10.9, 12.8, 41.7, 43.5}, "DZ": {18.9, 37.2, -8.7, 12.0}, "EG": {21.9, 31.7, 24.6, 36.9}, "ER": {12.3, 18.1, 36.4, 43.2},
	"ET": {3.3, 15.0, 32.9, 48.1}, "GA": {-4.0, 2.4, 8.6, 14.6}, "GH": {4.7, 11.2, -3.3, 1.3}, "GM": {13.0, 13.9, -16.9, -13.7}, "GN": {7.1, 12.7, -15.1, -7.6},
	"GQ": {-1.5, 3.8, 5.6, 11.4}, "GW": {10.8, 12.7, -16.8, -13.6}, "KE": {-4.8, 5.1, 33.9, 42.0}, "KM": {-12.5, -11.3, 43.2, 44.6}, "LR": {4.3, 8.6, -11.5, -7.3},
	"LS": {-30.7, -28.5, 27.0, 29.5}, "LY": {19.5, 33.2, 9.3, 25.2}, "MA": {27.6, 36.0, -13.2, -0.9}, "MG": {-25.7, -11.9, 43.1, 50.6}, "ML": {10.1, 25.1, -12.3, 4.3},
	"MR": {14.7, 27.3, -17.1, -4.8}, "MU": {-20.6, -10.3, 56.5, 63.6}, "MW": {-17.2, -9.3, 32.6, 36.0}, "MZ": {-26.9, -10.4, 30.2, 40.9}, "NA": {-29.0, -16.9, 11.7, 25.3},
	"NE": {11.6, 23.6, 0.1, 16.0}, "NG": {4.2, 13.9, 2.6, 14.7}, "RW": {-2.9, -1.0, 28.8, 30.9}, "SC": {-10.3, -3.7, 46.1, 56.4}, "SD": {8.6, 22.3, 21.8, 38.7},
	"SL": {6.8, 10.0, -13.4, -10.2}, "SN": {12.3, 16.7, -17.6, -11.3}, "SO": {-1.7, 12.1, 40.9, 51.5}, "SS": {3.4, 12.3, 23.4, 36.0}, "ST": {0.0, 1.8, 6.4, 7.5},
	"SZ": {-27.4, -25.7, 30.7, 32.2}, "TD": {7.4, 23.5, 13.4, 24.1}, "TG": {6.1, 11.2, -0.2, 1.9}, "TN": {30.2, 37.6, 7.5, 11.7}, "TZ": {-11.8, -0.9, 29.3, 40.5},
	"UG": {-1.5, 4.3, 29.5, 35.1}, "ZA": {-35.0, -22.1, 16.4, 33.0}, "ZM": {-18.1, -8.2, 21.9, 33.8}, "ZW": {-22.5, -15.6, 25.2, 33.1},
}

// Countries tells the ISO 3166 code of the country that a text names, in the languages of its
// lists. fold makes spellings equal that differ in case, accents and punctuation only.
func Countries(fold func(string) string) func(name string) string {
	names := sync.OnceValue(func() map[string]string {
		out := map[string]string{}
		for code := range plans {
			region := language.MustParseRegion(code)
			out[fold(code)], out[fold(region.ISO3())] = code, code
			for _, in := range []language.Tag{language.English, language.French, language.Portuguese, language.Spanish, language.Swahili, language.Arabic} {
				if name := fold(display.Regions(in).Name(region)); name != "" {
					out[name] = code
				}
			}
		}
		for name, code := range map[string]string{"Ivory Coast": "CI", "Democratic Republic of the Congo": "CD", "Democratic Republic of Congo": "CD", "Republic of the Congo": "CG", "Congo": "CG",
			"Swaziland": "SZ", "United Republic of Tanzania": "TZ", "The Gambia": "GM", "Republic of South Sudan": "SS", "Viet Nam": "VN"} {
			out[fold(name)] = code
		}
		return out
	})
	return func(name string) string { return names()[fold(name)] }
}

// BoxOf returns the box of a country by its ISO 3166 code. ok is false when none is known.
func BoxOf(code string) (b Box, ok bool) {
	b, ok = boxes[code]
	return b, ok
}
