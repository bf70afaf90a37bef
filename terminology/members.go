package terminology

import (
	"context"

	"masjala/terminology/compose"
)

// Members calls yield with the system and code of up to limit members of a value set, in
// its order; inactive and abstract ones too. It fails as Expand does, but never because
// there are too many.
func (s *Service) Members(ctx context.Context, ref SetRef, limit int, yield func(system, code string)) (err error) {
	defer s.unguard(guarding(), &err)
	c, err := s.at("")
	if err != nil {
		return err
	}
	v := &view{s: s, c: c, clearance: Cleared}
	defer v.done()
	t, err := v.target(&ref)
	if err != nil {
		return err
	}
	plan, err := v.plan(ctx, t)
	if err != nil {
		return err
	}
	_, err = plan.List(ctx, compose.Selection{Count: limit}, func(m compose.Member) { yield(m.System.URL, m.Code()) })
	return err
}
