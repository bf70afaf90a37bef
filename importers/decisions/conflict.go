package decisions

import (
	"slices"
	"strconv"
	"strings"

	"masjala/fhir"
	"masjala/importers"
)

// Conflict is the decision whether a field that was changed here and in a list becomes as the list
// has it or stays as it is here. Without a Row it is about all rows, without a Column about all fields.
type Conflict struct {
	Kind   string           `json:"kind,omitempty" yaml:"kind,omitempty"`
	Row    int              `json:"row,omitempty" yaml:"row,omitempty"`
	Column string           `json:"column,omitempty" yaml:"column,omitempty"` // a heading, or the field as the report names it
	Choice importers.Choice `json:"decision" yaml:"decision"`

	Key   string `json:"key,omitempty" yaml:"key,omitempty"`     // of the row, from [importers.Dispute]; with field and state
	Field string `json:"field,omitempty" yaml:"field,omitempty"` // all columns that are one field
	State string `json:"state,omitempty" yaml:"state,omitempty"` // of both sides
	Name  string `json:"name,omitempty" yaml:"name,omitempty"`   // for people
}

// check fails with Invalid for a decision that is none.
func (c *Conflict) check() error {
	if err := checkChoice(c.Choice, c.Row); err != nil {
		return err
	}
	if c.Kind == "" || c.Key == "" || c.Field == "" || c.State == "" {
		return fhir.Errorf(fhir.Invalid, "a decision on a conflict needs the kind of the list, the key of the row, the field and the state of both sides; name the list, too")
	}
	return nil
}

// checkChoice fails with Invalid for what is no choice.
func checkChoice(c importers.Choice, row int) error {
	if c == importers.AsList || c == importers.AsHere {
		return nil
	}
	return fhir.Errorf(fhir.Invalid, "%.60q is no decision on a conflict of row %d; decide list or here", c, row)
}

// about tells whether a decision is about a dispute.
func (c *Conflict) about(d *importers.Dispute) bool {
	if c.Row != 0 && c.Row != d.Row {
		return false
	}
	is := func(heading string) bool { return importers.HeadKey(heading) == importers.HeadKey(c.Column) }
	return c.Column == "" || is(d.Field) || slices.ContainsFunc(d.Columns, is)
}

// completeConflicts replaces decisions by those on each dispute of a report that they are about, the last
// on each. It fails with Invalid for one that is about none.
func (s *Set) completeConflicts(r *importers.Report) error {
	var all []Conflict
	at := map[[3]string]int{} // kind, key and field: position in all
	decide := func(c Conflict) {
		of := [3]string{c.Kind, c.Key, c.Field}
		i, again := at[of]
		if !again {
			at[of] = len(all)
			all = append(all, c)
			return
		}
		all[i] = c
	}
	for _, c := range s.Conflicts {
		if c.Kind == "" {
			c.Kind = r.Kind
		}
		if err := checkChoice(c.Choice, c.Row); err != nil {
			return err
		}
		if c.Key != "" {
			decide(c)
			continue
		}
		found := false
		for i := range r.Conflicts {
			if d := &r.Conflicts[i]; c.about(d) {
				found = true
				decide(Conflict{Kind: c.Kind, Row: d.Row, Column: c.Column, Choice: c.Choice, Key: d.Key, Field: d.Field, State: d.State, Name: d.Name})
			}
		}
		if !found {
			return noConflict(r, &c)
		}
	}
	s.Conflicts = all
	return nil
}

// noConflict says that a decision is about nothing, and what the row has.
func noConflict(r *importers.Report, c *Conflict) error {
	where := r.File
	if c.Row != 0 {
		where = "row " + strconv.Itoa(c.Row) + " of " + r.File
	}
	var fields []string
	for i := range r.Conflicts {
		if d := &r.Conflicts[i]; (c.Row == 0 || d.Row == c.Row) && !slices.Contains(fields, d.Field) {
			fields = append(fields, d.Field)
		}
	}
	switch {
	case len(fields) == 0:
		return fhir.Errorf(fhir.Invalid, "%s has no conflict; there is nothing to decide", where)
	case len(fields) > 10:
		fields = append(fields[:10], "…")
	}
	return fhir.Errorf(fhir.Invalid, "%s has no conflict in column %q; it has in %s", where, c.Column, strings.Join(fields, ", "))
}

// ParseConflict reads a decision as the command line has it: 12=list, 12:Phone=here, Phone=list for
// the column in all rows, all=here. A column that is a number needs the colon: :12=list.
func ParseConflict(kind, text string) (Conflict, error) {
	at := strings.LastIndex(text, "=")
	if at < 1 {
		return Conflict{}, fhir.Errorf(fhir.Invalid, "%q is no decision on a conflict; write 12=list, 12:Phone=here, Phone=list or all=here", text)
	}
	c := Conflict{Kind: kind, Choice: importers.Choice(strings.TrimSpace(text[at+1:]))}
	where := strings.TrimSpace(text[:at])
	number, column, parted := strings.Cut(where, ":")
	row, err := strconv.Atoi(number)
	switch {
	case where == "all":
	case err == nil && row > 0:
		c.Row, c.Column = row, column
	case parted && number == "":
		c.Column = column
	default:
		c.Column = where
	}
	return c, checkChoice(c.Choice, c.Row)
}
