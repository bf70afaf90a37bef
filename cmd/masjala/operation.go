package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"masjala/internal/app"
)

// question is a FHIR operation asked from the command line. Its flags become parameters of
// the same meaning.
type question struct {
	name, typ string
	given     []app.Parameter
	language  string
}

// flag adds a flag that becomes a parameter when it is given.
func (q *question) flag(cmd *cobra.Command, flag, parameter, usage string) {
	cmd.Flags().Func(flag, usage, func(value string) error {
		q.given = append(q.given, app.Parameter{Name: parameter, Value: value})
		return nil
	})
}

// languages adds the flag for the language of displays.
func (q *question) languages(cmd *cobra.Command) {
	cmd.Flags().StringVar(&q.language, "language", "", "wanted language of displays, such as sw or fr")
}

// ask runs the operation with the parameters given as flags and these, and prints the answer.
func (q *question) ask(o *options, cmd *cobra.Command, with ...app.Parameter) error {
	args := app.OperationArgs{Name: q.name, Type: q.typ, Parameters: append(with, q.given...), Language: q.language}
	result, err := o.do(cmd, task{name: "operation", args: args})
	if err != nil {
		return err
	}
	return print(o, result, func(answer json.RawMessage) error {
		if gjson.GetBytes(answer, "resourceType").String() == "ValueSet" {
			return o.expansion(gjson.GetBytes(answer, "expansion"))
		}
		return o.parameters(gjson.GetBytes(answer, "parameter"), "")
	})
}

// parameters prints one line for each value; those of parts are indented under their name.
func (o *options) parameters(list gjson.Result, indent string) error {
	for _, p := range list.Array() {
		text := value(p)
		if _, err := fmt.Fprintf(o.out, "%s%s\n", indent, strings.TrimSpace(p.Get("name").String()+": "+text)); err != nil {
			return err
		}
		if err := o.parameters(p.Get("part"), indent+"  "); err != nil {
			return err
		}
	}
	return nil
}

// value is what a parameter holds, in words.
func value(p gjson.Result) (text string) {
	p.ForEach(func(key, v gjson.Result) bool {
		if !strings.HasPrefix(key.String(), "value") && key.String() != "resource" {
			return true
		}
		switch {
		case v.Get("code").Exists():
			text = strings.TrimSpace(v.Get("system").String() + "|" + v.Get("code").String() + " " + v.Get("display").String())
		case v.Get("coding").Exists():
			text = strings.TrimSpace(v.Get("coding.0.system").String() + "|" + v.Get("coding.0.code").String())
		case v.Get("issue").Exists():
			for _, issue := range v.Get("issue").Array() {
				text += issue.Get("severity").String() + ": " + issue.Get("details.text").String() + "; "
			}
			text = strings.TrimSuffix(text, "; ")
		default:
			text = v.String()
		}
		return false
	})
	return text
}

// expansion prints the codes of a value set.
func (o *options) expansion(e gjson.Result) error {
	rows := [][]string{{"CODE", "DISPLAY", "SYSTEM"}}
	var walk func(list gjson.Result, depth int)
	walk = func(list gjson.Result, depth int) {
		for _, c := range list.Array() {
			rows = append(rows, []string{strings.Repeat("  ", depth) + c.Get("code").String(), c.Get("display").String(), c.Get("system").String()})
			walk(c.Get("contains"), depth+1)
		}
	}
	walk(e.Get("contains"), 0)
	if total := e.Get("total"); total.Exists() {
		fmt.Fprintf(o.err, "%s of %s codes\n", thousands(len(rows)-1), thousands(total.Int()))
	}
	return table(o.out, rows)
}
