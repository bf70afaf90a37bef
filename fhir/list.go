package fhir

import "masjala/fhir/structure"

// run is what was read of a list of primitives, or of the list of their companions.
type run struct {
	element int
	twin    bool
	length  int
	nulls   []int // positions of null
}

// list reads the values of an element that repeats, or their companions.
func (r *reader) list(e *structure.Element, i int, twin bool) bool {
	if !r.enter() {
		return false
	}
	r.pos++
	r.out = append(r.out, '[')
	got := run{element: i, twin: twin}
	holes := hasTwin(e) // null may stand in for a missing value or companion
	at := len(r.path) - 1
	for {
		more, ok := r.item(got.length == 0)
		if !ok {
			return false
		}
		if !more {
			break
		}
		if got.length > 0 {
			r.out = append(r.out, ',')
		}
		r.path[at].index = got.length
		if !r.listed(e, &got, holes) {
			return false
		}
		got.length++
	}
	r.path[at].index = -1
	if got.length == 0 && !r.blame("must not be an empty list: leave it out if there is no value") {
		return false
	}
	if holes {
		r.runs = append(r.runs, got)
	}
	r.out = append(r.out, ']')
	r.depth--
	return true
}

// listed reads one item of a list.
func (r *reader) listed(e *structure.Element, got *run, holes bool) bool {
	switch {
	case holes && r.peek() == 'n':
		if word, ok := r.token(); !ok || string(word) != "null" {
			return ok && r.broken("a value is missing or not JSON")
		}
		got.nulls = append(got.nulls, got.length)
		return true
	case got.twin:
		return r.complex(elementType)
	}
	return r.value(e.Type())
}

// align checks the lists of primitives of an object against those of their companions: a
// null may stand only where the other list has something, and companions may end earlier
// but not later than the values (https://hl7.org/fhir/R4/json.html#primitive).
func (r *reader) align(t *structure.Type, from int) bool {
	list := r.runs[from:]
	ok := true
	for i := range list {
		a := &list[i]
		b := other(list, a)
		r.path = append(r.path, step{t.Elements[a.element].Name, -1})
		switch {
		case b == nil && len(a.nulls) > 0:
			r.path[len(r.path)-1].index = a.nulls[0]
			ok = r.blame("must not be null: nothing stands in its place")
		case b != nil && a.twin && a.length > b.length:
			ok = r.blame("has more companions (_%s) than values", t.Elements[a.element].Name)
		case b != nil:
			ok = r.filled(a, b)
		}
		r.path = r.path[:len(r.path)-1]
		if !ok {
			break
		}
	}
	r.runs = r.runs[:from]
	return ok
}

// filled checks that where a has null, b has something.
func (r *reader) filled(a, b *run) bool {
	next := 0
	for _, at := range a.nulls {
		for next < len(b.nulls) && b.nulls[next] < at {
			next++
		}
		bothNull := next < len(b.nulls) && b.nulls[next] == at
		if at >= b.length || bothNull && !a.twin {
			r.path[len(r.path)-1].index = at
			if !r.blame("must not be null: nothing stands in its place") {
				return false
			}
		}
	}
	return true
}

// other returns the list that belongs to a: companions to values, values to companions.
func other(list []run, a *run) *run {
	for i := range list {
		if list[i].element == a.element && list[i].twin != a.twin {
			return &list[i]
		}
	}
	return nil
}
