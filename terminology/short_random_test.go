package terminology_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/terminology"
)

// The world of random questions: code systems in versions, one of them known by another address
// too, one with a supplement, and value sets of all kinds.
const (
	randomSystems = 6
	randomSets    = 160
	randomCodes   = 40
	randomAlias   = "urn:oid:2.999.77"
)

// object is a resource or a part of one.
type object = map[string]any

// oddly draws what there is to draw of resources and questions.
type oddly struct{ *rand.Rand }

func (r oddly) one(in int) bool { return r.IntN(in) == 0 }

func (r oddly) of(list ...string) string { return list[r.IntN(len(list))] }

// maybe sets a member, or leaves it out where what was drawn is empty.
func (o oddly) maybe(to object, name, value string) {
	if value != "" {
		to[name] = value
	}
}

func randomSystem(n int) string { return fmt.Sprintf("http://example.org/random/%d", n) }

func randomCode(n int) string { return fmt.Sprintf("Code%d", n) }

func (r oddly) system(n int, version string) object {
	cs := object{"resourceType": "CodeSystem", "id": fmt.Sprintf("s%d-%s", n, version), "url": randomSystem(n), "version": version, "status": r.of("active", "active", "draft", "retired"),
		"content": r.of("complete", "complete", "complete", "fragment"), "caseSensitive": n%2 == 0, "hierarchyMeaning": "is-a", "experimental": r.one(4),
		"property": []object{{"code": "color", "type": "code"}, {"code": "kind", "type": "Coding"}, {"code": "size", "type": "decimal"},
			{"code": "status", "uri": "http://hl7.org/fhir/concept-properties#status", "type": "code"}, {"code": "notSelectable", "uri": "http://hl7.org/fhir/concept-properties#notSelectable", "type": "boolean"}}}
	r.maybe(cs, "language", r.of("", "en", "fr"))
	var top []object
	for i := range randomCodes {
		properties := []object{{"code": "color", "valueCode": r.of("red", "blue")}, {"code": "kind", "valueCoding": object{"system": "urn:k", "code": r.of("k1", "k2")}}, {"code": "size", "valueDecimal": json.Number(r.of("1.0", "1"))}}
		switch r.IntN(8) {
		case 0:
			properties = append(properties, object{"code": "status", "valueCode": r.of("retired", "deprecated", "active")})
		case 1:
			properties = append(properties, object{"code": "notSelectable", "valueBoolean": true})
		}
		c := object{"code": randomCode(i), "property": properties}
		r.maybe(c, "display", r.of("", "Display", "Display", "Display "+randomCode(i)))
		if r.one(3) {
			d := object{"language": r.of("en", "fr", "fr-CA"), "value": r.of("Display", "Affichage")}
			if r.one(3) {
				d["extension"] = []object{{"url": "http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status", "valueCode": "withdrawn"}}
			}
			c["designation"] = []object{d}
		}
		if len(top) > 0 && r.one(2) {
			last := top[len(top)-1]
			below, _ := last["concept"].([]object)
			last["concept"] = append(below, c)
			continue
		}
		top = append(top, c)
	}
	cs["concept"] = top
	return cs
}

func (r oddly) include() object {
	in := object{"system": randomSystem(r.IntN(randomSystems))}
	if r.one(12) {
		in["system"] = randomAlias
	}
	r.maybe(in, "version", r.of("", "", "", "1.0.0", "1.1.0", "1.x", "7"))
	switch r.IntN(4) {
	case 0:
		var list []object
		for range 1 + r.IntN(30) {
			c := object{"code": randomCode(r.IntN(randomCodes + 5))}
			if r.one(40) {
				c["display"] = "Shown"
			}
			list = append(list, c)
		}
		in["concept"] = list
	case 1:
		f := object{"property": "concept", "op": r.of("is-a", "descendent-of", "is-not-a", "generalizes"), "value": randomCode(r.IntN(randomCodes + 1))}
		switch r.IntN(5) {
		case 0:
			f = object{"property": r.of("color", "kind", "size", "display", "none"), "op": "=", "value": r.of("red", "k1", "1.0", "Display")}
		case 1:
			f = object{"property": "color", "op": r.of("regex", "in", "exists"), "value": r.of("r.d", "red,blue", "true")}
		case 2:
			f = object{"property": "color", "op": "=", "value": r.of("red", "blue")}
		}
		in["filter"] = []object{f}
	}
	if r.one(15) {
		in["valueSet"] = []string{fmt.Sprintf("http://example.org/random/vs/%d", r.IntN(randomSets))}
	}
	return in
}

func (r oddly) set(n int) object {
	compose := object{"include": []object{r.include()}}
	vs := object{"resourceType": "ValueSet", "id": fmt.Sprintf("v%d", n), "status": r.of("active", "active", "draft", "retired"), "experimental": r.one(5), "compose": compose}
	for member, in := range map[string]int{"url": -12, "language": 12, "version": 3} {
		if in > 0 == r.one(max(in, -in)) {
			vs[member] = map[string]string{"url": fmt.Sprintf("http://example.org/random/vs/%d", n), "language": "fr", "version": "3"}[member]
		}
	}
	switch r.IntN(20) {
	case 0, 1:
		compose["include"] = []object{r.include(), r.include()}
	case 2, 3:
		compose["exclude"] = []object{r.include()}
	case 4:
		compose["inactive"] = false
	case 5:
		vs["extension"] = []object{{"url": "http://hl7.org/fhir/StructureDefinition/valueset-supplement", "valueCanonical": randomSystem(0) + "/more"}}
	case 6:
		vs["extension"] = []object{{"url": "http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status", "valueCode": r.of("withdrawn", "draft")}}
	case 7:
		vs["meta"] = object{"security": []object{{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}}}
	}
	return vs
}

// question asks for a code that may be in a value set, and seldom for more than that.
func (r oddly) question(of []object) terminology.ValidateInSetRequest {
	vs := of[r.IntN(len(of))]
	req := terminology.ValidateInSetRequest{SetRef: terminology.SetRef{ID: vs["id"].(string)}, System: vs["compose"].(object)["include"].([]object)[0]["system"].(string),
		Code: randomCode(r.IntN(randomCodes + 3)), Display: r.of("", "", "", "Display", "display", "Affichage", "Shown", "Wrong")}
	if url, ok := vs["url"].(string); ok && r.one(2) {
		req.SetRef = terminology.SetRef{URL: url}
	}
	if r.one(20) {
		req.SetRef = terminology.SetRef{URL: randomSystem(r.IntN(randomSystems)) + r.of("?fhir_vs", "?fhir_vs=isa/"+randomCode(0))}
	}
	yes := r.one(2)
	switch r.IntN(30) {
	case 0:
		req.Code = strings.ToUpper(req.Code)
	case 1:
		req.System = r.of(randomSystem(r.IntN(randomSystems)), randomAlias, "relative", "")
	case 2:
		req.SystemVersion = r.of("1.0.0", "1.1.0", "7")
	case 3:
		req.Language = r.of("fr", "en", "en-US,fr;q=0.5", "*", "de;q=1,*;q=0")
	case 4:
		req.Checks.ActiveOnly, req.Checks.Abstract = yes, &yes
	case 5:
		req.Checks.Lenient, req.Checks.MembershipOnly = yes, r.one(2)
	case 6:
		req.Checks.Supplements = []string{randomSystem(0) + "/more"}
	case 7:
		req.Rules.System = []string{randomSystem(r.IntN(randomSystems)) + "|1.0.0"}
	case 8:
		req.Rules.Check, req.Rules.CheckSets = []string{randomSystem(r.IntN(randomSystems)) + "|1.0.0"}, []string{req.URL + "|3"}
	case 9:
		req.Rules.Force, req.Rules.ForceSets = []string{randomSystem(r.IntN(randomSystems)) + "|1.0.0"}, []string{req.URL + "|3"}
	case 10:
		req.Common.Date = "2020-01-01"
	case 11:
		req.Infer = true
	}
	if r.one(4) {
		x := terminology.Coding{System: req.System, Version: req.SystemVersion, Code: req.Code, Display: req.Display}
		if req.Code, req.System, req.SystemVersion, req.Display = "", "", "", ""; yes {
			req.Coding = &x
		} else {
			req.Concept = []terminology.Coding{x, {System: randomSystem(1), Code: randomCode(1)}}[:1+r.IntN(2)]
		}
	}
	req.Clearance = terminology.Clearance(r.IntN(3))
	return req
}

// world stores random content and returns the value sets.
func (r oddly) world(t *testing.T) (*terminology.Service, []object) {
	t.Helper()
	write := func(o object) string {
		b, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	content := []string{fmt.Sprintf(`{"resourceType":"NamingSystem","id":"alias","name":"Alias","status":"active","kind":"codesystem","date":"2020-01-01",
		"uniqueId":[{"type":"uri","value":%q,"preferred":true},{"type":"uri","value":%q}]}`, randomSystem(2), randomAlias),
		fmt.Sprintf(`{"resourceType":"CodeSystem","id":"more","url":"%[1]s/more","status":"active","content":"supplement","supplements":%[1]q,"concept":[{"code":"Code1","designation":[{"language":"fr","value":"Affichage"}]}]}`, randomSystem(0))}
	for n := range randomSystems {
		for _, version := range []string{"1.0.0", "1.1.0"}[:1+n%2] {
			content = append(content, write(r.system(n, version)))
		}
	}
	var sets []object
	for n := range randomSets {
		sets = append(sets, r.set(n))
		content = append(content, write(sets[n]))
	}
	s, _ := service(t, content...)
	return s, sets
}

// asked counts answers of each kind.
type asked map[string]int

// same holds an answer or error to those of the checker.
func (a asked) same(t *testing.T, req any, got, want *terminology.Validation, err, wantErr error) {
	t.Helper()
	if err != nil || wantErr != nil {
		if fmt.Sprint(err) != fmt.Sprint(wantErr) || fhir.KindOf(err) != fhir.KindOf(wantErr) {
			t.Fatalf("%+v: %v, want %v", req, err, wantErr)
		}
		a["error"]++
		return
	}
	want.Concept = ""
	if diff := cmp.Diff(want, got) + cmp.Diff(string(want.JSON()), string(got.JSON())); diff != "" {
		t.Fatalf("%+v (-want +got):\n%s", req, diff)
	}
	a[fmt.Sprint(got.Result)]++
}

// drawn is a random question, to be asked as it is or with what was sent in its words, which the
// checker alone answers.
type drawn struct {
	req any
	ask func(original string) (*terminology.Validation, error)
}

// likeTheChecker compares answers to random questions with those of the checker, letter by letter
// and error by error. So many must be errors.
func likeTheChecker(t *testing.T, seed uint64, errors int, draw func(r oddly, s *terminology.Service, sets []object) drawn) {
	t.Helper()
	r := oddly{rand.New(rand.NewPCG(seed, 5))}
	s, sets := r.world(t)
	seen := asked{}
	for range 10_000 {
		q := draw(r, s, sets)
		got, err := q.ask("")
		want, wantErr := q.ask("{}")
		seen.same(t, q.req, got, want, err, wantErr)
	}
	if seen["true"] < 1500 || seen["false"] < 1500 || seen["error"] < errors {
		t.Errorf("answers are of too few kinds: %v", seen)
	}
}

// TestShortAnswersAreThoseOfTheCheckerAtRandom asks for codes of value sets.
func TestShortAnswersAreThoseOfTheCheckerAtRandom(t *testing.T) {
	likeTheChecker(t, 17, 200, func(r oddly, s *terminology.Service, sets []object) drawn {
		req := r.question(sets)
		return drawn{req, func(original string) (*terminology.Validation, error) {
			req.Original = original
			return s.ValidateInSet(t.Context(), req)
		}}
	})
}

// TestPlainCodesAreThoseOfTheCheckerAtRandom asks for codes of code systems.
func TestPlainCodesAreThoseOfTheCheckerAtRandom(t *testing.T) {
	likeTheChecker(t, 18, 50, func(r oddly, s *terminology.Service, sets []object) drawn {
		in := r.question(sets)
		req := terminology.ValidateCodeRequest{Common: in.Common, Rules: in.Rules, Checks: in.Checks, URL: in.System, Version: r.of("", "", in.SystemVersion, "1.1.0"),
			Code: in.Code, Display: in.Display, Coding: in.Coding, Concept: in.Concept}
		return drawn{req, func(original string) (*terminology.Validation, error) {
			req.Original = original
			return s.ValidateCode(t.Context(), req)
		}}
	})
}
