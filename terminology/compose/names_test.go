package compose_test

import (
	"fmt"
	"strings"
	"testing"

	"masjala/terminology/compose"
)

// A listed code is found whether there are few or many; of one that is listed twice, the first.
func TestNamesFindsTheFirst(t *testing.T) {
	for _, n := range []int{0, 1, 15, 16, 17, 5000} {
		var list []string
		for i := range n {
			list = append(list, fmt.Sprintf(`{"code":"c%d","display":"one"}`, i))
		}
		for i := 0; i < n; i += 3 {
			list = append(list, fmt.Sprintf(`{"code":"c%d","display":"two"}`, i))
		}
		d, err := compose.ParseDefinition(fmt.Appendf(nil, `{"resourceType":"ValueSet","compose":{"include":[{"system":"http://example.org/s","concept":[%s]}]}}`, strings.Join(list, ",")))
		if err != nil {
			t.Fatal(err)
		}
		in := &d.Include[0]
		for i := range n {
			if g := in.Names(fmt.Sprintf("c%d", i)); g == nil || g.Display != "one" {
				t.Fatalf("of %d codes, c%d is %+v", n, i, g)
			}
		}
		for _, code := range []string{"", "c", fmt.Sprintf("c%d", n), "C0"} {
			if g := in.Names(code); g != nil {
				t.Errorf("of %d codes, %q is %+v", n, code, g)
			}
		}
	}
}
