package ecl_test

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"masjala/internal/testutil"
	"masjala/terminology/concept"
	"masjala/terminology/ecl"
)

// maker makes random expressions, with what they select by walking the plain world.
type maker struct {
	*rand.Rand
	w *plainWorld
}

func (m maker) one(list ...string) string { return list[m.IntN(len(list))] }

// space is what may stand between words.
func (m maker) space() string { return m.one(" ", " ", " ", "\n", "\t /* a | ' note */ ") }

// code writes a code.
func (m maker) code(c string) string {
	if strings.Contains(c, " ") || m.IntN(9) == 0 {
		c = "'" + c + "'"
	}
	if m.IntN(5) == 0 {
		c += m.space() + "|a term, (with) signs|"
	}
	return c
}

// expression makes one that may need brackets.
func (m maker) expression(depth int) (string, codes) {
	text, set := m.operand(depth)
	if depth == 0 {
		return text, set
	}
	switch m.IntN(6) {
	case 0, 1:
		return m.compound(depth, text, set)
	case 2, 3:
		if m.IntN(2) == 0 {
			text, set = "*", m.w.where(func(string) bool { return true })
		}
		condition, ok := m.refinement(depth - 1)
		return text + m.space() + ":" + m.space() + condition, m.w.where(func(c string) bool { return set[c] && ok(c) })
	case 4:
		name, named := m.name(depth - 1)
		out := codes{}
		for c := range set {
			for _, f := range m.w.facts[c] {
				if named(f.property) {
					out[f.text] = true
				}
			}
		}
		return text + " . " + name, m.w.where(func(c string) bool { return out[c] })
	}
	return text, set
}

// operand makes one that needs no brackets.
func (m maker) operand(depth int) (string, codes) {
	text, set := m.focus(depth)
	if m.IntN(6) == 0 {
		text, set = m.one("^", "^ ", "memberOf ")+text, m.w.where(func(c string) bool {
			for name, members := range m.w.sets {
				if set[name] && members[c] {
					return true
				}
			}
			return false
		})
	}
	if m.IntN(3) > 0 {
		op := m.one("<", "<<", "<", "<<", "<!", "<<!", ">", ">>", ">!", ">>!", "!!>", "!!<")
		words := map[string]string{"<": "descendantOf", "<<": "descendantOrSelfOf", "<!": "childOf", "<<!": "childOrSelfOf",
			">": "ancestorOf", ">>": "ancestorOrSelfOf", ">!": "parentOf", ">>!": "parentOrSelfOf"}
		written := op + m.one("", " ")
		if words[op] != "" && m.IntN(4) == 0 {
			written = words[op] + m.space()
		}
		text, set = written+text, m.w.related(op, set)
	}
	return text, set
}

func (m maker) focus(depth int) (string, codes) {
	switch m.IntN(8) {
	case 0, 1:
		return m.one("*", "*", "any"), m.w.where(func(string) bool { return true })
	case 2, 3, 4:
		if depth > 0 {
			text, set := m.expression(depth - 1)
			return "(" + m.one("", " ") + text + ")", set
		}
	}
	c := m.w.codes[m.IntN(len(m.w.codes))]
	return m.code(c), codes{c: true}
}

func (m maker) compound(depth int, text string, set codes) (string, codes) {
	if m.IntN(3) == 0 {
		other, out := m.operand(depth - 1)
		return text + m.space() + m.one("MINUS", "minus") + m.space() + other, m.w.where(func(c string) bool { return set[c] && !out[c] })
	}
	both := m.IntN(2) == 0
	for range 1 + m.IntN(3) {
		other, more := m.operand(depth - 1)
		before := set
		if both {
			text += m.space() + m.one("AND", "and", ",") + m.space() + other
			set = m.w.where(func(c string) bool { return before[c] && more[c] })
		} else {
			text += m.space() + m.one("OR", "or") + m.space() + other
			set = m.w.where(func(c string) bool { return before[c] || more[c] })
		}
	}
	return text, set
}

// name makes the name of attributes, and tells which properties it stands for.
func (m maker) name(depth int) (string, func(string) bool) {
	a, b := m.w.attributes[m.IntN(len(m.w.attributes))], m.w.attributes[m.IntN(len(m.w.attributes))]
	switch m.IntN(6) {
	case 0:
		return "*", func(string) bool { return true }
	case 1:
		return "(" + m.code(a) + " OR " + m.code(b) + ")", func(p string) bool { return p == a || p == b }
	case 2:
		return "(* MINUS " + m.code(a) + ")", func(p string) bool { return p != a }
	case 3:
		if m.w.ontology {
			text, set := m.operand(depth)
			return "(" + text + " OR " + m.code(a) + ")", func(p string) bool { return set[p] || p == a }
		}
	}
	return m.code(a), func(p string) bool { return p == a }
}

// value makes a comparison, and tells whether a fact meets it.
func (m maker) value(depth int) (string, func(f fact) bool) {
	op := m.one("=", "=", "!=", "<>", "not =")
	equal := op == "="
	switch m.IntN(7) {
	case 0:
		return m.number()
	case 1:
		list := []string{randomText(m.Rand), randomText(m.Rand)}[:1+m.IntN(2)]
		var quoted []string
		for _, s := range list {
			quoted = append(quoted, `"`+strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)+`"`)
		}
		text := quoted[0]
		if len(list) > 1 || m.IntN(4) == 0 {
			text = "(" + strings.Join(quoted, m.space()) + ")"
		}
		return op + " " + text, func(f fact) bool { return f.member == "valueString" && slices.Contains(list, f.text) == equal }
	case 2:
		list := []string{fmt.Sprint("v", m.IntN(5)), m.w.few(m.Rand), "1"}
		return op + " (" + list[0] + " OR " + m.code(list[1]) + " or 1)", func(f fact) bool { return slices.Contains(list, f.text) == equal }
	case 3, 4:
		c := m.w.few(m.Rand)
		return op + m.space() + m.code(c), func(f fact) bool { return (f.text == c) == equal }
	case 5:
		return op + " *", func(fact) bool { return equal }
	}
	c := m.w.few(m.Rand)
	text, set := m.operand(depth)
	set = m.w.related("<<", set)
	return op + " (" + m.code(c) + " OR << (" + text + "))", func(f fact) bool { return (set[f.text] || f.text == c) == equal }
}

func (m maker) number() (string, func(f fact) bool) {
	op := m.one("=", "!=", "<", "<=", ">", ">=")
	limit := m.one("0", "1.00", "-2.5", "3", "+1", "100")
	return op + " #" + limit, func(f fact) bool {
		if !f.numeric() {
			return false
		}
		x, errX := strconv.ParseFloat(f.text, 64)
		y, errY := strconv.ParseFloat(limit, 64)
		if errX != nil || errY != nil {
			panic(f.text + limit)
		}
		return map[string]bool{"=": x == y, "!=": x != y, "<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[op]
	}
}

// cardinality makes how many there may be.
func (m maker) cardinality() (string, func(n int) bool) {
	if m.IntN(2) == 0 {
		return "", func(n int) bool { return n >= 1 }
	}
	least, most := m.IntN(3), m.IntN(3)
	if m.IntN(2) == 0 {
		return fmt.Sprintf("[%d%s%s] ", least, m.one("..", " to ", " .. "), m.one("*", "many")), func(n int) bool { return n >= least }
	}
	most = max(most, least)
	return fmt.Sprintf("[%d..%d] ", least, most), func(n int) bool { return n >= least && n <= most }
}

// refinement makes a condition on codes.
func (m maker) refinement(depth int) (string, func(c string) bool) {
	switch m.IntN(5) {
	case 0:
		return m.group(depth)
	case 1:
		return m.reversed(depth)
	case 2:
		if depth > 0 {
			return joined(m, func() (string, func(string) bool) { return m.refinement(depth - 1) })
		}
	}
	text, ok := m.attribute(depth)
	return text, func(c string) bool { return ok(m.w.facts[c]) }
}

// joined makes several conditions, in brackets where another join stands beside.
func joined[T any](m maker, one func() (string, func(T) bool)) (string, func(T) bool) {
	all := m.IntN(2) == 0
	text, ok := one()
	text = "(" + text + ")"
	for range 1 + m.IntN(2) {
		next, more := one()
		before := ok
		if all {
			text += m.one(", ", " AND ") + "(" + next + ")"
			ok = func(x T) bool { return before(x) && more(x) }
		} else {
			text += " OR (" + next + ")"
			ok = func(x T) bool { return before(x) || more(x) }
		}
	}
	return "(" + text + ")", ok
}

// attribute makes a condition on facts.
func (m maker) attribute(depth int) (string, func([]fact) bool) {
	count, enough := m.cardinality()
	name, named := m.name(depth)
	value, meets := m.value(depth)
	return count + name + m.space() + value, func(list []fact) bool {
		n := 0
		for _, f := range list {
			if named(f.property) && meets(f) {
				n++
			}
		}
		return enough(n)
	}
}

// group makes a condition on the groups of a code.
func (m maker) group(depth int) (string, func(c string) bool) {
	count, enough := m.cardinality()
	one := func() (string, func([]fact) bool) { return m.attribute(depth) }
	text, ok := one()
	if m.IntN(2) == 0 {
		text, ok = joined(m, one)
	}
	return count + "{" + text + m.one("", " ") + "}", func(c string) bool {
		groups := map[int][]fact{}
		for i, f := range m.w.facts[c] {
			if f.group == 0 {
				f.group = math.MinInt + i // one for itself
			}
			groups[f.group] = append(groups[f.group], f)
		}
		n := 0
		for list := range maps.Values(groups) {
			if ok(list) {
				n++
			}
		}
		return enough(n)
	}
}

// reversed makes a condition on the facts that have a code as their value.
func (m maker) reversed(depth int) (string, func(c string) bool) {
	count, enough := m.cardinality()
	name, named := m.name(depth)
	op := m.one("=", "!=")
	text, from := m.operand(depth)
	return count + m.one("R ", "r ", "reverseOf ") + name + op + text, func(c string) bool {
		seen := map[[2]string]bool{}
		for source, list := range m.w.facts {
			for _, f := range list {
				if f.text == c && named(f.property) && from[source] == (op == "=") {
					seen[[2]string{source, f.property}] = true
				}
			}
		}
		return enough(len(seen))
	}
}

// TestRandomExpressions holds expressions to a naive evaluator.
func TestRandomExpressions(t *testing.T) {
	testutil.Requirement(t, "TX-17")
	rounds, size := 400, 120
	if os.Getenv("MASJALA_SOAK") == "1" {
		rounds, size = 10_000, 2000
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 4))
	var some, empty int
	for _, ontology := range []bool{true, false} {
		w, set := newPlainWorld(t, r, size, ontology)
		for round := range rounds / 2 {
			text, want := maker{r, w}.expression(3)
			got, err := selected(t, set, text)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			if len(got) != len(want) || slices.ContainsFunc(got, func(c string) bool { return !want[c] }) {
				t.Fatalf("%s\nselects %d codes, want %d: %q", text, len(got), len(want), difference(got, want))
			}
			if round%4 == 0 {
				parts(t, set, text, got)
			}
			if len(want) == 0 || len(want) == size {
				empty++
			} else {
				some++
			}
		}
	}
	t.Logf("%d select some concepts, %d all or none", some, empty)
	if some < rounds/4 {
		t.Errorf("only %d of %d expressions select some concepts", some, some+empty)
	}
}

// parts intersects what the parts of an expression select.
func parts(t *testing.T, set *concept.Set, text string, want []string) {
	t.Helper()
	x, err := ecl.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	for i, part := range x.Parts() {
		got, err := selected(t, set, part)
		if err != nil {
			t.Fatalf("part %d of %s: %v", i, text, err)
		}
		if slices.ContainsFunc(want, func(c string) bool { return !slices.Contains(got, c) }) {
			t.Fatalf("part %q of %s does not have all that the whole has", part, text)
		}
	}
	all, err := selected(t, set, "("+strings.Join(x.Parts(), ") AND (")+")")
	if err != nil || !slices.Equal(all, want) {
		t.Fatalf("the parts %q of %s select %d, %v; want %d", x.Parts(), text, len(all), err, len(want))
	}
}

// difference lists some codes that are in one only.
func difference(got []string, want codes) []string {
	var out []string
	for _, c := range got {
		if !want[c] {
			out = append(out, "+"+c)
		}
	}
	for c := range want {
		if !slices.Contains(got, c) {
			out = append(out, "-"+c)
		}
	}
	return out[:min(len(out), 10)]
}
