package importers

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"masjala/fhir/search"
	"masjala/importers/cell"
)

// Numbered tells where the numbers of a target are kept: the type of resource and the search
// parameter that finds one by system and value.
type Numbered struct{ Target, Type, Param string }

const (
	fewNumbers = 20  // a column tells how its numbers are written by as many of them
	sampled    = 200 // so many resources tell how a registry writes them
	mostZeros  = 6   // so many zeros may be missing
)

// numbers is what is known of the numbers of a column: how many digits they have, so that zeros
// that a spreadsheet program took can be given back, and whether they have check digits.
type numbers struct {
	votes  cell.SchemeVote
	scheme cell.Scheme       // "" for none
	width  int               // of every number that has zeros; 0: the column does not tell
	padded map[string]bool   // the numbers that kept theirs
	found  map[string]string // by registry: number without zeros to number
	counts [32]int           // numbers by their digits
	kept   [32]int           // those of them with zeros in front
}

// add counts a number of the column.
func (z *numbers) add(text string) {
	if text != "" {
		z.votes.Add(text)
	}
	if !isNumber(text) || len(text) >= len(z.counts) {
		return
	}
	z.counts[len(text)]++
	if text[0] == '0' {
		z.kept[len(text)]++
		if len(z.padded) < 1<<17 {
			z.padded[text] = true
		}
	}
}

// settle decides whether the column has check digits, and whether it tells how many digits its numbers have: nearly all have as
// many as those that kept their zeros, and none has more.
func (z *numbers) settle() {
	if scheme, _, _, ok := z.votes.Scheme(); ok {
		z.scheme = scheme
	}
	all, widths := 0, 0
	for w, n := range z.counts {
		all += n
		if z.kept[w] > 0 {
			z.width = w
			widths++
		}
	}
	enough := all >= fewNumbers && widths == 1 && z.kept[z.width] >= 3 && z.counts[z.width]*5 >= all*4
	for w := z.width + 1; w < len(z.counts); w++ {
		enough = enough && z.counts[w] == 0
	}
	if !enough {
		z.width = 0
	}
}

// of returns a number with its zeros. ok is false when it lacks none, or nothing shows which.
func (z *numbers) of(text string) (full string, ok bool) {
	if !isNumber(text) || text[0] == '0' {
		return "", false
	}
	if full, ok = z.found[text]; ok {
		return full, true
	}
	if z.width <= len(text) {
		return "", false
	}
	full = strings.Repeat("0", z.width-len(text)) + text
	return full, !z.padded[full] // another row has it: which of the two it is, nobody knows
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// LearnNumbers learns how the numbers of some targets are written, from the other rows of
// their column and from what is stored. On all later walks those that lost zeros in front have
// them again ([Cell.Restored]), and [ReportNumbers] knows check digits. Without evidence a
// number stays as it is. walked tells whether a walk was needed.
func (s *Source) LearnNumbers(ctx context.Context, env Env, step func(), kinds ...Numbered) (walked bool, err error) {
	columns := map[int]Numbered{}
	for _, k := range kinds {
		for _, i := range s.byKey[k.Target] {
			columns[i] = k
		}
	}
	if len(columns) == 0 {
		return false, nil
	}
	learned := map[int]*numbers{}
	for i := range columns {
		learned[i] = &numbers{padded: map[string]bool{}, found: map[string]string{}}
	}
	if err := s.Each(ctx, func(r *Row) error {
		step()
		for i, z := range learned {
			z.add(r.cells[i].Text)
		}
		return nil
	}); err != nil {
		return true, err
	}
	for i, z := range learned {
		z.settle()
		s.Use[i].CheckDigit = string(z.scheme)
		if err := s.ask(ctx, env, i, columns[i], z); err != nil {
			return true, err
		}
	}
	s.numbers = learned
	return true, nil
}

// ask looks numbers of a column up that may lack zeros, if the registry has such as begin with one.
func (s *Source) ask(ctx context.Context, env Env, column int, k Numbered, z *numbers) error {
	system := s.Columns[column].System
	if system == "" || z.width > 0 || env.Store == nil {
		return nil
	}
	width, err := widest(ctx, env, k, system)
	if err != nil || width == 0 {
		return err
	}
	return s.Each(ctx, func(r *Row) error {
		text := r.cells[column].Text
		if len(text) >= width || !isNumber(text) || text[0] == '0' || z.found[text] != "" {
			return nil
		}
		var failed error
		full, ok := cell.RestoreZeros(text, min(width-len(text), mostZeros), func(number string) bool {
			n, err := numbered(ctx, env, k, system, number, 1)
			if err != nil {
				failed = err
			}
			return len(n) > 0
		})
		if ok {
			z.found[text] = full
		}
		return failed
	})
}

// widest is how many digits the numbers of a registry have that begin with a zero, 0 when there are none.
func widest(ctx context.Context, env Env, k Numbered, system string) (int, error) {
	values, err := numbered(ctx, env, k, system, "", sampled)
	width := 0
	for _, v := range values {
		if isNumber(v) && v[0] == '0' {
			width = max(width, len(v))
		}
	}
	return width, err
}

// numbered reads up to count numbers of a system from the registry: those with a value, or any.
func numbered(ctx context.Context, env Env, k Numbered, system, value string, count int) ([]string, error) {
	q, err := search.Parse(search.Request{Type: k.Type, Strict: true, DefaultCount: count, MaxCount: count,
		Pairs: []search.Pair{{Name: k.Param, Value: search.Escape(system) + "|" + search.Escape(value)}, {Name: "_total", Value: "none"}}})
	if err != nil {
		return nil, err
	}
	page, err := env.Store.Search(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("look for numbers of %s: %w", system, err)
	}
	var out []string
	for _, r := range page.Matches {
		for _, path := range []string{"identifier", "qualification.#.identifier|@flatten"} {
			for _, i := range r.Field(path).Array() {
				if i.Get("system").Str == system {
					out = append(out, i.Get("value").Str)
				}
			}
		}
	}
	return out, nil
}

var exponent = regexp.MustCompile(`^\d(?:[.,]\d+[eE]\+?|[eE]\+)\d{1,2}$`)

// lost tells whether a number has lost digits: spreadsheet programs keep fifteen, and text made
// of what they show with an exponent has even fewer.
func lost(c Cell) bool {
	if exponent.MatchString(c.Text) {
		return true
	}
	if len(c.Text) < 16 || !isNumber(c.Text) {
		return false
	}
	return c.Stored != "" || len(c.Text) > 16 && strings.Trim(c.Text[15:], "0") == ""
}

// ReportNumbers reports what there is to say of the numbers of some targets: zeros that were
// given back, digits that are lost, wrong check digits where the others of the column are right.
func ReportNumbers(row *Row, issues *Issues, targets ...string) {
	for _, t := range targets {
		for _, i := range row.src.byKey[t] {
			c := row.cells[i]
			switch {
			case c.Restored:
				issues.Add(Issue{Row: row.Number, Column: c.Column.Heading, Value: c.Shown, Severity: Info, Rule: "zeros-restored",
					Reason: "the number lost zeros in front, as others that have theirs show", Fix: "Imported as " + c.Text + "; make the cells of the column text."})
			case lost(c):
				reason := "the number has more digits than a spreadsheet program keeps in a number, so the last ones are lost"
				if exponent.MatchString(c.Text) {
					reason = "the number is written with an exponent, as spreadsheet programs show long ones, so its last digits are lost"
				}
				issues.Add(Issue{Row: row.Number, Column: c.Column.Heading, Value: c.Shown, Severity: Warning, Rule: "digits-lost", Reason: reason, Fix: "Imported as it is; write it again, in a cell that is text."})
			case c.Text != "" && row.src.wrongDigit(i, c.Text):
				issues.Add(Issue{Row: row.Number, Column: c.Column.Heading, Value: c.Shown, Severity: Warning, Rule: "check-digit",
					Reason: "the check digit is wrong (" + string(row.src.numbers[i].scheme) + "), so a digit may be mistyped", Fix: "Imported as it is; compare it with its source."})
			}
		}
	}
}

// wrongDigit tells whether a number lacks the check digit that its column has.
func (s *Source) wrongDigit(column int, text string) bool {
	z := s.numbers[column]
	return z != nil && z.scheme != "" && !cell.Verify(z.scheme, text)
}
