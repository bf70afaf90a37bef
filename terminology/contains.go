package terminology

import (
	"context"
	"runtime"
)

// Contains tells whether a code of a system is in a value set, given as canonical. It fails
// with NotFound if the value set is not known. Importers and registries check codes with it.
func (s *Service) Contains(ctx context.Context, valueSet, system, code string) (in bool, err error) {
	defer s.unguard(guarding(), &err)
	v := &view{s: s, c: s.now.Load(), clearance: Cleared}
	defer v.done()
	t, err := v.target(&SetRef{URL: valueSet})
	if err != nil {
		return false, err
	}
	plan, err := v.plan(ctx, t)
	if err != nil {
		return false, err
	}
	if e := v.c.system(system, ""); e != nil {
		system = e.info.URL
	}
	_, ok := plan.Find(system, "", code)
	return ok, nil
}

// Nearest lists up to n codes of a code system whose code or texts come closest to a text
// that should have been one of them, best first. It fails with NotFound if the concepts of
// the code system are not here.
func (s *Service) Nearest(_ context.Context, system, text string, n int) (out []Coding, err error) {
	defer s.unguard(guarding(), &err)
	c := s.now.Load()
	defer runtime.KeepAlive(c)
	e, err := c.usable(split(system, ""))
	if err != nil {
		return nil, err
	}
	for _, k := range e.set.Nearest(text, n) {
		out = append(out, Coding{System: e.info.URL, Version: e.info.Version,
			Code: string(e.set.Code(k)), Display: string(e.set.Display(k))})
	}
	return out, nil
}
