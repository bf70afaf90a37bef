package index

// SetLimit sets how many resources the delta may hold.
func (x *Index) SetLimit(n int) { x.limit = n }
