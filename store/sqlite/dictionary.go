package sqlite

import (
	"context"
	"maps"
	"strings"
	"sync/atomic"
)

// names are the dictionaries of types and parameters. A value is never changed once
// published: the writer copies it to add to it.
type names struct {
	types    map[string]int64
	typeName map[int64]string
	params   map[paramKey]param
	byID     map[int64]paramKey
}

// paramKey names a parameter of a type; the name may carry a modifier ("type:text").
type paramKey struct {
	typ  int64
	name string
}

// param is how index rows name a parameter, and its bit in resource.has.
type param struct{ id, bit int64 }

// typeOf returns the number of a type, 0 for one that no resource ever had.
func (n *names) typeOf(name string) int64 { return n.types[name] }

// param returns the number of a parameter, zero for one that no resource ever had a value for.
func (n *names) param(typ int64, name string) param { return n.params[paramKey{typ, name}] }

// loadNames reads the dictionaries.
func loadNames(ctx context.Context, c *conn) (*names, error) {
	n := &names{
		types: map[string]int64{}, typeName: map[int64]string{},
		params: map[paramKey]param{}, byID: map[int64]paramKey{},
	}
	err := c.each(ctx, func(r *rows) error {
		n.types[r.text(1)] = r.int(0)
		n.typeName[r.int(0)] = r.text(1)
		return nil
	}, "select id, name from type")
	if err != nil {
		return nil, err
	}
	return n, c.each(ctx, func(r *rows) error {
		k := paramKey{r.int(1), r.text(2)}
		n.params[k] = param{r.int(0), r.int(3)}
		n.byID[r.int(0)] = k
		return nil
	}, "select id, type, name, bit from param")
}

func (n *names) clone() *names {
	return &names{
		types: maps.Clone(n.types), typeName: maps.Clone(n.typeName),
		params: maps.Clone(n.params), byID: maps.Clone(n.byID),
	}
}

// dictionary is the writer's view of the dictionaries during a transaction. What it adds
// is forgotten by drop when the job is rolled back, and seen by readers after publish.
type dictionary struct {
	c         *conn
	published *atomic.Pointer[names]
	now       *names // published, or a copy of it with additions
	symbols   map[string]int64
	fresh     []string // symbols that the current transaction added
}

// maxSymbols bounds the memory for systems; past it they are read from the file again.
const maxSymbols = 50_000

// typeID returns the number of a type, giving it one if need be.
func (d *dictionary) typeID(name string) (int64, error) {
	if id, ok := d.now.types[name]; ok {
		return id, nil
	}
	id := int64(len(d.now.types) + 1)
	if err := d.c.exec("insert into type (id, name) values (?, ?)", id, name); err != nil {
		return 0, err
	}
	d.own()
	d.now.types[name], d.now.typeName[id] = id, name
	return id, nil
}

// param returns the number of a parameter, giving it one if need be.
func (d *dictionary) param(typ int64, name string) (param, error) {
	k := paramKey{typ, name}
	if p, ok := d.now.params[k]; ok {
		return p, nil
	}
	p := param{}
	if base, _, variant := strings.Cut(name, ":"); variant { // shares the bit of its parameter
		b, err := d.param(typ, base)
		if err != nil {
			return param{}, err
		}
		p.bit = b.bit
	} else {
		for other := range d.now.params {
			if other.typ == typ && !strings.Contains(other.name, ":") {
				p.bit++
			}
		}
	}
	p.id = int64(len(d.now.params) + 1)
	if err := d.c.exec("insert into param (id, type, name, bit) values (?, ?, ?, ?)", p.id, typ, name, p.bit); err != nil {
		return param{}, err
	}
	d.own()
	d.now.params[k], d.now.byID[p.id] = p, k
	return p, nil
}

// symbol returns the number of a system, giving it one if need be; 0 is no system.
func (d *dictionary) symbol(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	if id, ok := d.symbols[text]; ok {
		return id, nil
	}
	id, err := d.c.number(context.Background(), "select id from symbol where text = ?", text)
	if err == nil && id == 0 {
		id, err = d.c.number(context.Background(), "insert into symbol (text) values (?) returning id", text)
		d.fresh = append(d.fresh, text)
	}
	if err != nil {
		return 0, err
	}
	if len(d.symbols) >= maxSymbols {
		clear(d.symbols)
	}
	d.symbols[text] = id
	return id, nil
}

// own makes now a copy that may be changed.
func (d *dictionary) own() {
	if d.now == d.published.Load() {
		d.now = d.now.clone()
	}
}

// keep returns what drop needs to forget the additions made after it.
func (d *dictionary) keep() *names {
	if d.now == d.published.Load() {
		return d.now
	}
	return d.now.clone()
}

// drop forgets what was added since keep.
func (d *dictionary) drop(kept *names) {
	d.now = kept
	for _, s := range d.fresh {
		delete(d.symbols, s)
	}
	d.fresh = d.fresh[:0]
}

// publish shows the additions to readers.
func (d *dictionary) publish() {
	d.published.Store(d.now)
	d.fresh = d.fresh[:0]
}
