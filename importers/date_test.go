package importers_test

import (
	"testing"
	"time"

	"masjala/importers"
)

func TestDate(t *testing.T) {
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		cell  importers.Cell
		order importers.DateOrder
		want  string // "" when it is no date
	}{
		"ISO":                       {importers.Cell{Text: "1970-06-16"}, importers.DayFirst, "1970-06-16"},
		"ISO without zeros":         {importers.Cell{Text: "1970-6-16"}, importers.DayFirst, "1970-06-16"},
		"ISO with a time":           {importers.Cell{Text: "2017-05-03 00:00:00"}, importers.DayFirst, "2017-05-03"},
		"year alone":                {importers.Cell{Text: "1987"}, importers.DayFirst, "1987"},
		"year and month":            {importers.Cell{Text: "1987/3"}, importers.DayFirst, "1987-03"},
		"day first":                 {importers.Cell{Text: "3/4/2017"}, importers.DayFirst, "2017-04-03"},
		"month first":               {importers.Cell{Text: "3/4/2017"}, importers.MonthFirst, "2017-03-04"},
		"only one order possible":   {importers.Cell{Text: "12/19/2008"}, importers.DayFirst, "2008-12-19"},
		"only the other possible":   {importers.Cell{Text: "19.12.2008"}, importers.MonthFirst, "2008-12-19"},
		"two-digit year":            {importers.Cell{Text: "19-12-68"}, importers.DayFirst, "1968-12-19"},
		"two-digit year, recent":    {importers.Cell{Text: "19-12-08"}, importers.DayFirst, "2008-12-19"},
		"month in words, day after": {importers.Cell{Text: "Oct 25th 17"}, importers.DayFirst, "2017-10-25"},
		"month in words, day first": {importers.Cell{Text: "25 October 2017"}, importers.DayFirst, "2017-10-25"},
		"French month":              {importers.Cell{Text: "3 juillet 2019"}, importers.DayFirst, "2019-07-03"},
		"month and year":            {importers.Cell{Text: "août 2019"}, importers.DayFirst, "2019-08"},
		"date cell":                 {importers.Cell{Text: "12-19-08", Shown: "12-19-08", Stored: "39801"}, importers.DayFirst, "2008-12-19"},
		"day that does not exist":   {importers.Cell{Text: "2020-02-30"}, importers.DayFirst, ""},
		"month 13 both ways":        {importers.Cell{Text: "13/13/2020"}, importers.DayFirst, ""},
		"words":                     {importers.Cell{Text: "not yet"}, importers.DayFirst, ""},
		"year of another world":     {importers.Cell{Text: "0019-01-01"}, importers.DayFirst, ""},
		"empty":                     {importers.Cell{}, importers.DayFirst, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, ok := importers.Date(tc.cell, tc.order, now)
			if got != tc.want || ok != (tc.want != "") {
				t.Errorf("Date(%q) = %q, %v, want %q", tc.cell.Text, got, ok, tc.want)
			}
		})
	}
}

func TestDateVote(t *testing.T) {
	var v importers.DateVote
	for _, s := range []string{"1/2/2020", "3/14/2020", "12/31/1999", "31/12/1999", "2020-01-01"} {
		v.Add(s)
	}
	if v.Order() != importers.MonthFirst {
		t.Error("two values allow only month first and one only day first, but the vote is day first")
	}
	if (&importers.DateVote{}).Order() != importers.DayFirst {
		t.Error("without evidence the day comes first")
	}
}

func TestMessDatesThatCanBeReadTwice(t *testing.T) {
	tests := map[string]struct {
		cell importers.Cell
		want bool
	}{
		"both small":       {importers.Cell{Text: "3/4/2017"}, true},
		"one day":          {importers.Cell{Text: "4/4/2017"}, false},
		"only one order":   {importers.Cell{Text: "13/4/2017"}, false},
		"year first":       {importers.Cell{Text: "2017-04-03"}, false},
		"kept as a number": {importers.Cell{Text: "3/4/2017", Stored: "42828"}, false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := importers.Ambiguous(tc.cell); got != tc.want {
				t.Errorf("Ambiguous(%+v) = %v", tc.cell, got)
			}
		})
	}
	var v importers.DateVote
	v.Add("3/4/2017")
	if v.Decided() {
		t.Error("a date that can be read twice decides nothing")
	}
	v.Add("14/3/2017")
	if !v.Decided() {
		t.Error("a day beyond 12 decides")
	}
}
