package near

import "masjala/internal/linkage"

// Distance counts the letters to insert, drop, replace or swap with their neighbour to
// get from a to b, as [linkage.Distance] does; it returns more than limit when that is more.
func Distance(a, b []rune, limit int) int { return linkage.Distance(a, b, limit) }
