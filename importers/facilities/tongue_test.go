package facilities_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/fhir/xml"
	"masjala/importers"
	"masjala/importers/facilities"
	"masjala/internal/testutil"
	"masjala/store"
)

// namesOf are the name of a facility and its translations: "Kila Hospital; fr Hôpital de Kila".
func namesOf(r *fhir.Resource) string {
	all := []string{r.Field("name").Str}
	for _, t := range fhir.Translations(r.Field("_name")) {
		all = append(all, t.Language+" "+t.Text)
	}
	return strings.Join(all, "; ")
}

// Which column is the main one and which language the others have is told by their headings.
func TestNamesInSeveralLanguages(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	tests := map[string]struct {
		headings []any
		want     string
		unmapped string
	}{
		"tags, the first is the main one":   {[]any{"Name (en)", "Name (fr)", "Name (sw)"}, "A; fr B; sw C", ""},
		"one without a language is it":      {[]any{"Name (fr)", "Facility name", "Name [pt-BR]"}, "B; fr A; pt-BR C", ""},
		"words of each language":            {[]any{"Nom (anglais)", "Nom (français)", "Nom (arabe)"}, "A; fr B; ar C", ""},
		"languages in their own words":      {[]any{"Jina (Kiswahili)", "Jina (Kiingereza)", "Jina kwa Kifaransa"}, "A; en B; fr C", ""},
		"headings in their own languages":   {[]any{"Name", "Nom", "الاسم"}, "A; fr B; ar C", ""},
		"the first of them is the main one": {[]any{"Nom de l'établissement", "Name", "Jina la kituo"}, "A; en B; sw C", ""},
		"adjectives":                        {[]any{"Facility name", "French name", "Name in Portuguese"}, "A; fr B; pt C", ""},
		"tags behind a stroke":              {[]any{"name_en", "name_fr", "name:es"}, "A; fr B; es C", ""},
		"Spanish and Portuguese":            {[]any{"Nombre (español)", "Nombre (inglés)", "Nome (português)"}, "A; en B; pt C", ""},
		"a language twice":                  {[]any{"Name", "Name (fr)", "French name"}, "A; fr B; fr C", ""},
		"the language of the main one":      {[]any{"Name", "Name (en)", "Name (am)"}, "A; en B; am C", ""},
		"no other language":                 {[]any{"Facility name", "Hospital name", "Nom"}, "A; fr C", "Hospital name"},
		"what is no language":               {[]any{"Name", "Name (old)", "Name (no. 2)"}, "A", "Name (old) Name (no. 2)"},
		"a name that is another one":        {[]any{"Name", "Local name", "Nom"}, "A; fr C", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := newEnv(t)
			r := run(t, env, importers.Request{File: text(t, [][]any{append([]any{"Facility code"}, tc.headings...), {"F-1", "A", "B", "C"}})})
			if r.Of(facilities.Kind).Create != 1 || strings.Join(r.Unmapped, " ") != tc.unmapped {
				t.Fatalf("%+v, columns %q without a meaning", r.Counts, r.Unmapped)
			}
			first, _, _ := strings.Cut(tc.want, ";")
			for _, typ := range []string{"Location", "Organization"} {
				if got := namesOf(find(t, env, typ, first)); got != tc.want {
					t.Errorf("the names of the %s are %q, want %q", typ, got, tc.want)
				}
			}
			unchangedInAll(t, env, 1)
		})
	}
}

// However many languages there are, a second name in one of them comes back.
func TestNamesInManyLanguages(t *testing.T) {
	env := newEnv(t)
	list := [][]any{{"Facility code", "Name"}, {"F-1", "A"}}
	for i, lang := range strings.Fields("am ar es fr ha pt rw so sw zu zu zu") {
		list[0] = append(list[0], []string{"Name (" + lang + ")", "Name [" + lang + "]", "Name(" + lang + ")"}[max(0, i-9)])
		list[1] = append(list[1], fmt.Sprintf("B%d", i))
	}
	run(t, env, importers.Request{File: text(t, list)})
	if got := namesOf(find(t, env, "Location", "A")); !strings.HasSuffix(got, "; sw B8; zu B9; zu B10; zu B11") {
		t.Errorf("the names are %q", got)
	}
	unchangedInAll(t, env, 1)
}

// Translations are what FHIR says they are, in JSON and in XML, and a search of names finds them.
func TestTranslatedNameIsOfFHIR(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	env := newEnv(t)
	run(t, env, importers.Request{File: text(t, [][]any{{"Name (en)", "Nom (français)"}, {"Kila Hospital", "Hôpital de Kila"}, {"Mto Clinic", ""}})})
	l := find(t, env, "Location", "Kila Hospital")
	const want = `{"extension":[{"extension":[{"url":"lang","valueCode":"fr"},{"url":"content","valueString":"Hôpital de Kila"}],"url":"http://hl7.org/fhir/StructureDefinition/translation"}]}`
	if got := l.Field("_name").Raw; got != want {
		t.Errorf("_name is %s, want %s", got, want)
	}
	text, err := xml.Append(nil, l.JSON())
	if err != nil {
		t.Fatal(err)
	}
	const inXML = `<name value="Kila Hospital"><extension url="http://hl7.org/fhir/StructureDefinition/translation"><extension url="lang"><valueCode value="fr"/></extension>` +
		`<extension url="content"><valueString value="Hôpital de Kila"/></extension></extension></name>`
	if !bytes.Contains(text, []byte(inXML)) {
		t.Errorf("XML: %s", text)
	}
	for _, typ := range []string{"Location", "Organization"} {
		for text, found := range map[string]int{"hopital": 1, "Kila": 1, "Mto": 1, "Zahanati": 0} {
			n := 0
			if err := store.Each(t.Context(), env.Store, typ, func(*fhir.Resource) error { n++; return nil }, search.Pair{Name: "name", Value: text}); err != nil || n != found {
				t.Errorf("%d of type %s are found by %q, %v; want %d", n, typ, text, err, found)
			}
		}
	}
	if find(t, env, "Location", "Mto Clinic").Field("_name").Exists() {
		t.Error("a facility without a French name has one")
	}
}

// A name in an exported list that is changed is changed in its language alone.
func TestChangesOfTranslatedNames(t *testing.T) {
	const odd = `{"extension":[{"extension":[{"url":"lang","valueCode":"luo"},{"url":"content","valueString":"Od thieth"}],"url":"http://hl7.org/fhir/StructureDefinition/translation"},{"url":"urn:x","valueString":"y"}]}`
	tests := map[string]struct {
		heading, value string
		want           string // of the Location
	}{
		"another French name":  {"Facility name (fr)", "Hôpital", "Kila Hospital; fr Hôpital; sw Hospitali ya Kila"},
		"no Swahili name":      {"Facility name (sw)", "", "Kila Hospital; fr Hôpital de Kila"},
		"another main name":    {"Facility name", "Kila", "Kila; fr Hôpital de Kila; sw Hospitali ya Kila"},
		"a language of others": {"Facility name (luo)", "Od", "Kila Hospital; fr Hôpital de Kila; sw Hospitali ya Kila; luo Od"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := newEnv(t)
			put(t, env, rich...)
			put(t, env, strings.Replace(rich[4], `"name":"Bare"`, `"name":"Bare","_name":`+odd, 1))
			run(t, env, importers.Request{File: text(t, [][]any{{"Facility code", "Name", "Nom", "Jina"}, {"F-1", "Kila Hospital", "Hôpital de Kila", "Hospitali ya Kila"}})})
			unchanged(t, env, export(t, env, "out.xlsx"), 4)
			path := edited(t, env, func(head []string, rows [][]string) [][]string {
				set(head, rows, find(t, env, "Location", "Kila Hospital").ID, tc.heading, tc.value)
				return rows
			})
			r := run(t, env, importers.Request{File: path})
			if c := r.Of(facilities.Kind); c.Update != 1 || c.Unchanged != 3 || len(r.Issues) > 0 {
				t.Fatalf("%+v, findings %+v", c, r.Issues)
			}
			main, _, _ := strings.Cut(tc.want, ";")
			for _, typ := range []string{"Location", "Organization"} {
				if got := namesOf(find(t, env, typ, main)); got != tc.want {
					t.Errorf("the names of the %s are %q, want %q", typ, got, tc.want)
				}
			}
			if got := find(t, env, "Location", "Bare").Field("_name").Raw; got != odd {
				t.Errorf("the other facility has %s", got)
			}
			unchanged(t, env, export(t, env, "again.csv"), 4)
		})
	}
}

// TestMessNamesInjected leaves out the main name of seeded rows: they are told and imported under the other one.
func TestMessNamesInjected(t *testing.T) {
	t.Parallel()
	testutil.Requirement(t, "IMP-1", "FRF-8")
	env := newEnv(t)
	for seed := range uint64(3) {
		rows := tidy(40, seed)
		rows[0] = append(slices.Clone(rows[0]), "Nom (français)")
		for i := range rows[1:] {
			rows[i+1] = append(slices.Clone(rows[i+1]), fmt.Sprintf("Centre de santé %d", i))
		}
		var want []found
		for k, n := range rand.New(rand.NewPCG(seed, 9)).Perm(40)[:6] {
			rows[n+1][2] = []any{"", "NA", "Not Set"}[k%3]
			rule := "name-language"
			if k == 5 {
				rows[n+1][len(rows[0])-1], rule = "", "name-missing"
			}
			want = append(want, found{n + 2, "Facility name", rule})
		}
		slices.SortFunc(want, byCell)
		got, r := findings(t, env, rows, true)
		if diff := cmp.Diff(want, got); diff != "" || r.Of(facilities.Kind).Create != 39 {
			t.Errorf("seed %d: findings (-injected +found):\n%s%+v", seed, diff, r.Counts)
		}
	}
}

// A mapping says the language of a column, and what is wrong with it is told.
func TestLanguagesInAMapping(t *testing.T) {
	file := text(t, [][]any{{"Libellé", "Zina"}, {"A", "B"}})
	for lang, says := range map[string]string{"rn": "", "": "need one", "not a tag": "need one"} {
		env := newEnv(t)
		m := &importers.Mapping{Columns: []importers.Column{{Heading: "Libellé", Target: "name"}, {Heading: "Zina", Target: "translation", Language: lang}}}
		_, err := facilities.Run(t.Context(), env, importers.Request{File: file, Map: m, Actor: "test"})
		if says != "" {
			if err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("language %q: %v", lang, err)
			}
			continue
		}
		if got := namesOf(find(t, env, "Location", "A")); err != nil || got != "A; rn B" {
			t.Errorf("%v, %q", err, got)
		}
	}
}
