package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

// disputed is a data directory with a facility whose telephone and mail were changed here, and a list that
// has both otherwise.
func disputed(t *testing.T) (data, list string) {
	t.Helper()
	const head = "MFL code,Name,Phone number,Email\n"
	data = t.TempDir()
	done(t, "import", "facilities", write(t, "first.csv", head+"M1,Gede Dispensary,0712000001,a@example.org\n"), "--data", data)
	changed := strings.NewReplacer("0712000001", "0712000009", "a@example.org", "z@example.org").Replace(exported(t, data))
	done(t, "import", "facilities", write(t, "changed.csv", changed), "--data", data)
	return data, write(t, "second.csv", head+"M1,Gede Dispensary,0712000002,b@example.org\n")
}

// What was changed here and in the list is shown by column, and decided by flags or in the table.
func TestDecideConflicts(t *testing.T) {
	for name, decide := range map[string]func(data, list string){
		"by flags": func(data, list string) {
			has(t, done(t, "import", "decide", list, "--conflict", "all=here", "--conflict", "2:Phone number=list", "--data", data), "2 conflicts decided")
		},
		"by a table": func(data, list string) {
			table := filepath.Join(t.TempDir(), "decide.xlsx")
			masjala(t, "import", "values", list, "--data", data, "--save", table)
			fill(t, table, map[string]string{"Phone number": "yes", "Email": "here"})
			has(t, done(t, "import", "decide", "--decisions", table, "--data", data), "2 conflicts decided")
		},
	} {
		t.Run(name, func(t *testing.T) {
			data, list := disputed(t)
			got := masjala(t, "import", "values", list, "--data", data)
			if got.status != statusProblems {
				t.Errorf("%+v", got)
			}
			has(t, got.out, "2 to be decided")
			has(t, got.out, "0712000009     0712000002")
			decide(data, list)
			got = masjala(t, "import", "facilities", list, "--data", data, "--json")
			if c := gjson.Get(got.out, `counts.#(what=="facilities")`); c.Get("update").Int() != 1 || c.Get("conflict").Int() != 0 {
				t.Errorf("%s", c.Raw)
			}
			has(t, exported(t, data), "0712000002", "z@example.org")
		})
	}
	data, list := disputed(t)
	for name, tc := range map[string]struct{ flag, want string }{
		"no decision": {"2", "12=list"}, "not a choice": {"2=theirs", "list or here"}, "no such row": {"7=list", "no conflict"}, "no such column": {"Name=list", "Phone number"},
	} {
		if o := masjala(t, "import", "decide", list, "--conflict", tc.flag, "--data", data); o.status == statusDone || !strings.Contains(o.err, tc.want) {
			t.Errorf("%s: %+v, want %q", name, o, tc.want)
		}
	}
	if o := masjala(t, "import", "decide", "--conflict", "2=list", "--data", data); !strings.Contains(o.err, "name it, too") {
		t.Errorf("without the list: %+v", o)
	}
}
