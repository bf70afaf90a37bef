package importers

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// DateOrder is which of two numbers in a date such as 3/4/2017 is the day.
type DateOrder int

// The orders. DayFirst is what most of the world writes.
const (
	DayFirst DateOrder = iota
	MonthFirst
)

// DateVote finds out in which order a column writes dates, from the values that allow only one.
type DateVote struct{ day, month int }

// Add counts a value.
func (v *DateVote) Add(text string) {
	m := numeric.FindStringSubmatch(text)
	if m == nil {
		return
	}
	first, _ := strconv.Atoi(m[1])
	second, _ := strconv.Atoi(m[2])
	switch {
	case first > 12 && second <= 12:
		v.day++
	case second > 12 && first <= 12:
		v.month++
	}
}

// Order is what most values that allow only one order have.
func (v *DateVote) Order() DateOrder {
	if v.month > v.day {
		return MonthFirst
	}
	return DayFirst
}

// Decided tells whether some values allow only one order, and most of them the same.
func (v *DateVote) Decided() bool { return v.day != v.month }

// Ambiguous tells whether a date can be read in both orders, with different days.
func Ambiguous(c Cell) bool {
	m := numeric.FindStringSubmatch(c.Text)
	return m != nil && c.Stored == "" && m[1] != m[2] && atMost12(m[1]) && atMost12(m[2])
}

var (
	iso     = regexp.MustCompile(`^(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?:[T ]\d{2}:\d{2}.*)?$`)
	numeric = regexp.MustCompile(`^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{2}|\d{4})(?: \d{1,2}:\d{2}.*)?$`)
	worded  = regexp.MustCompile(`^(?:(\d{1,2})(?:st|nd|rd|th)?[ .-])?([^\d .,-]{3,})[ .,-]*(?:(\d{1,2})(?:st|nd|rd|th)?[ ,]+)?(\d{2}|\d{4})$`)
	serial  = regexp.MustCompile(`^\d{1,5}(?:\.\d+)?$`)
)

// months by the first three letters of their folded names in en, fr, pt, es and sw; what three
// letters cannot tell apart is listed with four.
var months = map[string]int{"jan": 1, "ene": 1, "feb": 2, "fev": 2, "mar": 3, "mac": 3, "apr": 4, "avr": 4, "abr": 4, "may": 5, "mai": 5, "mei": 5,
	"jun": 6, "juin": 6, "jul": 7, "juil": 7, "aug": 8, "aou": 8, "ago": 8, "sep": 9, "set": 9, "oct": 10, "okt": 10, "out": 10, "nov": 11, "dec": 12, "dez": 12, "dic": 12, "des": 12}

// Date reads a cell as a FHIR date: 2017, 2017-05 or 2017-05-03. The number a spreadsheet
// stores is believed before what it shows. Two-digit years are taken as the last hundred
// years before now. It fails when the cell holds no date that exists in the calendar.
func Date(c Cell, order DateOrder, now time.Time) (string, bool) {
	if c.Stored != "" && serial.MatchString(c.Stored) && !serial.MatchString(c.Shown) {
		if days, err := strconv.ParseFloat(c.Stored, 64); err == nil && days >= 1 {
			return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(days)).Format(time.DateOnly), true
		}
	}
	text := c.Text
	if m := iso.FindStringSubmatch(text); m != nil {
		return partial(m[1], m[2], m[3])
	}
	if m := numeric.FindStringSubmatch(text); m != nil {
		day, month := m[1], m[2]
		if n, _ := strconv.Atoi(month); order == MonthFirst && atMost12(day) || n > 12 {
			day, month = month, day
		}
		return partial(fullYear(m[3], now), month, day)
	}
	if m := worded.FindStringSubmatch(text); m != nil && (m[1] == "" || m[3] == "") {
		if month := monthOf(m[2]); month > 0 {
			return partial(fullYear(m[4], now), strconv.Itoa(month), m[1]+m[3])
		}
	}
	return "", false
}

func atMost12(s string) bool { n, _ := strconv.Atoi(s); return n <= 12 }

func monthOf(word string) int {
	k := Key(word)
	if len(k) >= 4 && months[k[:4]] > 0 {
		return months[k[:4]]
	}
	if len(k) < 3 {
		return 0
	}
	return months[k[:3]]
}

// fullYear completes a year of two digits.
func fullYear(y string, now time.Time) string {
	if len(y) != 2 {
		return y
	}
	n, _ := strconv.Atoi(y)
	if n += now.Year() / 100 * 100; n > now.Year() {
		n -= 100
	}
	return strconv.Itoa(n)
}

// partial joins the parts that are known, if such a day exists.
func partial(year, month, day string) (string, bool) {
	y, _ := strconv.Atoi(year)
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(day)
	switch {
	case y < 1800 || y > 2200:
		return "", false
	case month == "":
		return fmt.Sprintf("%04d", y), true
	case m < 1 || m > 12:
		return "", false
	case day == "":
		return fmt.Sprintf("%04d-%02d", y, m), true
	}
	if t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC); t.Month() != time.Month(m) || t.Day() != d {
		return "", false
	}
	return strings.Join([]string{fmt.Sprintf("%04d", y), fmt.Sprintf("%02d", m), fmt.Sprintf("%02d", d)}, "-"), true
}
