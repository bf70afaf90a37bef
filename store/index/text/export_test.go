package text

// Limit sets how many rids are collected at most, so that few make a stored set, and lets
// sorting be done as if there were many, some at a time.
func (b *Builder) Limit(texts, substrings int) {
	b.limits.texts, b.limits.substrings = texts, substrings
	b.limits.room, b.limits.atOnce = 5*substrings, 9*substrings
}

// Bound sets how many suffixes are sorted at most, and with how much work.
func (b *Builder) Bound(suffixes, work int) {
	b.limits.suffixes, b.limits.work = suffixes, work
}
