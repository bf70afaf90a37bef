package tabular_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"masjala/importers"
	"masjala/importers/codes"
	"masjala/importers/importtest"
)

// What stands in the columns of JSON may come from anybody: it is reported, and costs no time to
// speak of.
func TestDamagedJSON(t *testing.T) {
	var many strings.Builder
	for i := range 60_000 {
		many.WriteString(`,"m` + strconv.Itoa(i) + `":1`)
	}
	for name, tc := range map[string]struct {
		json string
		says string
	}{
		"no JSON":          {`{"a":`, "no JSON"},
		"no object":        {`[1]`, "no JSON object"},
		"too deep":         {`{"a":` + strings.Repeat("[", 400_000) + strings.Repeat("]", 400_000) + "}", "inside of each other"},
		"too deep, no end": {strings.Repeat(`{"a":`, 150_000), "inside of each other"},
		"too many members": {"{" + many.String()[1:] + "}", "more than 128 members"},
		"too many, deeper": {`{"a":[1,{"b":{` + many.String()[1:] + "}}]}", "more than 128 members"},
		"closed too often": {`}],{"a":1}`, "no JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			cell := `"` + strings.ReplaceAll(tc.json, `"`, `""`) + `"`
			file := importtest.File(t, "list.csv", []byte("Code,Display,More (JSON),About (JSON)\nA,Alpha,"+cell+","+cell+"\n"))
			began := time.Now()
			r, err := codes.Run(t.Context(), importtest.Env(t, "CodeSystem", "ValueSet"), importers.Request{File: file, Actor: "test"})
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Issues) != 1 || r.Issues[0].Rule != "json-damaged" || r.Issues[0].Count != 2 || !strings.Contains(r.Issues[0].First[0].Reason, tc.says) {
				t.Errorf("%+v", r.Issues)
			}
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// Brackets within texts, and texts that end in a backslash, are no objects inside of each other; a
// list may be as long as it wants.
func TestJSONInCells(t *testing.T) {
	for name, value := range map[string]string{
		"brackets in texts": `"valueString":"` + strings.Repeat("[{", 200) + `\\"`,
		"a long list":       `"extension":[` + strings.Repeat(`{"url":"a","valueString":"b, c"},`, 2000) + `{"url":"a","valueString":"d"}]`,
	} {
		t.Run(name, func(t *testing.T) {
			cell := `"{""extension"":[{""url"":""http://e.org/x"",` + strings.ReplaceAll(value, `"`, `""`) + `}]}"`
			file := importtest.File(t, "list.csv", []byte("Code,Display,More (JSON)\nA,Alpha,"+cell+"\n"))
			r, err := codes.Run(t.Context(), importtest.Env(t, "CodeSystem", "ValueSet"), importers.Request{File: file, Actor: "test"})
			if err != nil || len(r.Issues) != 0 || r.Of("code lists").Create != 1 {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
}
