package join_test

import (
	"fmt"
	"strings"
	"testing"

	"masjala/importers/join"
)

// Numbers that lost their zeros in front in one of the lists are those of the other, where these show which;
// a number that the other list has with and without zeros stays as it is.
func TestZerosThatAreLost(t *testing.T) {
	names := []string{"Kilimo", "Ruhengo", "Batwani", "Shimoni", "Ngerenya", "Vipingo", "Takaungu", "Mariakani"}
	list := func(name, format string, more ...string) join.List {
		lines := []string{"Code,Name"}
		for i, n := range names {
			lines = append(lines, fmt.Sprintf(format+",%s Dispensary", 101+i, n))
		}
		return write(t, name, append(lines, more...)...)
	}
	tests := map[string]struct {
		a, b join.List
		same int // pairs with the same number
	}{
		"both have them":       {list("a.csv", "00%d"), list("b.csv", "00%d"), 8},
		"lost in the first":    {list("a.csv", "%d"), list("b.csv", "00%d"), 8},
		"lost in the second":   {list("a.csv", "00%d"), list("b.csv", "%d"), 8},
		"several ways to fill": {list("a.csv", "%d"), list("b.csv", "00%d", "0101,Zuwani Hospital"), 7},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			same := 0
			r := run(t, join.Request{Kind: "facilities", A: tc.a, B: &tc.b})
			for _, p := range r.Pairs {
				if strings.Contains(p.Explanation, "same identifier 00") {
					same++
				}
			}
			if same != tc.same || len(r.Pairs) != 8 {
				t.Errorf("%d of %d pairs have the same number, want %d: %s", same, len(r.Pairs), tc.same, found(r))
			}
		})
	}
}
