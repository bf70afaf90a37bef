package index

// Recent tells how many resources the delta holds.
func (x *Index) Recent() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.delta.docs)
}

// Rows tells how many rows the delta holds.
func (x *Index) Rows() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.delta.rows
}

// TurnOff makes the Index forget what changed since its base, and answer nothing until a
// new base comes by Swap.
func (x *Index) TurnOff() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.off.Store(true)
	x.keeping = false
	x.delta = newDelta(x.base)
}

// nothing is the base of a store whose resources are all in the delta.
func nothing() *file {
	return &file{release: func() {}, buckets: make([]byte, 8), shift: 64}
}

// has tells whether any resource of the base has a value for a parameter.
func (x *file) has(param int64) bool {
	k := keyOf(keyHas, param, "")
	_, ok := x.find(&k)
	return ok
}
