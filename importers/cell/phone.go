package cell

import "strings"

// plan is how telephone numbers of a country are written.
type plan struct {
	code     string // after the plus
	trunk    string // dialled before a number within the country
	min, max int    // digits after code or trunk
}

// plans are numbering plans by ISO 3166 country code.
var plans = map[string]plan{
	"AO": {"244", "", 9, 9}, "BF": {"226", "", 8, 8}, "BI": {"257", "", 8, 8}, "BJ": {"229", "", 8, 10}, "BW": {"267", "", 7, 8}, "CD": {"243", "0", 7, 9},
	"CF": {"236", "", 8, 8}, "CG": {"242", "", 9, 9}, "CI": {"225", "", 8, 10}, "CM": {"237", "", 8, 9}, "CV": {"238", "", 7, 7}, "DJ": {"253", "", 8, 8},
	"DZ": {"213", "0", 8, 9}, "EG": {"20", "0", 8, 10}, "ER": {"291", "0", 7, 7}, "ET": {"251", "0", 9, 9}, "GA": {"241", "0", 7, 8}, "GH": {"233", "0", 9, 9},
	"GM": {"220", "", 7, 7}, "GN": {"224", "", 8, 9}, "GQ": {"240", "", 9, 9}, "GW": {"245", "", 7, 9}, "KE": {"254", "0", 7, 9}, "KM": {"269", "", 7, 7},
	"LR": {"231", "0", 7, 9}, "LS": {"266", "", 8, 8}, "LY": {"218", "0", 8, 9}, "MA": {"212", "0", 9, 9}, "MG": {"261", "0", 9, 9}, "ML": {"223", "", 8, 8},
	"MR": {"222", "", 8, 8}, "MU": {"230", "", 7, 8}, "MW": {"265", "0", 7, 9}, "MZ": {"258", "", 8, 9}, "NA": {"264", "0", 8, 9}, "NE": {"227", "", 8, 8},
	"NG": {"234", "0", 8, 10}, "RW": {"250", "0", 9, 9}, "SC": {"248", "", 7, 7}, "SD": {"249", "0", 9, 9}, "SL": {"232", "0", 8, 8}, "SN": {"221", "", 9, 9},
	"SO": {"252", "0", 7, 9}, "SS": {"211", "0", 9, 9}, "ST": {"239", "", 7, 7}, "SZ": {"268", "", 8, 8}, "TD": {"235", "", 8, 8}, "TG": {"228", "", 8, 8},
	"TN": {"216", "", 8, 8}, "TZ": {"255", "0", 9, 9}, "UG": {"256", "0", 9, 9}, "ZA": {"27", "0", 9, 9}, "ZM": {"260", "0", 9, 9}, "ZW": {"263", "0", 8, 9},
	"IN": {"91", "0", 10, 10}, "NP": {"977", "0", 8, 10}, "BD": {"880", "0", 8, 10}, "PK": {"92", "0", 9, 10}, "LK": {"94", "0", 9, 9}, "ID": {"62", "0", 8, 12},
	"PH": {"63", "0", 8, 10}, "VN": {"84", "0", 9, 10}, "HT": {"509", "", 8, 8}, "PG": {"675", "", 7, 8},
}

// Phone reads a telephone number as E.164, +255712345678, by the plan of a country (ISO 3166,
// two letters). Letters O and l are read as the digits they look like. It fails when the number
// has too many or too few digits for the country, or the country's plan is not known and the
// number does not tell its own.
func Phone(text, country string) (string, bool) {
	digits, international, ok := dialled(text)
	if !ok {
		return "", false
	}
	p, known := plans[country]
	if international && !strings.HasPrefix(digits, p.code) || international && !known {
		return "+" + digits, len(digits) >= 7 && len(digits) <= 15 && digits[0] != '0'
	}
	if !known {
		return "", false
	}
	if rest, cut := strings.CutPrefix(digits, p.code); cut && (international || len(rest) >= p.min && len(digits) > p.max) {
		rest = strings.TrimPrefix(rest, p.trunk) // +255 (0)712 …
		return "+" + p.code + rest, fits(rest, p)
	}
	if p.trunk != "" {
		digits = strings.TrimPrefix(digits, p.trunk)
	}
	return "+" + p.code + digits, fits(digits, p)
}

func fits(national string, p plan) bool { return len(national) >= p.min && len(national) <= p.max }

// dialled keeps the digits of a number.
func dialled(text string) (digits string, international, ok bool) {
	var b strings.Builder
	for _, r := range strings.TrimSpace(text) {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == 'O' || r == 'o':
			b.WriteByte('0')
		case r == 'l' || r == 'I':
			b.WriteByte('1')
		case r == '+' && b.Len() == 0:
			international = true
		case !strings.ContainsRune(" -.()\u00a0", r):
			return "", false, false
		}
	}
	digits = b.String()
	if rest, cut := strings.CutPrefix(digits, "00"); cut && !international {
		digits, international = rest, true
	}
	return digits, international, len(digits) >= 5
}
