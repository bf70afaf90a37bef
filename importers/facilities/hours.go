package facilities

import (
	"regexp"
	"strings"
)

// hours is when a facility is open: as rules where the words are understood, else in words.
type hours struct {
	rules []openRule
	words string
}

// openRule is one element of Location.hoursOfOperation.
type openRule struct {
	days       []string // FHIR codes: mon, tue, …; empty for every day
	allDay     bool
	from, till string // hh:mm:ss
}

var (
	weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	openSpan = regexp.MustCompile(`^(?:([A-Za-z ,-]+?):? +)?(\d{1,2}):(\d{2}) ?(?:-|–|to) ?(\d{1,2}):(\d{2})$`)
	always   = regexp.MustCompile(`(?i)^(24 ?/ ?7|24 ?(h|hrs|hours?)|always open|open 24 hours)$`)
)

// readHours understands "24/7", "Mo-Fr 08:00-17:00; Sa 08:00-12:00" and a yes under "open
// whole day". Everything else is kept in words.
func readHours(text, allDay string) hours {
	if yes, ok := claim(allDay); ok && yes && text == "" || always.MatchString(text) {
		return hours{rules: []openRule{{allDay: true}}}
	}
	if text == "" {
		return hours{}
	}
	var rules []openRule
	for part := range strings.SplitSeq(text, ";") {
		r, ok := readRule(strings.TrimSpace(part))
		if !ok {
			return hours{words: text}
		}
		rules = append(rules, r)
	}
	return hours{rules: rules}
}

func readRule(text string) (openRule, bool) {
	m := openSpan.FindStringSubmatch(text)
	if m == nil {
		return openRule{}, false
	}
	r := openRule{from: clock(m[2], m[3]), till: clock(m[4], m[5])}
	if r.from == "" || r.till == "" || r.from >= r.till {
		return openRule{}, false
	}
	ok := true
	if m[1] != "" {
		r.days, ok = readDays(m[1])
	}
	return r, ok
}

// readDays reads "Mo-Fr", "Mo,We,Fr" and "Monday to Friday".
func readDays(text string) ([]string, bool) {
	text = strings.ReplaceAll(strings.ToLower(text), " to ", "-")
	var days []string
	for part := range strings.SplitSeq(text, ",") {
		first, last, span := strings.Cut(strings.TrimSpace(part), "-")
		from, ok := weekday(first)
		if !ok {
			return nil, false
		}
		till := from
		if span {
			if till, ok = weekday(last); !ok {
				return nil, false
			}
		}
		for d := from; ; d = (d + 1) % 7 {
			days = append(days, weekdays[d])
			if d == till {
				break
			}
		}
	}
	return days, len(days) <= 7
}

func weekday(name string) (int, bool) {
	name = strings.TrimSuffix(strings.TrimSpace(name), ".")
	if len(name) < 2 {
		return 0, false
	}
	long := []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}
	for i, l := range long {
		if strings.HasPrefix(l, name) {
			return i, true
		}
	}
	return 0, false
}

// clock writes a time of day; 24:00 is the last minute of the day.
func clock(hour, minute string) string {
	if len(hour) == 1 {
		hour = "0" + hour
	}
	if hour == "24" && minute == "00" {
		return "23:59:00"
	}
	if hour > "23" || minute > "59" {
		return ""
	}
	return hour + ":" + minute + ":00"
}

// write adds the hours to a Location.
func (h hours) write(o *body) {
	if len(h.rules) > 0 {
		o.list("hoursOfOperation", func() {
			for _, r := range h.rules {
				o.item(func() { r.write(o) })
			}
		})
	}
	o.text("availabilityExceptions", h.words)
}

func (r openRule) write(o *body) {
	if len(r.days) > 0 {
		o.list("daysOfWeek", func() {
			for _, d := range r.days {
				o.value(d)
			}
		})
	}
	if r.allDay {
		o.raw("allDay", "true")
		return
	}
	o.text("openingTime", r.from)
	o.text("closingTime", r.till)
}
