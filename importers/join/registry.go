package join

import (
	"context"
	"strings"
	"time"

	facilitymatch "masjala/facility/match"
	"masjala/fhir"
	"masjala/internal/linkage"
	"masjala/store"
	workermatch "masjala/workforce/match"
)

// mostStored is how many resources doubles are looked for among.
const mostStored = 200_000

// Registry finds the doubles among the facilities or the workers that are stored. It fails
// with TooCostly when there are more than 200,000, and with Invalid for an unknown kind.
func Registry(ctx context.Context, s store.Store, kind string) (*Report, error) {
	started := time.Now()
	var all []*fhir.Resource
	var pairs []linkage.Pair
	var err error
	switch kind {
	case "", "facilities":
		kind = "facilities"
		all, pairs, err = facilitymatch.RegistryTwins(ctx, s, mostStored)
	case "workers":
		all, pairs, err = workermatch.RegistryTwins(ctx, s, mostStored)
	default:
		err = fhir.Errorf(fhir.Invalid, "there are no registries of the kind %q; there are facilities and workers", kind)
	}
	if err != nil {
		return nil, err
	}
	report := &Report{Kind: kind, A: Info{Rows: len(all)}, Pairs: []Pair{}}
	for i := range pairs {
		report.add(&pairs[i], stored(all[pairs[i].A]), stored(all[pairs[i].B]))
	}
	report.Seconds = time.Since(started).Seconds()
	return report, nil
}

// stored is a resource as a side of a pair.
func stored(r *fhir.Resource) Side {
	name := r.Field("name").Str
	if r.Type == "Practitioner" {
		name = strings.Join(workermatch.FromResource(r).Names[:min(1, len(r.Field("name").Array()))], "")
	}
	return Side{Ref: r.Ref(), Name: name}
}
