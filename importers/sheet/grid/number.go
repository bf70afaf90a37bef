package grid

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Days1904 is how many days lie between the two days from which spreadsheet programs count.
const Days1904 = 1462

// Format is a number format, understood as far as lists need it.
type Format struct {
	date, clock bool // shows a day, a time of day
	elapsed     bool // hours that go beyond 24
	digits      int  // least digits before the point
	decimals    int  // digits after the point, -1 for as many as there are
	percent     bool
	exponent    bool
}

// ParseFormat reads a format code such as "0.00", "000000" or "d/m/yyyy"; "" is General.
func ParseFormat(code string) Format {
	section := plainCode(code)
	f := Format{decimals: -1}
	if section == "" || strings.HasPrefix(section, "general") {
		return f
	}
	f.elapsed = strings.Contains(section, "[")
	f.date = strings.ContainsAny(section, "yd") || strings.Contains(section, "m") && !strings.ContainsAny(section, "hs")
	f.clock = strings.ContainsAny(section, "hs")
	if f.date || f.clock {
		return f
	}
	f.percent = strings.Contains(section, "%")
	f.exponent = strings.Contains(section, "e+") || strings.Contains(section, "e-")
	whole, part, _ := strings.Cut(section, ".")
	if !strings.ContainsAny(section, "0#?") || strings.Contains(section, "/") { // text, fractions
		f.percent = false
		return f
	}
	f.digits, f.decimals = strings.Count(whole, "0"), 0
	for _, c := range part {
		if c != '0' && c != '#' && c != '?' {
			break
		}
		f.decimals++
	}
	if strings.Contains(part, "#") {
		f.decimals = -1
	}
	return f
}

// plainCode is the first section of a format code in lower case without colours, conditions,
// quoted text and escaped characters; "[" stays where elapsed time is meant.
func plainCode(code string) string {
	var b strings.Builder
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				return b.String()
			}
			i += end + 1
		case '\\', '_', '*':
			i++
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return b.String()
			}
			if in := strings.ToLower(code[i+1 : i+end]); strings.Trim(in, "h") == "" || strings.Trim(in, "m") == "" || strings.Trim(in, "s") == "" {
				b.WriteString("[h")
			}
			i += end
		case ';':
			return b.String()
		default:
			b.WriteByte(c | 0x20*btoi(c >= 'A' && c <= 'Z'))
		}
	}
	return b.String()
}

func btoi(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// IsTime tells whether the format shows days or times.
func (f Format) IsTime() bool { return f.date || f.clock }

// Number shows a stored number in a format, and as it is stored: with all its digits, days
// counted from 1899-12-30 whatever the book counts from. Days are shown like 2026-11-23.
func Number(v float64, f Format, epoch1904 bool) (shown, raw string) {
	if f.date && epoch1904 {
		v += Days1904
	}
	raw = digitsOf(v)
	switch {
	case f.IsTime() && v >= 0 && v < 2958466: // the year 10000
		return moment(v, f), raw
	case f.exponent, f.IsTime(), math.IsInf(v, 0), math.IsNaN(v):
		return raw, raw
	case f.percent:
		return fixed(v*100, f) + "%", raw
	}
	return fixed(v, f), raw
}

// digitsOf writes a number in full, without an exponent where that is readable.
func digitsOf(v float64) string {
	if a := math.Abs(v); a != 0 && (a >= 1e21 || a < 1e-15) {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// fixed shows a number with the digits of the format; at most 15 count.
func fixed(v float64, f Format) string {
	if short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 15, 64), 64); err == nil {
		v = short
	}
	s := digitsOf(v)
	if f.decimals >= 0 && math.Abs(v) < 1e15 {
		s = strconv.FormatFloat(v, 'f', min(f.decimals, 30), 64)
	}
	sign, number := "", s
	if strings.HasPrefix(s, "-") {
		sign, number = "-", s[1:]
	}
	whole, _, _ := strings.Cut(number, ".")
	if lack := min(f.digits, 64) - len(whole); lack > 0 {
		number = strings.Repeat("0", lack) + number
	}
	return sign + number
}

// moment shows a day, a time or both.
func moment(v float64, f Format) string {
	seconds := int64(math.Round(v * 86400))
	if f.clock && !f.date {
		h, m, s := seconds/3600, seconds/60%60, seconds%60
		if !f.elapsed {
			h %= 24
		}
		return pad(h) + ":" + pad(m) + ":" + pad(s)
	}
	day := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if v < 60 { // the programs believe that 1900 was a leap year
		day = day.AddDate(0, 0, 1)
	}
	at := day.AddDate(0, 0, int(seconds/86400)).Add(time.Duration(seconds%86400) * time.Second)
	if f.clock || seconds%86400 != 0 {
		return at.Format(time.DateTime)
	}
	return at.Format(time.DateOnly)
}

func pad(n int64) string {
	if n < 10 {
		return "0" + strconv.FormatInt(n, 10)
	}
	return strconv.FormatInt(n, 10)
}

// Builtin is the code of a built-in number format of Excel, "" for General and unknown ones.
func Builtin(id int) string {
	switch {
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id >= 50 && id <= 54, id == 36, id == 57, id == 58:
		return "yyyy-mm-dd"
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id == 45, id == 47, id == 55, id == 56:
		return "h:mm:ss"
	case id == 22:
		return "yyyy-mm-dd h:mm"
	case id == 46:
		return "[h]:mm:ss"
	}
	return map[int]string{1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 37: "#,##0", 38: "#,##0",
		39: "#,##0.00", 40: "#,##0.00", 41: "#,##0", 42: "#,##0", 43: "#,##0.00", 44: "#,##0.00", 48: "##0.0E+0", 49: "@"}[id]
}
