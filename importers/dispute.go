package importers

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/store"
)

// Choice is what somebody decided about a field that was changed here and, otherwise, in a list.
type Choice string

// The choices.
const (
	AsList Choice = "list" // it becomes as the list has it
	AsHere Choice = "here" // it stays as it is here, and the list is not asked about it again until it says something new
)

// Dispute is a field of what a row describes that was changed here and, otherwise, in the list since
// they last agreed. It stays as it is here until somebody decides.
type Dispute struct {
	Row       int      `json:"row"`
	Key       string   `json:"key"` // of the row, the same in later lists
	Name      string   `json:"name"`
	Field     string   `json:"field"`     // the headings of its columns, parted by " + ", or the element
	Columns   []string `json:"columns"`   // the headings
	Resources []string `json:"resources"` // "Location/1", all that have the field
	Here      string   `json:"here"`
	List      string   `json:"list"`
	State     string   `json:"state"` // of both sides: a decision holds as long as neither changes
	Decision  Choice   `json:"decision,omitempty"`
}

// disputes is the bookkeeping space of what was decided, by kind, key and field.
const disputes = "import/disputes"

// maxDisputes is how many disputes a report holds; the findings have all.
const maxDisputes = 20_000

func disputeKey(kind, key, field string) string { return kind + "/" + key + "/" + shortHash(field) }

// decided is a decision as it is kept.
type decided struct {
	State  string `json:"state"`
	Choice Choice `json:"choice"`
}

// Settle keeps what was decided about a dispute of a kind of list; it takes the place of an earlier decision.
func Settle(tx store.Tx, kind string, d *Dispute) error {
	data, err := json.Marshal(decided{d.State, d.Decision})
	if err != nil {
		return fmt.Errorf("keep decision: %w", err)
	}
	return tx.SetValue(disputes, disputeKey(kind, d.Key, d.Field), data)
}

// merging is a resource with what a thing changes of it.
type merging struct {
	r, have            *fhir.Resource // as the row has it; as it is stored, nil when it is not
	body               []byte
	changes, conflicts []Change
}

// dispute is a Dispute with the changes that it is about.
type dispute struct {
	Dispute
	of    []*merging
	about []Change
}

// decide makes the conflicts of a thing changes, or lets them be, as was decided about each field. It tells
// whether some of them are open.
func (w *Writer) decide(ctx context.Context, t *Thing, all []*merging) (open bool, err error) {
	for _, d := range w.gather(t, all) {
		data, err := w.env.Store.Value(ctx, disputes, disputeKey(w.kind, d.Key, d.Field))
		if err != nil {
			return false, fmt.Errorf("read decisions on conflicts: %w", err)
		}
		var was decided
		if data != nil {
			if err := json.Unmarshal(data, &was); err != nil {
				return false, fmt.Errorf("read decisions on conflicts: %w", err)
			}
		}
		if was.State == d.State {
			d.Decision = was.Choice
		}
		for i, m := range d.of {
			if d.Decision == AsList {
				m.body = d.about[i].made(w.slots(t, m.r.Type), m.body)
				m.changes = append(m.changes, d.about[i])
			}
		}
		open = open || d.Decision == ""
		w.tell(t, d)
	}
	return open, nil
}

// gather puts the conflicts of a thing together by their fields.
func (w *Writer) gather(t *Thing, all []*merging) []*dispute {
	var out []*dispute
	for _, m := range all {
		for _, c := range m.conflicts {
			field, columns := w.fieldOf(t, m.r.Type, &c)
			i := slices.IndexFunc(out, func(d *dispute) bool { return d.Field == field })
			if i < 0 {
				i = len(out)
				out = append(out, &dispute{Dispute: Dispute{Row: t.Row, Key: t.key(), Name: t.Name, Field: field, Columns: columns, Here: sayRaw(c.From), List: sayRaw(c.To)}})
			}
			d := out[i]
			d.Resources = append(d.Resources, m.r.Ref())
			d.of, d.about = append(d.of, m), append(d.about, c)
		}
	}
	for _, d := range out {
		var state strings.Builder
		for i, c := range d.about {
			fmt.Fprintf(&state, "%s %s %s\n%s\n%s\n", d.of[i].r.Ref(), c.Field, c.Part, c.From, c.To)
		}
		d.State = shortHash(state.String())
	}
	return out
}

// key is what decisions about the rows of a thing are kept under.
func (t *Thing) key() string {
	if t.Identity.Base == "" {
		return shortHash(t.id())
	}
	return t.Identity.key()
}

// tell takes a dispute into the report, with a finding while it is open.
func (w *Writer) tell(t *Thing, d *dispute) {
	w.mu.Lock()
	told := w.told[d.Key+"\x00"+d.Field]
	w.told[d.Key+"\x00"+d.Field] = true
	if !told && len(w.report.Conflicts) < maxDisputes {
		w.report.Conflicts = append(w.report.Conflicts, d.Dispute)
	}
	w.mu.Unlock()
	if told || d.Decision != "" {
		return
	}
	w.sample("conflict", t, d.of[0].r, d.about)
	i := Issue{Row: t.Row, Value: t.Name, Severity: Warning, Rule: "conflict",
		Reason: fmt.Sprintf("%s of %s was changed here (%s) and in the list (%s); it stays as it is here", d.Field, t.Name, said(d.Here), said(d.List)),
		Fix:    "Decide which of the two holds (masjala import values), or make them agree."}
	if len(d.Columns) > 0 {
		i.Column, i.Value = d.Columns[0], d.List
		i.Reason = fmt.Sprintf("it was changed in the list, and here (%s); it stays as it is here", said(d.Here))
	}
	w.Issues.Add(i)
}

// said quotes a text for a sentence.
func said(text string) string {
	if text == "" {
		return "now empty"
	}
	return fmt.Sprintf("%q", cut(text, 200))
}

// sayRaw is a value for people: texts, numbers and codes; "" for none.
func sayRaw(raw string) string {
	v := gjson.Parse(raw)
	switch {
	case v.IsArray():
		var parts []string
		for _, item := range v.Array() {
			parts = append(parts, sayRaw(item.Raw))
		}
		return strings.Join(parts, ", ")
	case v.IsObject():
		for _, path := range []string{"text", "value", "coding.0.display", "coding.0.code", "display", "reference", "valueCodeableConcept", "valuePeriod"} {
			if x := v.Get(path); x.Exists() {
				return sayRaw(x.Raw)
			}
		}
		var parts []string
		v.ForEach(func(_, child gjson.Result) bool {
			parts = append(parts, sayRaw(child.Raw))
			return true
		})
		return strings.Join(parts, " ")
	}
	return v.String()
}

// slots tells which codes of a resource's elements are a field of their own: those of a column's system.
func (w *Writer) slots(t *Thing, typ string) slots {
	if t.What != w.kind {
		return nil
	}
	return func(element, system string) string {
		for i := range w.src.Columns {
			if c := &w.src.Columns[i]; c.System == system && system != "" && w.Fields[typ+"."+element+"."+c.Target] != nil {
				return c.Target
			}
		}
		return ""
	}
}

// fieldOf names the field of a change as people know it, by the columns that it comes from.
func (w *Writer) fieldOf(t *Thing, typ string, c *Change) (field string, columns []string) {
	columns = []string{}
	name := typ + "." + c.Field
	if t.What == w.kind {
		columns = w.headings(typ, c)
	}
	if len(columns) > 0 {
		return strings.Join(columns, " + "), columns
	}
	if c.Part != "" {
		name += " " + c.Part
	}
	return name, columns
}

// headings are those of the columns that a change comes from: the one with its system, else those
// of its targets. Targets that have a part of their own in the element come first for that alone.
func (w *Writer) headings(typ string, c *Change) []string {
	element := typ + "." + c.Field
	targets, ok := w.Fields[element+"."+c.Part]
	if !ok || c.Part == "" {
		targets = w.Fields[element]
	}
	bySystem := func(col *Column) bool { return c.Part != "" && col.System == c.Part }
	byTarget := func(col *Column) bool {
		own := w.Fields[element+"."+col.Target] != nil && col.System != "" && col.Target != c.Part
		return slices.Contains(targets, col.Target) && !own
	}
	for _, is := range []func(*Column) bool{bySystem, byTarget} {
		out := []string{}
		for i := range w.src.Columns {
			if col := &w.src.Columns[i]; is(col) && slices.Contains(targets, col.Target) && !slices.Contains(out, col.Heading) {
				out = append(out, col.Heading)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return []string{}
}
