package fhir

import "slices"

// any reads a value of which nothing is known but the rules that hold for all of FHIR:
// no null but in lists, no empty object, list or string, no member twice.
func (r *reader) any() bool {
	switch r.peek() {
	case '{':
		return r.anyObject()
	case '[':
		return r.anyList()
	case '"':
		mark := len(r.out)
		if _, ok := r.text(); !ok {
			return false
		}
		if len(r.out)-mark == 2 {
			return r.blame("must not be an empty string: leave it out if there is no value")
		}
		return true
	}
	word, ok := r.token()
	if ok && string(word) == "null" {
		return r.blame("must not be null: leave it out if there is no value")
	}
	return ok
}

// anyObject reads an object of which nothing is known.
func (r *reader) anyObject() bool {
	if !r.enter() {
		return false
	}
	r.pos++
	r.out = append(r.out, '{')
	start, keys := len(r.out), len(r.keys)
	top := r.split.on && r.depth == 1
	for first := true; ; first = false {
		name, more, ok := r.member(first)
		if !ok {
			return false
		}
		if !more {
			break
		}
		if !r.anyMember(name, start, keys, top) {
			return false
		}
	}
	if len(r.out) == start && !top && !r.blame("must not be an empty object: leave it out if there is no value") {
		return false
	}
	r.keys = r.keys[:keys]
	r.out = append(r.out, '}')
	r.depth--
	return true
}

func (r *reader) anyMember(name []byte, start, keys int, top bool) bool {
	if len(r.keys)-keys >= maxMembers {
		return r.broken("an object has more than %d members", maxMembers)
	}
	if r.repeated(keys, name) {
		r.blame("has the member %q twice", clip(string(name)))
		return r.skip()
	}
	own := r.keys[len(r.keys)-1]
	mark := len(r.out)
	if mark > start {
		r.out = append(r.out, ',')
	}
	r.out = append(AppendString(r.out, string(own)), ':')
	value := len(r.out)
	r.path = append(r.path, step{string(own), -1})
	ok := r.reserved(string(own), top)
	r.path = r.path[:len(r.path)-1]
	if ok && top && r.split.member(string(own), r.out[value:]) {
		r.out = r.out[:mark]
	}
	return ok
}

// reserved reads the members of an unknown resource that every resource has.
func (r *reader) reserved(name string, top bool) bool {
	switch {
	case top && name == "id":
		return r.primitive(idType)
	case top && name == "meta":
		return r.complex(metaType)
	case top && name == "resourceType" && r.peek() != '"':
		return r.wrong("must be a string")
	}
	return r.any()
}

// anyList reads a list of which nothing is known. It may have nulls, which stand for the
// missing companions of primitives.
func (r *reader) anyList() bool {
	if !r.enter() {
		return false
	}
	r.pos++
	r.out = append(r.out, '[')
	n, filled := 0, false
	for ; ; n++ {
		more, ok := r.item(n == 0)
		if !ok {
			return false
		}
		if !more {
			break
		}
		if n > 0 {
			r.out = append(r.out, ',')
		}
		if r.peek() == 'n' {
			r.quiet++
			ok = r.any()
			r.quiet--
		} else {
			filled = true
			ok = r.any()
		}
		if !ok {
			return false
		}
	}
	if !filled && !r.blame("must not be a list without values: leave it out if there is none") {
		return false
	}
	r.out = append(r.out, ']')
	r.depth--
	return true
}

// repeated notes the name of a member and tells whether one of that name was noted since
// position from.
func (r *reader) repeated(from int, name []byte) bool {
	for _, had := range r.keys[from:] {
		if string(had) == string(name) {
			return true
		}
	}
	r.keys = append(r.keys, slices.Clone(name))
	return false
}
