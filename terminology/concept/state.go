package concept

// statuses lists the properties that tell the status of concepts, of those that are used.
func (s *Set) statuses() []string {
	var out []string
	for _, code := range rolesOf(&s.info.Meta).status {
		if s.Used(code) {
			out = append(out, code)
		}
	}
	return out
}

// Deprecated tells whether the standards status of a concept says that it should not be used
// any more.
func (s *Set) Deprecated(k uint32) bool {
	return s.Extended() && standing(string(s.Extensions(k))) != ""
}

// Status is the value of the property that tells the status of a concept, as retired, or
// else the standards status by which it should not be used any more; empty when it has none.
func (s *Set) Status(k uint32) string {
	if len(s.status) > 0 {
		for p := range s.Properties(k) {
			if has(s.status, p.Code) {
				return p.Text()
			}
		}
	}
	return standing(string(s.Extensions(k)))
}
