package rf2

// wording is what a concept is called: its display, its definition and its designations.
type wording struct {
	r        *release
	order    []int // dialects, the best for displays first
	byTongue [][]int
	tongue   int // language of displays, a number in r.speech

	terms        []term // of the concept
	display      *term
	definition   *term
	designations []designation
}

// designation is a term as it is used in a dialect, or in all dialects of its language.
type designation struct {
	term    *term
	dialect int // place in the release; -1 for all
}

func newWording(r *release, order []int) *wording {
	w := &wording{r: r, order: order, byTongue: make([][]int, len(r.speech))}
	for _, d := range order {
		l := r.dialect[d].language
		w.byTongue[l] = append(w.byTongue[l], d)
	}
	if len(order) > 0 {
		w.tongue = r.dialect[order[0]].language
	} else if at := r.speech.of([]byte("en")); at < len(w.byTongue) {
		w.tongue = at
	}
	return w
}

// read words a concept that has these terms.
func (w *wording) read(terms []term) {
	w.terms, w.display, w.definition, w.designations = terms, nil, nil, w.designations[:0]
	w.name()
	for l := range w.byTongue {
		if l == w.tongue {
			w.speak(l)
		}
	}
	for l := range w.byTongue {
		if l != w.tongue {
			w.speak(l)
		}
	}
}

// name picks display and definition: what the best dialect prefers, then the next; what no
// dialect prefers comes last, in the language of displays if it can be.
func (w *wording) name() {
	best, bestDefinition := 1<<30, 1<<30
	for i := range w.terms {
		t := &w.terms[i]
		rank := w.rank(t)
		switch w.use(t) {
		case textDefinition:
			if rank < bestDefinition {
				w.definition, bestDefinition = t, rank
			}
			continue
		case specifiedName:
			rank += 1 << 20
		}
		if rank < best {
			w.display, best = t, rank
		}
	}
}

// rank is smaller for what is better as a display.
func (w *wording) rank(t *term) int {
	const unmarked = 1 << 10
	best := 2 * unmarked
	if int(t.language) == w.tongue {
		best = unmarked
	}
	for i, d := range w.order {
		switch t.mark(d) {
		case markPreferred:
			return min(best, 2*i)
		case markAcceptable:
			best = min(best, 2*len(w.order)+i)
		}
	}
	return best
}

func (w *wording) use(t *term) uint64 { return w.r.uses.list[t.use] }

// passes are the order of designations: what is preferred first, so that readers of a language
// or dialect find it before other terms; fully specified names and other sorts last.
var passes = []struct {
	mark  uint64
	other bool // than synonyms
}{{markPreferred, false}, {markAcceptable, false}, {0, false}, {markPreferred, true}, {markAcceptable, true}, {0, true}}

// speak adds the designations in one language. Where dialects do not agree on the terms of a
// concept, each gets its own.
func (w *wording) speak(language int) {
	dialects, agreed := w.byTongue[language], w.agree(language)
	for _, pass := range passes {
		for d := -1; d < len(dialects); d++ {
			for i := range w.terms {
				t := &w.terms[i]
				if int(t.language) != language || w.use(t) == textDefinition || (w.use(t) != synonym) != pass.other {
					continue
				}
				common := agreed || w.alike(t) && pass.mark != markPreferred
				switch {
				case d < 0 && common && (len(dialects) == 0 && pass.mark == 0 || len(dialects) > 0 && t.mark(dialects[0]) == pass.mark):
					w.add(t, -1)
				case d >= 0 && !common && pass.mark > 0 && t.mark(dialects[d]) == pass.mark:
					w.add(t, dialects[d])
				}
			}
		}
	}
}

// add adds a designation, unless it says no more than the display.
func (w *wording) add(t *term, dialect int) {
	if t == w.display && dialect < 0 && int(t.language) == w.tongue && w.use(t) == synonym {
		return
	}
	w.designations = append(w.designations, designation{t, dialect})
}

// agree tells whether all dialects of a language use all terms of the concept alike.
func (w *wording) agree(language int) bool {
	for i := range w.terms {
		if t := &w.terms[i]; int(t.language) == language && w.use(t) != textDefinition && !w.alike(t) {
			return false
		}
	}
	return true
}

// alike tells whether all dialects of the language of a term use it alike.
func (w *wording) alike(t *term) bool {
	dialects := w.byTongue[t.language]
	for _, d := range dialects {
		if t.mark(d) != t.mark(dialects[0]) {
			return false
		}
	}
	return true
}
