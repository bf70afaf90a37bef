package compose

import "masjala/terminology/concept"

// supplemented finds members by the texts that supplements have for them, of those that f
// is within and that are not among the hits of the code system itself.
func (x *part) supplemented(f concept.Search, hits *concept.Hits) []finding {
	set := x.sys.Set
	known := hits.Numbers()
	var found []finding
	for _, s := range x.sys.Supplements {
		number := func(k uint32) (uint32, bool) { return set.Find(string(s.Set.Code(k))) }
		all := s.Set.Search(&concept.Search{Query: f.Query, Reach: f.Reach})
		more := concept.NewBits(s.Set.Len())
		for k := range all.Numbers().All {
			n, ok := number(k)
			if ok && f.Within.Has(n) && !known.Has(n) && !(f.ActiveOnly && set.Inactive(n)) && !(f.ForUI && set.Abstract(n)) {
				known.Add(n)
				more.Add(k)
			}
		}
		all.Release()
		found = append(found, finding{
			s.Set.Search(&concept.Search{Query: f.Query, Reach: f.Reach, Within: more}),
			func(k uint32) Member {
				n, _ := number(k)
				return x.numbered(n)
			},
		})
	}
	return found
}
