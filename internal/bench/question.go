package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// question is a request with what is known of its answer, as the generator writes it.
type question struct {
	Case   string `json:"c"`
	Method string `json:"m"`
	Path   string `json:"p"`
	Body   string `json:"b"`
	Answer answer `json:"x"`
}

// answer is what is known of the answer to a question.
type answer struct {
	Kind    string   `json:"k"` // notfound, params, vs or bundle
	Result  *bool    `json:"r"`
	Display string   `json:"d"`
	Outcome string   `json:"o"`
	Target  string   `json:"t"`   // code of a match
	Count   *int     `json:"n"`   // codes
	Least   int      `json:"min"` // codes at least
	Codes   []string `json:"cs"`  // sorted
	First   string   `json:"u"`   // address of the first entry
}

// readQuestions reads a file of questions, by case.
func readQuestions(path string) (map[string][]question, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	out := map[string][]question{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var q question
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
		out[q.Case] = append(out[q.Case], q)
	}
	return out, lines.Err()
}

// request is the question as it is sent; header ends a request without a body.
func (q *question) request(header []byte) []byte {
	line := q.Method + " /fhir" + q.Path
	if q.Method == "POST" {
		return request(line, header, []byte(q.Body))
	}
	return append([]byte(line), header...)
}

// wrong says what is wrong with an answer; "" when it is right.
func (x *answer) wrong(status int, body []byte) string {
	top := gjson.ParseBytes(body)
	typ := top.Get("resourceType").Str
	if x.Kind == "notfound" {
		if typ != "OperationOutcome" || status < 400 || status > 422 {
			return fmt.Sprintf("status %d with %q, not an outcome", status, typ)
		}
		return ""
	}
	want := map[string]string{"params": "Parameters", "vs": "ValueSet", "bundle": "Bundle"}[x.Kind]
	if status != 200 || typ != want {
		return fmt.Sprintf("status %d with %q, not %q: %.200s", status, typ, want, body)
	}
	switch x.Kind {
	case "params":
		return x.wrongParameters(top)
	case "vs":
		return x.wrongCodes(codesOf(nil, top.Get("expansion")))
	}
	if first := top.Get("entry.0.resource"); !first.Exists() || x.First != "" && first.Get("url").Str != x.First {
		return fmt.Sprintf("the first entry is %.100q, not %q", first.Get("url").Str, x.First)
	}
	return ""
}

// wrongParameters says what is wrong with a Parameters resource.
func (x *answer) wrongParameters(top gjson.Result) string {
	value := func(name string) string {
		out := ""
		top.Get(`parameter.#(name=="` + name + `")`).ForEach(func(key, v gjson.Result) bool {
			if strings.HasPrefix(key.Str, "value") {
				out = v.String()
			}
			return true
		})
		return out
	}
	for _, p := range []struct{ name, want string }{{"display", x.Display}, {"outcome", x.Outcome}, {"result", fmt.Sprint(x.Result != nil && *x.Result)}} {
		if got := value(p.name); p.want != "" && got != p.want && (p.name != "result" || x.Result != nil) {
			return fmt.Sprintf("%s is %q, not %q", p.name, got, p.want)
		}
	}
	for _, match := range top.Get(`parameter.#(name=="match")#.part`).Array() {
		for _, code := range match.Get("#.valueCoding.code").Array() {
			if code.Str == x.Target {
				return ""
			}
		}
	}
	if x.Target != "" {
		return "no match " + x.Target
	}
	return ""
}

// wrongCodes says what is wrong with the codes of an expansion.
func (x *answer) wrongCodes(codes []string) string {
	switch {
	case x.Count != nil && len(codes) != *x.Count:
		return fmt.Sprintf("%d codes, not %d", len(codes), *x.Count)
	case len(codes) < x.Least:
		return fmt.Sprintf("%d codes, not at least %d", len(codes), x.Least)
	case x.Codes != nil:
		slices.Sort(codes)
		if !slices.Equal(codes, x.Codes) {
			return fmt.Sprintf("codes %.200v, not %.200v", codes, x.Codes)
		}
	}
	return ""
}

// codesOf lists the codes of an expansion, also those that are nested.
func codesOf(codes []string, in gjson.Result) []string {
	in.Get("contains").ForEach(func(_, c gjson.Result) bool {
		if code := c.Get("code").Str; code != "" {
			codes = append(codes, code)
		}
		codes = codesOf(codes, c)
		return true
	})
	return codes
}
