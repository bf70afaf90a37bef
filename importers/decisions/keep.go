package decisions

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"masjala/fhir"
	"masjala/importers"
	"masjala/store"
)

// Kept is what came of keeping decisions.
type Kept struct {
	Values      []Value    `json:"values"` // with systems, codes and displays as they are stored
	Twins       []Twin     `json:"twins"`
	Conflicts   []Conflict `json:"conflicts"`
	ConceptMaps []string   `json:"conceptMaps"` // URLs of those that hold the values
	Aliases     int        `json:"aliases"`     // areas that got another name
}

// Keep stores decisions in one transaction; they replace earlier ones on the same spelling or
// pair. Codes and areas may be given by their name. It fails with Invalid, and stores none,
// when a decision says too little or names a code or area that there is not.
func Keep(ctx context.Context, env importers.Env, by store.Cause, set Set) (*Kept, error) {
	k := &keeper{env: env, maps: map[string]*values{}, base: map[string]int64{}, out: &Kept{Values: []Value{}, Twins: []Twin{}, Conflicts: append([]Conflict{}, set.Conflicts...), ConceptMaps: []string{}}}
	for _, v := range set.Values {
		if err := k.value(ctx, v); err != nil {
			return nil, err
		}
	}
	for _, t := range set.Twins {
		if err := k.twin(ctx, t); err != nil {
			return nil, err
		}
	}
	for i := range set.Conflicts {
		if err := set.Conflicts[i].check(); err != nil {
			return nil, err
		}
	}
	drafts, err := k.drafts(ctx)
	if err != nil {
		return nil, err
	}
	err = env.Store.Write(ctx, by, func(tx store.Tx) error {
		for _, d := range drafts {
			if err := k.unchanged(tx, d.Resource); err != nil {
				return err
			}
			if _, err := env.Registries.Put(ctx, tx, d, "PUT"); err != nil {
				return err
			}
		}
		for _, m := range k.maps {
			if err := tx.SetValue(space, m.key(), []byte(m.id())); err != nil {
				return err
			}
		}
		for _, c := range set.Conflicts {
			if err := importers.Settle(tx, c.Kind, &importers.Dispute{Key: c.Key, Field: c.Field, State: c.State, Decision: c.Choice}); err != nil {
				return err
			}
		}
		return k.setTwins(tx)
	})
	if err != nil {
		return nil, fmt.Errorf("keep decisions: %w", err)
	}
	return k.out, nil
}

// unchanged fails with Conflict when somebody changed or deleted a resource since it was read.
func (k *keeper) unchanged(tx store.Tx, r *fhir.Resource) error {
	version := int64(0) // of what is not there
	now, err := tx.Read(r.Type, r.ID)
	switch kd := fhir.KindOf(err); {
	case err == nil:
		version = now.Version
	case kd != fhir.NotFound && kd != fhir.Gone:
		return err
	}
	if version != k.base[r.Ref()] {
		return fhir.Errorf(fhir.Conflict, "%s was changed by someone else at the same moment; decide again", r.Ref())
	}
	return nil
}

// keeper gathers what is to be stored.
type keeper struct {
	env     importers.Env
	maps    map[string]*values // by key
	aliases []alias
	base    map[string]int64    // versions of what is changed, by reference
	runs    []*importers.Report // the last imports, once they were asked for
	coders  map[string]*importers.Coder
	out     *Kept
}

// value takes in one decision on a spelling.
func (k *keeper) value(ctx context.Context, v Value) error {
	if err := k.complete(ctx, &v); err != nil {
		return err
	}
	if err := v.check(); err != nil {
		return err
	}
	if v.Target != "area" && v.Within != "" { // " / " is part of the spelling, see ParseValue
		v.Text, v.Within = v.Within+withinMark+v.Text, ""
	}
	if !k.env.Registries.Has("ConceptMap") {
		return fhir.Errorf(fhir.Unsupported, "this server keeps no concept maps, so that decisions on values have no place")
	}
	coding, err := k.resolve(ctx, &v)
	if err != nil {
		return err
	}
	m, err := k.open(ctx, v.Kind, v.Target, importers.Slug(v.Column))
	if err != nil {
		return err
	}
	m.of[keyOf(v.Within, v.Text)] = entry{Coding: coding, text: v.Text, within: v.Within}
	v.System, v.Code, v.Display = coding.System, coding.Code, coding.Display
	k.out.Values = append(k.out.Values, v)
	return nil
}

// open returns the ConceptMap of a column, as it is stored.
func (k *keeper) open(ctx context.Context, kind, target, list string) (*values, error) {
	m := &values{kind: kind, target: target, list: list, of: map[string]entry{}}
	if have := k.maps[m.key()]; have != nil {
		return have, nil
	}
	r, err := k.env.Store.Read(ctx, "ConceptMap", m.id())
	switch kd := fhir.KindOf(err); {
	case err == nil:
		m = readValues(r, kind, target, list)
		k.base[r.Ref()] = r.Version
	case kd != fhir.NotFound && kd != fhir.Gone:
		return nil, fmt.Errorf("read decisions: %w", err)
	}
	k.maps[m.key()] = m
	return m, nil
}

// twin takes in one decision on a row.
func (k *keeper) twin(ctx context.Context, t Twin) error {
	if err := t.check(); err != nil {
		return err
	}
	typ, id, _ := strings.Cut(t.Reference, "/")
	if _, err := k.env.Store.Read(ctx, typ, id); err != nil {
		if kd := fhir.KindOf(err); kd == fhir.NotFound || kd == fhir.Gone {
			return fhir.Errorf(fhir.Invalid, "row %d cannot be the same as %s, which is not there", t.Row, t.Reference)
		}
		return err
	}
	k.out.Twins = append(k.out.Twins, t)
	return nil
}

// setTwins stores the decisions on rows. A row is the same as one resource at most.
func (k *keeper) setTwins(tx store.Tx) error {
	for _, t := range k.out.Twins {
		if t.Verdict == Same {
			if err := onlySame(tx, t); err != nil {
				return err
			}
		}
		data, err := json.Marshal(t)
		if err != nil {
			return fmt.Errorf("keep decision: %w", err)
		}
		if err := tx.SetValue(space, twinsOf(t.Kind)+t.Key+"/"+t.Reference, data); err != nil {
			return err
		}
	}
	return nil
}

// onlySame takes back that a row is the same as something else.
func onlySame(tx store.Tx, t Twin) error {
	prefix := twinsOf(t.Kind) + t.Key + "/"
	others, err := tx.Values(space, prefix, "", 1000)
	if err != nil {
		return err
	}
	for _, o := range others {
		var was Twin
		if err := json.Unmarshal(o.Data, &was); err != nil {
			return fmt.Errorf("read decision %s: %w", o.Key, err)
		}
		if was.Verdict == Same && was.Reference != t.Reference {
			if err := tx.SetValue(space, o.Key, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// drafts makes the resources that hold the decisions.
func (k *keeper) drafts(ctx context.Context) ([]*store.Draft, error) {
	var out []*store.Draft
	for _, m := range k.maps {
		r, err := m.resource()
		if err != nil {
			return nil, fmt.Errorf("keep decisions: %w", err)
		}
		d, err := k.env.Registries.Prepare(ctx, r)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
		k.out.ConceptMaps = append(k.out.ConceptMaps, URL(m.kind, m.target, m.list))
	}
	slices.Sort(k.out.ConceptMaps)
	named, err := k.named(ctx)
	return append(out, named...), err
}
