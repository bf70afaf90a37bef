package fhir

import (
	"time"
)

// ParseDateTime returns the span of time that a date, dateTime or instant means, in
// milliseconds since 1970, both ends included: "2020-02" is the whole of February. It
// also reads what searches may leave out, seconds and zone; without a zone it means UTC
// (https://hl7.org/fhir/R4/search.html#date). It fails with Invalid for anything else
// and for days that do not exist.
func ParseDateTime(s string) (lo, hi int64, err error) {
	t, ok := readMoment(s)
	if !ok || t.precision == 0 {
		return 0, 0, Errorf(Invalid, "%q is not a date or time; write 2020, 2020-05, 2020-05-31 or 2020-05-31T10:00:00Z.", clip(s))
	}
	lo = t.start().UnixMilli()
	return lo, t.end(lo), nil
}

// ParseInstant reads a point in time as clients send it in _since: with or without
// zone (then UTC), with any number of digits below the second, or a whole date, which
// means its first instant. A blank where the + of a zone belongs is read as the +,
// which is what form decoding makes of it. It fails with Invalid.
func ParseInstant(s string) (time.Time, error) {
	s = UnblankZone(s)
	t, ok := readMoment(s)
	if !ok || t.precision < days {
		return time.Time{}, Errorf(Invalid, "%q is not an instant; write it like 2020-05-31T10:00:00Z.", clip(s))
	}
	return t.start(), nil
}

// UnblankZone returns a date or time with the + of its zone, if it has the blank there that form
// decoding makes of it; else as it is.
func UnblankZone(s string) string {
	if n := len(s); n > 6 && s[n-6] == ' ' && s[n-3] == ':' {
		return s[:n-6] + "+" + s[n-5:]
	}
	return s
}

// What a moment was given to.
const (
	years = iota + 1
	months
	days
	minutes
	seconds
	fractions
)

// moment is a date or time as written.
type moment struct {
	year, month, day, hour, min, sec int
	nano                             int // below the second, cut after nine digits
	digits                           int // how many digits below the second were written
	precision                        int
	zoned                            bool
	offset                           int // east of UTC, in seconds
}

func (m moment) start() time.Time {
	return time.Date(m.year, time.Month(max(m.month, 1)), max(m.day, 1), m.hour, m.min, m.sec, m.nano, time.UTC).
		Add(-time.Duration(m.offset) * time.Second)
}

// end returns the last millisecond of the span that starts at lo.
func (m moment) end(lo int64) int64 {
	start := time.Date(m.year, time.Month(max(m.month, 1)), max(m.day, 1), 0, 0, 0, 0, time.UTC)
	switch m.precision {
	case years:
		return lo + start.AddDate(1, 0, 0).Sub(start).Milliseconds() - 1
	case months:
		return lo + start.AddDate(0, 1, 0).Sub(start).Milliseconds() - 1
	case days:
		return lo + 24*60*60*1000 - 1
	case minutes:
		return lo + 60*1000 - 1
	case seconds:
		return lo + 1000 - 1
	}
	switch m.digits {
	case 1:
		return lo + 99
	case 2:
		return lo + 9
	}
	return lo
}

// readMoment reads yyyy[-mm[-dd[Thh:mm[:ss[.f]][zone]]]].
func readMoment[T ~string | ~[]byte](s T) (moment, bool) {
	var m moment
	if !m.readDate(string(s[:min(len(s), 10)])) {
		return m, false
	}
	if len(s) <= 10 {
		return m, true
	}
	if m.precision != days || s[10] != 'T' {
		return m, false
	}
	return m, m.readTime(string(s[11:]))
}

func (m *moment) readDate(s string) bool {
	var ok bool
	if len(s) < 4 {
		return false
	}
	if m.year, ok = number(s[:4]); !ok || m.year == 0 {
		return false
	}
	m.precision = years
	if len(s) == 4 {
		return true
	}
	if len(s) < 7 || s[4] != '-' {
		return false
	}
	if m.month, ok = number(s[5:7]); !ok || m.month < 1 || m.month > 12 {
		return false
	}
	m.precision = months
	if len(s) == 7 {
		return true
	}
	if len(s) != 10 || s[7] != '-' {
		return false
	}
	if m.day, ok = number(s[8:10]); !ok || m.day < 1 || m.day > daysIn(m.year, m.month) {
		return false
	}
	m.precision = days
	return true
}

// readTime reads hh:mm[:ss[.f]][zone].
func (m *moment) readTime(s string) bool {
	var ok bool
	if len(s) < 5 || s[2] != ':' {
		return false
	}
	if m.hour, ok = number(s[:2]); !ok || m.hour > 23 {
		return false
	}
	if m.min, ok = number(s[3:5]); !ok || m.min > 59 {
		return false
	}
	m.precision = minutes
	s = s[5:]
	if len(s) >= 3 && s[0] == ':' {
		if m.sec, ok = number(s[1:3]); !ok || m.sec > 60 { // 60: a leap second
			return false
		}
		m.precision = seconds
		s = s[3:]
	}
	if len(s) > 0 && s[0] == '.' {
		if m.precision != seconds {
			return false
		}
		s = m.readFraction(s[1:])
		if m.digits == 0 {
			return false
		}
		m.precision = fractions
	}
	return m.readZone(s)
}

func (m *moment) readFraction(s string) string {
	unit := 100_000_000
	for len(s) > 0 && s[0] >= '0' && s[0] <= '9' {
		m.nano += int(s[0]-'0') * unit
		unit /= 10
		m.digits++
		s = s[1:]
	}
	return s
}

func (m *moment) readZone(s string) bool {
	if s == "" {
		return true
	}
	m.zoned = true
	if s == "Z" {
		return true
	}
	if len(s) != 6 || s[3] != ':' || s[0] != '+' && s[0] != '-' {
		return false
	}
	hours, ok := number(s[1:3])
	mins, ok2 := number(s[4:6])
	if !ok || !ok2 || mins > 59 || hours*60+mins > 14*60 {
		return false
	}
	m.offset = (hours*60 + mins) * 60
	if s[0] == '-' {
		m.offset = -m.offset
	}
	return true
}

// number reads digits only.
func number(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, len(s) > 0
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// clip shortens what a message quotes.
func clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > 0 && s[cut]&0xC0 == 0x80 {
		cut--
	}
	return s[:cut] + "…"
}
