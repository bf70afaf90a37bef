package compose

import (
	"slices"
	"strings"
	"sync"

	"masjala/terminology/concept"
)

// mostSelections is how many expressions are kept for a code system.
const mostSelections = 16

// Selections keeps what the last expression constraints selected of a set of concepts: the
// pages of an expansion, and checks of one code after the other, evaluate an expression once.
// Nil keeps nothing. It is safe for concurrent use.
type Selections struct {
	set  *concept.Set
	mu   sync.Mutex
	kept []selection // the last used at the end
}

type selection struct {
	expression string
	bits       *concept.Bits
}

// NewSelections makes an empty one for a set.
func NewSelections(set *concept.Set) *Selections { return &Selections{set: set} }

// of returns what an expression selects of a set, not to be changed; nil if that is not kept.
func (s *Selections) of(set *concept.Set, expression string) *concept.Bits {
	if s == nil || s.set != set {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.kept, func(x selection) bool { return x.expression == expression })
	if i < 0 {
		return nil
	}
	x := s.kept[i]
	s.kept = append(slices.Delete(s.kept, i, i+1), x)
	return x.bits
}

// keep notes what an expression selects of a set, in the place of what was not used longest.
func (s *Selections) keep(set *concept.Set, expression string, bits *concept.Bits) {
	if s == nil || s.set != set {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.ContainsFunc(s.kept, func(x selection) bool { return x.expression == expression }) {
		return // another request was faster
	}
	if len(s.kept) == mostSelections {
		s.kept = slices.Delete(s.kept, 0, 1)
	}
	s.kept = append(s.kept, selection{strings.Clone(expression), bits})
}
