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

// Status is the value of the property that tells the status of a concept, as retired;
// empty when it has none.
func (s *Set) Status(k uint32) string {
	if len(s.status) == 0 {
		return ""
	}
	for p := range s.Properties(k) {
		if has(s.status, p.Code) {
			v := parsedProperty{kind: p.Kind, text: string(p.Value)}
			return v.value()
		}
	}
	return ""
}
