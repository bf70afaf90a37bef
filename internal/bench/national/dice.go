package national

// dice are random numbers that depend on a seed, a kind and a number only (SplitMix64).
type dice uint64

// throw returns the dice of the nth thing of a kind; what tells apart dice for the same thing.
func (c *Country) throw(what uint64, n int) dice {
	d := dice(c.Seed ^ what*0x9e3779b97f4a7c15)
	d += dice(uint64(n) * 0xd1342543de82ef95)
	d.next()
	return d
}

func (d *dice) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below returns a number from 0 to n-1.
func (d *dice) below(n int) int { return int(d.next() % uint64(n)) }

// unit returns a number from 0 up to 1.
func (d *dice) unit() float64 { return float64(d.next()>>11) / (1 << 53) }

// chance is true so many times in a hundred.
func (d *dice) chance(percent int) bool { return d.below(100) < percent }

// around returns a number around 0, seldom beyond 1 or -1 and never beyond 2.
func (d *dice) around() float64 { return d.unit() + d.unit() + d.unit() + d.unit() - 2 }

// weighted is a choice among things of which some come more often.
type weighted struct{ sums []int }

func weigh(weights ...int) weighted {
	var w weighted
	sum := 0
	for _, x := range weights {
		sum += x
		w.sums = append(w.sums, sum)
	}
	return w
}

func (w weighted) pick(d *dice) int {
	at := d.below(w.sums[len(w.sums)-1])
	for i, sum := range w.sums {
		if at < sum {
			return i
		}
	}
	return 0
}
