package facilities

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"masjala/importers"
)

// layouts are the ways of writing a day that mean one day only.
var layouts = []string{
	"2006-01-02", "2006/01/02", "2006-1-2", "2 January 2006", "2 Jan 2006", "2-Jan-2006", "2-Jan-06", "January 2, 2006", "Jan 2, 2006",
	"Jan 2 2006", "Jan 2 06", "2006-01-02 15:04:05", "2006-01-02T15:04:05",
}

var (
	partialDay  = regexp.MustCompile(`^\d{4}(-(0[1-9]|1[0-2]))?$`)
	slashedDay  = regexp.MustCompile(`^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$`)
	ordinal     = regexp.MustCompile(`(\d)(st|nd|rd|th)\b`)
	storedDay   = regexp.MustCompile(`^\d{1,5}(\.\d+)?$`)
	lastDay     = float64(2958465) // 9999-12-31
	firstOfDays = float64(1)
)

// readDay reads a day, or a part of one, as FHIR writes it. What may be two days is left out
// and reported.
func readDay(c importers.Cell, row int, issues *importers.Issues) string {
	if c.Text == "" {
		return ""
	}
	if c.Stored != "" && storedDay.MatchString(c.Stored) {
		if v, err := strconv.ParseFloat(c.Stored, 64); err == nil && v >= firstOfDays && v <= lastDay {
			if t, err := excelize.ExcelDateToTime(v, false); err == nil {
				return t.Format(time.DateOnly)
			}
		}
	}
	if day, why := dayOf(c.Text); why == "" {
		return day
	} else {
		issues.Add(importers.Issue{Row: row, Column: c.Column.Heading, Value: c.Shown, Severity: importers.Warning, Rule: "date-unclear",
			Reason: why, Fix: "Imported without it; write the day like 2026-11-30."})
	}
	return ""
}

// dayOf reads the text of a day; why tells what is wrong with it.
func dayOf(text string) (day, why string) {
	if partialDay.MatchString(text) {
		return text, ""
	}
	plain := ordinal.ReplaceAllString(text, "$1")
	for _, layout := range layouts {
		if t, err := time.Parse(layout, plain); err == nil {
			return t.Format(time.DateOnly), ""
		}
	}
	m := slashedDay.FindStringSubmatch(plain)
	if m == nil {
		return "", "this is not a day"
	}
	a, _ := strconv.Atoi(m[1])
	b, _ := strconv.Atoi(m[2])
	switch {
	case a == b, a > 12 && b <= 12:
		return validDay(m[3], b, a)
	case b > 12 && a <= 12:
		return validDay(m[3], a, b)
	case a <= 12 && b <= 12:
		return "", "day and month cannot be told apart"
	}
	return "", "this is not a day"
}

func validDay(year string, month, day int) (string, string) {
	text := year + "-" + twoDigits(month) + "-" + twoDigits(day)
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return "", "this day does not exist"
	}
	return text, ""
}

func twoDigits(n int) string {
	s := strconv.Itoa(n)
	return strings.Repeat("0", 2-len(s)) + s
}
