package facilities_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/facilities"
	"masjala/internal/testutil"
	"masjala/store"
)

// bedsOf are the numbers of beds of a facility as they are stored: "2023 12; 2022 10".
func bedsOf(l *fhir.Resource) string {
	var out []string
	for _, e := range l.Field("extension").Array() {
		if e.Get("url").Str == facilities.BedsURL {
			out = append(out, strings.TrimSpace(e.Get(`extension.#(url=="year").valueDate`).Str+" "+e.Get(`extension.#(url=="count").valueUnsignedInt`).Raw))
		}
	}
	return strings.Join(out, "; ")
}

// The newest number comes first, whatever the order of the columns; older ones are kept with their year.
func TestMessBedsOfSeveralYears(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	tests := map[string]struct {
		headings []any
		want     string
		unmapped string
	}{
		"year behind":           {[]any{"Beds 2021", "Beds 2022", "Beds 2023"}, "2023 30; 2022 20; 2021 10", ""},
		"year in front":         {[]any{"2023 beds", "2021 beds", "2022 beds"}, "2023 10; 2022 30; 2021 20", ""},
		"in brackets":           {[]any{"Number of beds (2021)", "Number of beds (2022)", "Number of beds (2023)"}, "2023 30; 2022 20; 2021 10", ""},
		"French":                {[]any{"Lits 2021", "Nombre de lits en 2022", "Lits (2023)"}, "2023 30; 2022 20; 2021 10", ""},
		"Portuguese, Spanish":   {[]any{"Camas 2021", "Número de camas 2022", "Total de camas em 2023"}, "2023 30; 2022 20; 2021 10", ""},
		"Swahili, Arabic":       {[]any{"Idadi ya vitanda mwaka 2021", "Vitanda 2022", "عدد الأسرّة ٢٠٢٣"}, "2023 30; 2022 20; 2021 10", ""},
		"years of account":      {[]any{"Beds FY 2020/21", "Beds 2021-2022", "Beds2022/2023"}, "2022 30; 2021 20; 2020 10", ""},
		"one without a year":    {[]any{"Beds 2021", "Beds", "Beds 2022"}, "20; 2022 30; 2021 10", ""},
		"other beds":            {[]any{"Maternity beds", "Beds", "Delivery beds 2023"}, "20", "Maternity beds Delivery beds 2023"},
		"a year of other times": {[]any{"Beds 1066", "Beds 2022", "Beds 2023"}, "2023 30; 2022 20", "Beds 1066"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := newEnv(t)
			r := run(t, env, importers.Request{File: text(t, [][]any{append([]any{"Facility code", "Name", "Status"}, tc.headings...), {"F-1", "A", "Operational", 10, 20, 30}})})
			if strings.Join(r.Unmapped, " ") != tc.unmapped || len(r.Issues) > 0 {
				t.Errorf("columns %q without a meaning, findings %v", r.Unmapped, rules(r))
			}
			if got := bedsOf(find(t, env, "Location", "A")); got != tc.want {
				t.Errorf("the beds are %q, want %q", got, tc.want)
			}
			unchangedInAll(t, env, 1)
		})
	}
}

// What FHIR makes of a number of beds, and what a list changes of it.
func TestChangesOfBeds(t *testing.T) {
	env := newEnv(t)
	run(t, env, importers.Request{File: text(t, [][]any{{"Facility code", "Name", "Beds 2022", "Beds 2023"}, {"F-1", "A", 20, 30}, {"F-2", "B", "", ""}})})
	const want = `[{"extension":[{"url":"count","valueUnsignedInt":30},{"url":"year","valueDate":"2023"}],"url":"urn:masjala:extension:beds"},{"extension":[{"url":"count","valueUnsignedInt":20},{"url":"year","valueDate":"2022"}],"url":"urn:masjala:extension:beds"}]`
	if got := find(t, env, "Location", "A").Field("extension").Raw; got != want {
		t.Errorf("the extensions are %s, want %s", got, want)
	}
	if find(t, env, "Location", "B").Field("extension").Exists() {
		t.Error("a facility without a number of beds has one")
	}
	for _, step := range []struct{ heading, value, want string }{
		{"Beds 2023", "31", "2023 31; 2022 20"}, {"Beds 2023", "31.0", "2023 31; 2022 20"}, {"Beds 2022", "", "2023 31"}, {"Name of the council", "x", "2023 31"},
	} {
		path := edited(t, env, func(head []string, rows [][]string) [][]string {
			if slices.Contains(head, step.heading) {
				set(head, rows, find(t, env, "Location", "A").ID, step.heading, step.value)
			}
			return rows
		})
		if r := run(t, env, importers.Request{File: path}); r.Errors+r.Warnings+r.Infos > 0 {
			t.Errorf("%+v: findings %+v", step, r.Issues)
		}
		if got := bedsOf(find(t, env, "Location", "A")); got != step.want {
			t.Errorf("%+v: the beds are %q", step, got)
		}
	}
}

// The list of the next year adds its number and takes none away.
func TestBedsOfTheNextYear(t *testing.T) {
	env := newEnv(t)
	for _, step := range []struct {
		list [][]any
		want string
	}{
		{[][]any{{"Facility code", "Name", "Beds 2022", "Beds 2023"}, {"F-1", "A", 20, 30}}, "2023 30; 2022 20"},
		{[][]any{{"Facility code", "Name", "Beds 2023", "Beds 2024"}, {"F-1", "A", 31, 40}}, "2024 40; 2023 31; 2022 20"},
		{[][]any{{"Facility code", "Name", "Beds 2024"}, {"F-1", "A", ""}}, "2023 31; 2022 20"},
		{[][]any{{"Facility code", "Name", "Beds"}, {"F-1", "A", 50}}, "50; 2023 31; 2022 20"},
	} {
		for range 2 {
			run(t, env, importers.Request{File: text(t, step.list)})
			if got := bedsOf(find(t, env, "Location", "A")); got != step.want {
				t.Errorf("the beds are %q, want %q", got, step.want)
			}
		}
	}
}

// allBeds are the numbers of beds of everything, by name.
func allBeds(t *testing.T, env importers.Env) map[string]string {
	t.Helper()
	out := map[string]string{}
	if err := store.Each(t.Context(), env.Store, "Location", func(l *fhir.Resource) error {
		out[l.Field("name").Str] = bedsOf(l)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestMessBedsInjected spoils seeded cells of a clean list: what is found are these cells.
func TestMessBedsInjected(t *testing.T) {
	testutil.Requirement(t, "IMP-1", "FRF-8")
	kinds := map[string]struct {
		at         int // 0 is the newest year
		text, rule string
		want       string
	}{
		"nothing for the newest year": {0, "", "beds-older", "2022 20; 2021 10"},
		"a word for nothing":          {0, "NA", "beds-older", "2022 20; 2021 10"},
		"nothing for an older year":   {1, "-", "", "2023 30; 2021 10"},
		"words":                       {0, "not counted", "beds-odd", "2022 20; 2021 10"},
		"less than none":              {1, "-1", "beds-odd", "2023 30; 2021 10"},
		"half a bed":                  {2, "12.5", "beds-odd", "2023 30; 2022 20"},
		"less than one":               {2, "0,250", "beds-odd", "2023 30; 2022 20"},
		"a telephone number":          {0, "0712000001", "beds-odd", "2022 20; 2021 10"},
		"a range":                     {0, "10-12", "beds-odd", "2022 20; 2021 10"},
		"a unit":                      {0, "33 beds", "", "2023 33; 2022 20; 2021 10"},
		"thousands":                   {0, "1,200", "", "2023 1200; 2022 20; 2021 10"},
		"none":                        {0, "0", "", "2023 0; 2022 20; 2021 10"},
	}
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(2) {
				rows := tidy(20, seed)
				first := len(rows[0])
				rows[0] = append(slices.Clone(rows[0]), "Beds 2023", "Beds 2022", "Beds 2021")
				for i := range rows[1:] {
					rows[i+1] = append(slices.Clone(rows[i+1]), "30", "20", "10")
				}
				var want []found
				spoilt := rand.New(rand.NewPCG(seed, 11)).Perm(20)[:3]
				for _, n := range spoilt {
					if rows[n+1][first+kind.at] = kind.text; kind.rule != "" {
						want = append(want, found{n + 2, fmt.Sprintf("Beds %d", 2023-kind.at), kind.rule})
					}
				}
				slices.SortFunc(want, byCell)
				env := newEnv(t)
				got, _ := findings(t, env, rows, false)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("seed %d: findings (-injected +found):\n%s", seed, diff)
				}
				stored := allBeds(t, env)
				for n, row := range rows[1:] {
					beds := "2023 30; 2022 20; 2021 10"
					if slices.Contains(spoilt, n) {
						beds = kind.want
					}
					if got := stored[row[2].(string)]; got != beds {
						t.Errorf("seed %d: row %d has the beds %q, want %q", seed, n+2, got, beds)
					}
				}
			}
		})
	}
}
