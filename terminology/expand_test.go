package terminology_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/terminology"
)

// vs makes a ValueSet with a compose.
func vs(id, compose string) string {
	return fmt.Sprintf(`{"resourceType":"ValueSet","id":%q,"url":"http://example.org/vs/%s","status":"active","compose":%s}`, id, id, compose)
}

// ofAnimals is an include of version 1.0 of the animals with more members.
func ofAnimals(more string) string {
	if more != "" {
		more = "," + more
	}
	return `{"system":"http://example.org/cs/animals","version":"1.0"` + more + `}`
}

func filtered(property, op, value string) string {
	return ofAnimals(fmt.Sprintf(`"filter":[{"property":%q,"op":%q,"value":%q}]`, property, op, value))
}

// inline is a value set that is sent with the request.
func inline(t testing.TB, compose string) terminology.SetRef {
	t.Helper()
	r, err := fhir.Parse([]byte(`{"resourceType":"ValueSet","status":"active","compose":` + compose + `}`))
	if err != nil {
		t.Fatal(err)
	}
	return terminology.SetRef{ValueSet: r}
}

// contained lists the codes of an expansion.
func contained(body []byte) string {
	var out []string
	for _, c := range gjson.GetBytes(body, "expansion.contains.#.code").Array() {
		out = append(out, c.Str)
	}
	return strings.Join(out, " ")
}

func TestExpandCompose(t *testing.T) {
	testutil.Requirement(t, "SV-97-1")
	s, _ := service(t, animals, animals2, loose, pets, mammals,
		vs("four", `{"include":[`+filtered("legs", "=", "4")+`]}`),
		`{"resourceType":"ValueSet","id":"frozen","url":"http://example.org/vs/frozen","status":"active","expansion":{"timestamp":"2020-01-01","contains":[
{"system":"http://example.org/cs/animals","version":"1.0","code":"hen","contains":[{"system":"http://example.org/cs/gone","code":"x","display":"Ex"}]},{"system":"http://example.org/cs/animals","version":"1.0","code":"dodo","display":"Dodo"}]}}`)
	include := func(list ...string) string { return `{"include":[` + strings.Join(list, ",") + `]}` }
	set := func(urls ...string) string {
		return `{"valueSet":["http://example.org/vs/` + strings.Join(urls, `","http://example.org/vs/`) + `"]}`
	}
	tests := map[string]struct{ compose, want string }{
		"whole system":          {include(ofAnimals("")), "mammal dog puppy bat auroch bird hen fish"},
		"newest version":        {include(`{"system":"http://example.org/cs/animals"}`), "dog cat"},
		"listed, in that order": {include(ofAnimals(`"concept":[{"code":"hen"},{"code":"dog"},{"code":"none"}]`)), "hen dog"},
		"listed twice":          {include(ofAnimals(`"concept":[{"code":"hen"},{"code":"hen"}]`)), "hen"},
		"is-a":                  {include(filtered("concept", "is-a", "mammal")), "mammal dog puppy bat auroch"},
		"descendent-of":         {include(filtered("concept", "descendent-of", "dog")), "puppy"},
		"is-not-a":              {include(filtered("concept", "is-not-a", "mammal")), "bird hen fish"},
		"generalizes":           {include(filtered("concept", "generalizes", "puppy")), "mammal dog puppy"},
		"child-of":              {include(filtered("concept", "child-of", "mammal")), "dog bat auroch"},
		"equal":                 {include(filtered("legs", "=", "2")), "bat hen"},
		"code equal":            {include(filtered("code", "=", "bat")), "bat"},
		"display equal":         {include(filtered("display", "=", "Hen")), "hen"},
		"parent equal":          {include(filtered("parent", "=", "bird")), "hen"},
		"child equal":           {include(filtered("child", "=", "puppy")), "dog"},
		"in, by code":           {include(filtered("concept", "in", "hen, dog,none")), "dog hen"},
		"in, by property":       {include(filtered("legs", "in", "2,3")), "bat hen"},
		"not-in":                {include(filtered("legs", "not-in", "2,4")), "mammal bird fish"},
		"exists":                {include(filtered("legs", "exists", "true")), "dog puppy bat auroch hen"},
		"exists not":            {include(filtered("legs", "exists", "false")), "mammal bird fish"},
		"parent exists not":     {include(filtered("parent", "exists", "false")), "mammal bird fish"},
		"child exists":          {include(filtered("child", "exists", "true")), "mammal dog bird"},
		"regex on the whole":    {include(filtered("code", "regex", "[a-f].*")), "dog bat auroch bird fish"},
		"regex is not a part":   {include(filtered("code", "regex", "og")), ""},
		"regex on display":      {include(filtered("display", "regex", "(Bird|He.)")), "bird hen"},
		"regex on a property":   {include(filtered("legs", "regex", "[23]")), "bat hen"},
		"two filters": {include(ofAnimals(`"filter":[{"property":"concept","op":"is-a","value":"mammal"},{"property":"legs","op":"=","value":"4"}]`)),
			"dog puppy auroch"},
		"union without repetition":  {include(filtered("legs", "=", "2"), filtered("concept", "is-a", "bird")), "bat hen bird"},
		"two versions, each":        {include(ofAnimals(`"concept":[{"code":"dog"}]`), `{"system":"http://example.org/cs/animals","version":"1.10"}`), "dog cat dog"},
		"exclude":                   {`{"include":[` + ofAnimals("") + `],"exclude":[` + filtered("concept", "is-a", "mammal") + `]}`, "bird hen fish"},
		"exclude listed":            {`{"include":[` + ofAnimals("") + `],"exclude":[` + ofAnimals(`"concept":[{"code":"fish"},{"code":"dog"}]`) + `]}`, "mammal puppy bat auroch bird hen"},
		"exclude another version":   {`{"include":[` + ofAnimals(`"concept":[{"code":"dog"},{"code":"hen"}]`) + `],"exclude":[{"system":"http://example.org/cs/animals","version":"1.10"}]}`, "hen"},
		"exclude from any version":  {`{"include":[` + ofAnimals(`"concept":[{"code":"dog"},{"code":"hen"}]`) + `],"exclude":[{"system":"http://example.org/cs/animals"}]}`, "hen"},
		"exclude a set":             {`{"include":[` + ofAnimals("") + `],"exclude":[` + set("mammals") + `]}`, "bird hen fish"},
		"import":                    {include(set("mammals")), "mammal dog puppy bat auroch"},
		"import of two: common":     {include(set("mammals", "four")), "dog puppy auroch"},
		"two imports: all":          {include(set("pets"), set("four")), "hen dog rock puppy auroch"},
		"system within a set":       {include(ofAnimals(`"valueSet":["http://example.org/vs/mammals"],"filter":[{"property":"legs","op":"=","value":"2"}]`)), "bat"},
		"listed within a set":       {include(ofAnimals(`"valueSet":["http://example.org/vs/mammals"],"concept":[{"code":"hen"},{"code":"bat"}]`)), "bat"},
		"import by version":         {include(`{"valueSet":["http://example.org/vs/mammals|2"]}`), "mammal dog puppy bat auroch"},
		"without inactive":          {`{"inactive":false,"include":[` + filtered("concept", "is-a", "mammal") + `]}`, "mammal dog puppy bat"},
		"all of a code system":      {include(set("all-animals")), "mammal dog puppy bat auroch bird hen fish"},
		"unknown system, listed":    {include(`{"system":"http://x","concept":[{"code":"b"},{"code":"a"}]}`), "b a"},
		"a stored expansion":        {include(set("frozen")), "hen x dodo"},
		"what all have in common":   {include(set("mammals", "pets")), "dog"},
		"system of any case, given": {include(`{"system":"http://example.org/cs/loose","concept":[{"code":"ALPHA"}]}`), "Alpha"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			x, err := s.Expand(t.Context(), terminology.ExpandRequest{SetRef: inline(t, tc.compose)})
			if err != nil {
				t.Fatal(err)
			}
			if got := contained(x.JSON()); got != tc.want {
				t.Errorf("got  %q\nwant %q", got, tc.want)
			}
			if want := len(strings.Fields(tc.want)); x.Total != want || gjson.GetBytes(x.JSON(), "expansion.total").Int() != int64(want) {
				t.Errorf("total %d, want %d", x.Total, want)
			}
			if _, err := fhir.Parse(x.JSON()); err != nil {
				t.Errorf("the answer is not a resource: %v", err)
			}
			every(t, s, tc.compose, x.JSON())
		})
	}
}

// every holds $validate-code to the expansion: each code of it is a member.
func every(t *testing.T, s *terminology.Service, compose string, body []byte) {
	t.Helper()
	for _, c := range gjson.GetBytes(body, "expansion.contains").Array() {
		v, err := s.ValidateInSet(t.Context(), terminology.ValidateInSetRequest{SetRef: inline(t, compose),
			System: c.Get("system").Str, SystemVersion: c.Get("version").Str, Code: c.Get("code").Str, Display: c.Get("display").Str})
		if err != nil || !v.Result {
			t.Errorf("%s is in the expansion, but not valid: %+v, %v", c.Raw, v, err)
		}
	}
}

func TestExpandRefused(t *testing.T) {
	testutil.Requirement(t, "SV-97-2", "SV-97-5")
	s, _ := service(t, animals, stub,
		vs("loop", `{"include":[{"valueSet":["http://example.org/vs/pool"]}]}`),
		vs("pool", `{"include":[{"valueSet":["http://example.org/vs/loop"]}]}`),
		`{"resourceType":"ValueSet","id":"empty","url":"http://example.org/vs/empty","status":"active"}`)
	of := func(url string) terminology.ExpandRequest {
		return terminology.ExpandRequest{SetRef: terminology.SetRef{URL: url}}
	}
	sent := func(include string) terminology.ExpandRequest {
		return terminology.ExpandRequest{SetRef: inline(t, `{"include":[`+include+`]}`)}
	}
	tests := map[string]struct {
		req   terminology.ExpandRequest
		kind  fhir.Kind
		words string
	}{
		"unknown set":          {of("http://example.org/vs/none"), fhir.NotFound, "http://example.org/vs/none"},
		"unknown version":      {terminology.ExpandRequest{SetRef: terminology.SetRef{URL: "http://example.org/vs/loop", Version: "8"}}, fhir.NotFound, "8"},
		"unknown id":           {terminology.ExpandRequest{SetRef: terminology.SetRef{ID: "none"}}, fhir.NotFound, "none"},
		"no set":               {terminology.ExpandRequest{}, fhir.Invalid, "which value set"},
		"circle":               {of("http://example.org/vs/loop"), fhir.Unprocessable, "pathway [http://example.org/vs/loop, http://example.org/vs/pool]"},
		"unknown import":       {sent(`{"valueSet":["http://example.org/vs/none"]}`), fhir.NotFound, "http://example.org/vs/none"},
		"unknown system":       {sent(`{"system":"http://x"}`), fhir.NotFound, "http://x"},
		"system without codes": {sent(`{"system":"http://example.org/cs/stub"}`), fhir.NotFound, "not on this server"},
		"says nothing":         {of("http://example.org/vs/empty"), fhir.Unprocessable, "neither a compose nor an expansion"},
		"unknown operator":     {sent(filtered("concept", "has", "x")), fhir.Unprocessable, `"has"`},
		"unknown property":     {sent(filtered("height", "=", "4")), fhir.Unprocessable, `"height"`},
		"unknown root":         {sent(filtered("concept", "is-a", "zzz")), fhir.Unprocessable, "zzz"},
		"filter for nothing":   {sent(ofAnimals(`"filter":[{"property":"legs","op":"="}]`)), fhir.Invalid, "filter with property = legs, op = = has no value"},
		"is-a on a property":   {sent(filtered("legs", "is-a", "dog")), fhir.Unprocessable, `"is-a"`},
		"exists of what":       {sent(filtered("legs", "exists", "yes")), fhir.Unprocessable, "true or false"},
		"regex that is none":   {sent(filtered("code", "regex", "a(b")), fhir.Unprocessable, "a(b"},
		"regex out of bounds":  {sent(filtered("code", "regex", strings.Repeat("a", 3000))), fhir.TooCostly, "3000"},
		"date":                 {terminology.ExpandRequest{SetRef: inline(t, `{"include":[`+ofAnimals("")+`]}`), Common: terminology.Common{Context: "urn:x"}}, fhir.Unsupported, "context"},
		"check of a version":   {terminology.ExpandRequest{SetRef: inline(t, `{"include":[`+ofAnimals("")+`]}`), Rules: terminology.Rules{Check: []string{animalURL + "|2"}}}, fhir.Unprocessable, "required to be '2' by a version-check parameter"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := s.Expand(t.Context(), tc.req)
			wantError(t, err, tc.kind, tc.words)
		})
	}
}

func count(n int) *int { return &n }

func TestExpandOptions(t *testing.T) {
	testutil.Requirement(t, "SV-97-4", "TSF-4")
	s, _ := service(t, animals, animals2, pets, mammals,
		`{"resourceType":"ValueSet","id":"m1","url":"http://example.org/vs/mammals","version":"1","status":"active","compose":{"include":[{"system":"http://example.org/cs/animals","version":"1.0","concept":[{"code":"bat"}]}]}}`)
	all := terminology.SetRef{URL: "http://example.org/vs/all-animals"}
	pet := terminology.SetRef{URL: "http://example.org/vs/pets"}
	anyVersion := inline(t, `{"include":[{"system":"http://example.org/cs/animals"}]}`)
	type request = terminology.ExpandRequest
	tests := map[string]struct {
		req   request
		want  string
		total int
	}{
		"first page":              {request{SetRef: all, Count: count(3)}, "mammal dog puppy", 8},
		"last page":               {request{SetRef: all, Count: count(3), Offset: 6}, "hen fish", 8},
		"beyond":                  {request{SetRef: all, Count: count(3), Offset: 60}, "", 8},
		"offset without count":    {request{SetRef: all, Offset: 5}, "bird hen fish", 8},
		"only the total":          {request{SetRef: all, Count: count(0)}, "", 8},
		"page over includes":      {request{SetRef: pet, Count: count(2), Offset: 1}, "dog rock", 3},
		"filter":                  {request{SetRef: all, Filter: "DO"}, "dog", 1},
		"filter by designation":   {request{SetRef: all, Filter: "chi"}, "dog", 1},
		"filter by code":          {request{SetRef: all, Filter: "auroch"}, "auroch", 1},
		"filter, none":            {request{SetRef: all, Filter: "zzz"}, "", 0},
		"filter on given display": {request{SetRef: pet, Filter: "pet ro"}, "rock", 1},
		"filter, page":            {request{SetRef: all, Filter: "b", Count: count(1), Offset: 1}, "bird", 2},
		"active only":             {request{SetRef: all, ActiveOnly: true}, "mammal dog puppy bat bird hen fish", 7},
		"not abstract":            {request{SetRef: all, ExcludeNotForUI: true}, "dog puppy bat auroch bird hen fish", 7},
		"without a system":        {request{SetRef: pet, ExcludeSystems: []string{animalURL}}, "rock", 1},
		"without a version":       {request{SetRef: pet, ExcludeSystems: []string{animalURL + "|9"}}, "hen dog rock", 3},
		"system-version":          {request{SetRef: anyVersion, Rules: terminology.Rules{System: []string{animalURL + "|1.0"}}}, "mammal dog puppy bat auroch bird hen fish", 8},
		"force-system-version":    {request{SetRef: all, Rules: terminology.Rules{Force: []string{animalURL + "|1.10"}}}, "dog cat", 2},
		"newest value set":        {request{SetRef: terminology.SetRef{URL: "http://example.org/vs/mammals"}}, "mammal dog puppy bat auroch", 5},
		"older value set":         {request{SetRef: terminology.SetRef{URL: "http://example.org/vs/mammals", Version: "1"}}, "bat", 1},
		"by canonical":            {request{SetRef: terminology.SetRef{URL: "http://example.org/vs/mammals|1"}}, "bat", 1},
		"by id":                   {request{SetRef: terminology.SetRef{ID: "m1"}}, "bat", 1},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			x, err := s.Expand(t.Context(), tc.req)
			if err != nil {
				t.Fatal(err)
			}
			if got := contained(x.JSON()); got != tc.want || x.Total != tc.total {
				t.Errorf("got %q of %d, want %q of %d", got, x.Total, tc.want, tc.total)
			}
		})
	}
}

func TestExpandShows(t *testing.T) {
	s, st := service(t, animals, mammals, pets)
	get := func(req terminology.ExpandRequest, path string) string {
		t.Helper()
		x, err := s.Expand(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		return gjson.GetBytes(x.JSON(), path).String()
	}
	set := terminology.SetRef{ID: "mammals"}
	type request = terminology.ExpandRequest
	tests := map[string]struct {
		req        request
		path, want string
	}{
		"identifier":          {request{SetRef: set}, "expansion.identifier", "urn:uuid:5e8c0a1e-0000-4000-8000-000000000001"},
		"timestamp":           {request{SetRef: set}, "expansion.timestamp", "2026-11-22T10:00:00.000Z"},
		"title":               {request{SetRef: set}, "title", "Mammals here"},
		"no definition":       {request{SetRef: set}, "compose", ""},
		"definition":          {request{SetRef: set, IncludeDefinition: true}, "compose.include.0.filter.0.value", "mammal"},
		"description with it": {request{SetRef: set, IncludeDefinition: true}, "description", "For tests"},
		"abstract":            {request{SetRef: set}, `expansion.contains.#(code=="mammal").abstract`, "true"},
		"inactive":            {request{SetRef: set}, `expansion.contains.#(code=="auroch").inactive`, "true"},
		"version of a code":   {request{SetRef: set}, `expansion.contains.0.version`, ""},
		"used code system":    {request{SetRef: set}, `expansion.parameter.#(name=="used-codesystem").valueUri`, animalURL + "|1.0"},
		"display of the set":  {request{SetRef: terminology.SetRef{ID: "pets"}}, `expansion.contains.#(code=="dog").display`, "Doggy"},
		"display language":    {request{SetRef: set, Language: "fr"}, `expansion.contains.#(code=="dog").display`, "Chien"},
		"no designations":     {request{SetRef: set}, `expansion.contains.#(code=="dog").designation`, ""},
		"designations":        {request{SetRef: set, IncludeDesignations: true}, `expansion.contains.#(code=="dog").designation.#`, "3"},
		"of a language":       {request{SetRef: set, Designations: []string{"urn:ietf:bcp:47|sw"}}, `expansion.contains.#(code=="dog").designation.#.value`, `["Mbwa"]`},
		"of a use":            {request{SetRef: set, Designations: []string{"http://snomed.info/sct|900000000000013009"}}, `expansion.contains.#(code=="dog").designation.#.value`, `["Hound"]`},
		"echo":                {request{SetRef: set, Echo: []terminology.Echo{{Name: "count", Type: "Integer", Value: "5"}}}, `expansion.parameter.#(name=="count").valueInteger`, "5"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := get(tc.req, tc.path); got != tc.want {
				t.Errorf("%s = %q, want %q", tc.path, got, tc.want)
			}
		})
	}
	put(t, s, st, big(101))
	_, err := s.Expand(t.Context(), request{SetRef: inline(t, `{"include":[{"system":"http://example.org/cs/big"}]}`)})
	wantError(t, err, fhir.TooCostly, "too many codes")
	if got := get(request{SetRef: inline(t, `{"include":[{"system":"http://example.org/cs/big"}]}`), Count: count(2)}, "expansion.total"); got != "101" {
		t.Errorf("total of a page = %s, want 101", got)
	}
}

// big is a code system with n codes.
func big(n int) string {
	var b strings.Builder
	b.WriteString(`{"resourceType":"CodeSystem","id":"big","url":"http://example.org/cs/big","status":"active","content":"complete","concept":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"code":"c%d","display":"Concept %d"}`, i, i)
	}
	return b.String() + "]}"
}

func TestExpandETag(t *testing.T) {
	testutil.Requirement(t, "TSWF-3")
	s, st := service(t, animals, mammals, loose)
	tag := func() string {
		t.Helper()
		x, err := s.Expand(t.Context(), terminology.ExpandRequest{SetRef: terminology.SetRef{ID: "mammals"}})
		if err != nil {
			t.Fatal(err)
		}
		return x.ETag()
	}
	first := tag()
	now = now.Add(1)
	if tag() != first {
		t.Error("the tag changed with the time")
	}
	put(t, s, st, strings.Replace(loose, "First", "Erste", 1))
	if tag() != first {
		t.Error("the tag changed with another code system")
	}
	put(t, s, st, strings.Replace(animals, `"Bat"`, `"Fruit bat"`, 1))
	if tag() == first {
		t.Error("the tag stayed although a display changed")
	}
}

func TestExpansionOnly(t *testing.T) {
	testutil.Requirement(t, "TSF-7")
	s, _ := service(t, `{"resourceType":"ValueSet","id":"frozen","url":"http://example.org/vs/frozen","status":"active","expansion":{"timestamp":"2020-01-01","contains":[
{"system":"http://example.org/cs/gone","code":"x","display":"Ex","designation":[{"language":"fr","value":"Exe"}]},{"system":"http://example.org/cs/gone","code":"y","inactive":true,"abstract":true}]}}`)
	set := terminology.SetRef{URL: "http://example.org/vs/frozen"}
	x, err := s.Expand(t.Context(), terminology.ExpandRequest{SetRef: set, Language: "fr"})
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"system":"http://example.org/cs/gone","code":"x","display":"Exe"},{"system":"http://example.org/cs/gone","abstract":true,"inactive":true,"code":"y"}]`
	if got := gjson.GetBytes(x.JSON(), "expansion.contains").Raw; got != want {
		t.Errorf("contains = %s\nwant %s", got, want)
	}
	v, err := s.ValidateInSet(t.Context(), terminology.ValidateInSetRequest{SetRef: set, System: "http://example.org/cs/gone", Code: "x"})
	if err != nil || !v.Result {
		t.Errorf("x is not valid: %+v, %v", v, err)
	}
	for name, tc := range map[string]struct {
		checks terminology.Checks
		result bool
		found  string
	}{
		"inactive":               {terminology.Checks{}, true, "warning/business-rule/code-comment@code"},
		"inactive, not wanted":   {terminology.Checks{ActiveOnly: true}, false, "error/business-rule/code-rule@code error/not-found/not-found@system error/code-invalid/not-in-vs@code warning/business-rule/code-comment@code"},
		"abstract, not allowed":  {terminology.Checks{Abstract: no()}, false, "error/business-rule/code-rule@code error/not-found/not-found@system error/code-invalid/not-in-vs@code"},
		"abstract, allowed here": {terminology.Checks{Abstract: yes()}, true, "warning/business-rule/code-comment@code"},
	} {
		v, err := s.ValidateInSet(t.Context(), terminology.ValidateInSetRequest{SetRef: set, System: "http://example.org/cs/gone", Code: "y", Checks: tc.checks})
		if err != nil || v.Result != tc.result || !strings.Contains(found(v.Issues), tc.found) {
			t.Errorf("%s: %v %s, %v; want %v %s", name, v.Result, found(v.Issues), err, tc.result, tc.found)
		}
	}
}

// TestStoredVersionsAreShown expands a list of codes in versions, one of which is not here.
func TestStoredVersionsAreShown(t *testing.T) {
	testutil.Requirement(t, "TSF-7")
	s, _ := service(t, animals, `{"resourceType":"ValueSet","id":"frozen","url":"http://example.org/vs/frozen","status":"active","expansion":{"timestamp":"2020-01-01","contains":[
{"system":"http://example.org/cs/animals","version":"0.9","code":"dog"},{"system":"http://example.org/cs/animals","code":"hen"}]}}`)
	x, err := s.Expand(t.Context(), terminology.ExpandRequest{SetRef: terminology.SetRef{ID: "frozen"}})
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"system":"http://example.org/cs/animals","version":"0.9","code":"dog"},{"system":"http://example.org/cs/animals","code":"hen","display":"Hen"}]`
	if got := gjson.GetBytes(x.JSON(), "expansion.contains").Raw; got != want {
		t.Errorf("contains = %s\nwant %s", got, want)
	}
}
