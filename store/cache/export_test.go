package cache

// LongestRun is how many places one after the other are taken in the fullest table of c.
func (c *Cache) LongestRun() (names, versions int) {
	for i := range c.names {
		n, s := &c.names[i], &c.shelves[i]
		names = max(names, run(n.places(), func(i int) bool { return n.at(i) != 0 }))
		versions = max(versions, run(s.places(), func(i int) bool { return s.at(i) != 0 }))
	}
	return names, versions
}

func run(places int, taken func(i int) bool) (longest int) {
	for i, n := 0, 0; i < places; i++ {
		if n++; !taken(i) {
			n = 0
		}
		longest = max(longest, n)
	}
	return longest
}
