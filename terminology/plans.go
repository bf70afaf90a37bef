package terminology

import (
	"slices"
	"sync"

	"masjala/terminology/compose"
)

// maxPlans is how many compiled value sets are kept.
const maxPlans = 1000

// plans keeps compiled value sets by the key of their entry.
type plans struct {
	mu   sync.RWMutex
	kept map[string]*compose.Plan
}

func newPlans() *plans { return &plans{kept: map[string]*compose.Plan{}} }

func (p *plans) get(key string) *compose.Plan {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.kept[key]
}

// put keeps a plan, in the place of any other when there are many.
func (p *plans) put(key string, plan *compose.Plan) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.kept) >= maxPlans {
		for other := range p.kept {
			delete(p.kept, other)
			break
		}
	}
	p.kept[key] = plan
}

// without returns the plans that need none of some addresses.
func (p *plans) without(touched map[string]bool) *plans {
	p.mu.RLock()
	defer p.mu.RUnlock()
	n := newPlans()
	for key, plan := range p.kept {
		if !slices.ContainsFunc(plan.Needs, func(url string) bool { return touched[url] }) {
			n.kept[key] = plan
		}
	}
	return n
}
