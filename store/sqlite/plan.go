package sqlite

import (
	"context"
	"fmt"
	"strings"

	"masjala/fhir"
	"masjala/fhir/search"
)

// planner turns conditions into SQL, on a connection that sees one state of the store.
type planner struct {
	ctx     context.Context
	c       *conn
	names   *names
	aliases int
}

// fragment is a piece of SQL and its arguments.
type fragment struct {
	text string
	args []any
}

// clause is a condition on resources. It can be asked in up to two ways: as a source of
// resources (from and where, the resource being rid), and as a test of a resource that
// something else found.
type clause struct {
	from  fragment // "token t1"; empty when the condition cannot be a source
	where fragment // what the rows of from must meet
	rid   string   // "t1.rid"
	// point tells that a test of one resource is a look-up by key; otherwise it is
	// cheaper to find all resources once and look in them.
	point bool
	// ordered tells that the rows of from come by resource: a page can stop early, so that
	// counting and paging are cheaper apart.
	ordered bool
	// unique tells that from has each resource once.
	unique bool
	// test, when set, replaces the test made of from and where.
	test func(rid string) fragment
	// guess is the clause whose count says whether this one is selective; nil for itself.
	guess *clause
	count int // estimate, -1 before it was made
}

// selective is the number of rows up to which a condition is counted for planning.
const selective = 2000

// alias returns a table alias that the statement has not used.
func (p *planner) alias() string {
	p.aliases++
	return fmt.Sprintf("t%d", p.aliases)
}

// source tells whether the clause can find resources.
func (cl *clause) source() bool { return cl.from.text != "" }

// rids returns a select of the resources of the clause; one may come more than once.
func (cl *clause) rids() fragment {
	f := fragment{"select " + cl.rid + " as rid from " + cl.from.text, cl.from.args}
	if cl.where.text != "" {
		f.text += " where " + cl.where.text
	}
	return f.plus("", cl.where.args...)
}

// plus returns the fragment with text and arguments appended.
func (f fragment) plus(text string, args ...any) fragment {
	out := make([]any, 0, len(f.args)+len(args))
	return fragment{f.text + text, append(append(out, f.args...), args...)}
}

// join appends another fragment.
func (f fragment) join(sep string, o fragment) fragment {
	if f.text == "" {
		return o
	}
	return f.plus(sep+o.text, o.args...)
}

// tests returns a condition on the resource that the expression rid names.
func (cl *clause) tests(rid string) fragment {
	if cl.test != nil && (!cl.source() || cl.count > selective || cl.point) {
		return cl.test(rid)
	}
	if !cl.point {
		all := cl.rids()
		// The + keeps the list a test: else SQLite may look up each of its members again for
		// each row that the resource is joined to.
		return fragment{"+" + rid + " in (" + all.text + ")", all.args}
	}
	f := fragment{"exists (select 1 from " + cl.from.text + " where ", cl.from.args}
	if cl.where.text != "" {
		f = f.plus(cl.where.text+" and ", cl.where.args...)
	}
	return f.plus(cl.rid + " = " + rid + ")")
}

// selected starts a select of the resources of a clause, each once.
func (cl *clause) selected() string {
	if cl.unique {
		return "select " + cl.rid + " as rid"
	}
	return "select distinct " + cl.rid + " as rid"
}

// estimate counts the rows of a clause, up to a little more than selective.
func (p *planner) estimate(cl *clause) (int, error) {
	if cl.count >= 0 {
		return cl.count, nil
	}
	if cl.guess != nil {
		n, err := p.estimate(cl.guess)
		if err != nil || n > selective {
			cl.count = n
			return n, err
		}
	}
	all := cl.rids()
	n, err := p.c.number(p.ctx, "select count(*) from ("+all.text+" limit ?)", append(all.args, selective+1)...)
	cl.count = int(n)
	return cl.count, err
}

// scope is the set of types a condition is about.
type scope struct {
	types []int64
	all   bool // every type there is
}

// params returns the numbers of a parameter for the types of a scope.
func (p *planner) params(sc scope, name string) []param {
	var ps []param
	for _, t := range sc.types {
		if v := p.names.param(t, name); v.id != 0 {
			ps = append(ps, v)
		}
	}
	return ps
}

// scopeOf returns the types a query is about.
func (p *planner) scopeOf(q *search.Query) scope {
	switch {
	case q.Type != "":
		return p.scopeType(q.Type)
	case len(q.Types) == 0:
		sc := scope{all: true}
		for _, id := range p.names.types {
			sc.types = append(sc.types, id)
		}
		return sc
	}
	var sc scope
	for _, t := range q.Types {
		sc.types = append(sc.types, p.scopeType(t).types...)
	}
	return sc
}

func (p *planner) scopeType(name string) scope {
	if id := p.names.typeOf(name); id != 0 {
		return scope{types: []int64{id}}
	}
	return scope{}
}

// none is a clause that nothing meets.
func (p *planner) none() *clause {
	a := p.alias()
	return &clause{from: fragment{text: "resource " + a}, where: fragment{text: a + ".rid = 0"}, rid: a + ".rid", point: true, count: 0}
}

// everything is the clause of all current resources of a scope.
func (p *planner) everything(sc scope) *clause {
	if len(sc.types) == 0 {
		return p.none()
	}
	a := p.alias()
	cl := &clause{from: fragment{text: "resource " + a}, rid: a + ".rid", point: true, ordered: true, unique: true, count: -1}
	switch {
	case sc.all:
		cl.where = fragment{text: a + ".deleted = 0"}
	default:
		cl.where = in(a+".type", numbers(sc.types)).plus(" and " + a + ".deleted = 0")
	}
	return cl
}

// in returns "expr = ?" or "expr in (?, …)".
func in(expr string, args []any) fragment {
	if len(args) == 1 {
		return fragment{expr + " = ?", args}
	}
	return fragment{expr + " in (?" + strings.Repeat(",?", max(len(args)-1, 0)) + ")", args}
}

func numbers(ns []int64) []any {
	args := make([]any, len(ns))
	for i, n := range ns {
		args[i] = n
	}
	return args
}

func ids(ps []param) []any {
	args := make([]any, len(ps))
	for i, p := range ps {
		args[i] = p.id
	}
	return args
}

// constants returns a table of constant rows, the columns being column1, column2, …
func constants(alias string, columns int, args []any) fragment {
	row := "(?" + strings.Repeat(",?", columns-1) + ")"
	n := len(args) / columns
	return fragment{"(values " + row + strings.Repeat(","+row, n-1) + ") " + alias, args}
}

// maxArguments is how many values a statement takes (SQLite: 32,766).
const maxArguments = 30_000

// clauses makes the clauses of conditions that all must be met.
func (p *planner) clauses(sc scope, where []search.Condition) ([]*clause, error) {
	var cls []*clause
	args := 0
	where = flat(where)
	for i := range where {
		cl, err := p.clause(sc, &where[i])
		if err != nil {
			return nil, err
		}
		args += len(cl.from.args) + len(cl.where.args)
		cls = append(cls, cl)
	}
	if args > maxArguments {
		return nil, fhir.Errorf(fhir.TooCostly, "the search has too many values; split it")
	}
	return cls, nil
}

// clause makes the clause of one condition.
func (p *planner) clause(sc scope, c *search.Condition) (*clause, error) {
	switch {
	case c.Group != nil:
		return p.group(sc, c.Group)
	case c.Has != nil:
		return p.has(sc, c.Has)
	case c.Param == nil:
		return nil, fhir.Errorf(fhir.Internal, "a search condition has no parameter")
	case len(c.Chain) > 0:
		return p.chain(sc, c)
	case c.Modifier == search.In || c.Modifier == search.NotIn:
		return nil, fhir.Errorf(fhir.Unsupported, "the value sets of %s:%s cannot be looked into here", c.Param.Name, c.Modifier)
	case c.Modifier == search.Missing:
		return p.missing(sc, c), nil
	case c.Param.Name == "_id":
		return p.id(sc, c), nil
	case c.Param.Name == "_lastUpdated":
		return p.lastUpdated(sc, c)
	}
	kind := rowsKind(c)
	ps := p.params(sc, c.Rows())
	if len(ps) == 0 {
		return p.negated(c, p.none()), nil
	}
	if c.Modifier == search.Compare {
		return p.compare(kind, ps, c)
	}
	cl, err := p.byKind(kind, ps, c)
	if err != nil {
		return nil, err
	}
	return p.negated(c, cl), nil
}

// rowsKind is the kind of the index rows that a condition asks for.
func rowsKind(c *search.Condition) search.Kind {
	switch c.Modifier {
	case search.Text:
		return search.String
	case search.Identifier, search.OfType:
		return search.Token
	}
	return c.Param.Kept()
}

// byKind makes the clause of a condition on the index rows of some parameters.
func (p *planner) byKind(kind search.Kind, ps []param, c *search.Condition) (*clause, error) {
	switch kind {
	case search.Token:
		return p.token(ps, c.Values)
	case search.String:
		return p.text(ps, c), nil
	case search.Reference:
		return p.reference(ps, c), nil
	case search.Date:
		return p.date(ps, c.Values), nil
	case search.URI:
		return p.uri(ps, c), nil
	case search.Number, search.Quantity:
		return p.number(ps, c.Values)
	case search.Position:
		return p.position(ps, c.Values), nil
	}
	return nil, fhir.Errorf(fhir.Unsupported, "%s cannot be searched by", c.Param.Name)
}

// negated turns a clause around for the modifier not: whoever has no such value, or none.
func (p *planner) negated(c *search.Condition, cl *clause) *clause {
	if c.Modifier != search.Not {
		return cl
	}
	return &clause{count: -1, test: func(rid string) fragment {
		f := cl.tests(rid)
		return fragment{"not " + f.text, f.args}
	}}
}

// missing makes the clause of the modifier missing, from the bits of the resource.
func (p *planner) missing(sc scope, c *search.Condition) *clause {
	return &clause{count: -1, test: func(rid string) fragment {
		a := p.alias()
		has := p.hasValue(a, sc, c.Param.Name)
		if c.Missing {
			has.text = "not " + has.text
		}
		return fragment{"exists (select 1 from resource " + a + " where " + a + ".rid = " + rid + " and " + has.text + ")", has.args}
	}}
}

// hasValue is a condition on a row of resource: that it has a value for a parameter.
func (p *planner) hasValue(alias string, sc scope, name string) fragment {
	var f fragment
	for _, t := range sc.types {
		v := p.names.param(t, name)
		if v.id == 0 {
			continue
		}
		bit := fragment{fmt.Sprintf("%s.type = ? and (%s.has%d & ?) <> 0", alias, alias, v.bit/63), []any{t, int64(1) << (v.bit % 63)}}
		f = f.join(" or ", bit)
	}
	if f.text == "" {
		return fragment{text: "(1 = 0)"}
	}
	return fragment{"(" + f.text + ")", f.args}
}
