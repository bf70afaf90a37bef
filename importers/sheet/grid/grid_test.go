package grid_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/importers/sheet/grid"
)

func TestNumber(t *testing.T) {
	tests := map[string]struct {
		value      float64
		code       string
		from1904   bool
		shown, raw string
	}{
		"general":                  {12.5, "General", false, "12.5", "12.5"},
		"no format":                {-0.00001, "", false, "-0.00001", "-0.00001"},
		"phone, not an exponent":   {254712345678, "", false, "254712345678", "254712345678"},
		"very large":               {1e300, "", false, "1e+300", "1e+300"},
		"two decimals":             {1.005, "#,##0.00", false, "1.00", "1.005"},
		"as many as there are":     {1.25, "0.##", false, "1.25", "1.25"},
		"leading zeros":            {-42, "00000", false, "-00042", "-42"},
		"exponent shown in full":   {211653000000, "0.00E+00", false, "211653000000", "211653000000"},
		"money":                    {5, `[$R-1C09] #,##0.00;[Red]-#,##0.00`, false, "5.00", "5"},
		"text format":              {7, "@", false, "7", "7"},
		"fraction":                 {0.5, "# ?/?", false, "0.5", "0.5"},
		"day":                      {43807, "dd/mm/yyyy", false, "2019-12-08", "43807"},
		"day counted from 1904":    {42345, "dd/mm/yyyy", true, "2019-12-08", "43807"},
		"a clock is not moved":     {0.5, "h:mm", true, "12:00:00", "0.5"},
		"month and year":           {43807, "mmm-yy", false, "2019-12-08", "43807"},
		"day and time":             {43807.25, "d.m.yy h:mm", false, "2019-12-08 06:00:00", "43807.25"},
		"hours beyond a day":       {1.5, "[h]:mm", false, "36:00:00", "1.5"},
		"quoted letters":           {3, `0 "days"`, false, "3", "3"},
		"escaped letters":          {3, `0\d`, false, "3", "3"},
		"no such day":              {-5, "d/m/yyyy", false, "-5", "-5"},
		"quote that is not closed": {3, `0 "days`, false, "3", "3"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			shown, raw := grid.Number(tc.value, grid.ParseFormat(tc.code), tc.from1904)
			if shown != tc.shown || raw != tc.raw {
				t.Errorf("%v in %q is shown %q, stored %q; want %q and %q", tc.value, tc.code, shown, raw, tc.shown, tc.raw)
			}
		})
	}
}

func TestBuilder(t *testing.T) {
	var b grid.Builder
	b.Put(2, "c", "c")
	b.Put(0, "2019-12-08", "43807")
	b.Put(-1, "x", "x")
	b.Put(grid.MaxColumns, "x", "x")
	if diff := cmp.Diff(grid.Row{Number: 4, Cells: []string{"2019-12-08", "", "c"}, Raw: []string{"43807", "", "c"}}, b.Row(4)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	b.Put(0, "a", "a")
	if diff := cmp.Diff(grid.Row{Number: 5, Cells: []string{"a"}}, b.Row(5)); diff != "" {
		t.Errorf("the next row (-want +got):\n%s", diff)
	}
}
