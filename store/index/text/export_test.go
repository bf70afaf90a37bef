package text

// Limit sets how many rids are collected at most, so that few make a stored set.
func (b *Builder) Limit(texts, suffixes int) {
	b.limits = limits{texts: texts, suffixes: suffixes}
}
