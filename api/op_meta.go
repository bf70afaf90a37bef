package api

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
)

// metaOperations are the operations on the profiles, tags and security labels of a resource
// (https://hl7.org/fhir/R4/resource-operations.html).
func (s *Server) metaOperations() []Operation {
	definition := definitionBase + "Resource-meta"
	return []Operation{
		{Name: "meta", Definition: definition, Types: s.types, Level: AtInstance | AtType | AtSystem, Run: s.showMeta},
		{Name: "meta-add", Definition: definition + "-add", Types: s.types, Level: AtInstance, Changes: true, Run: s.changeMeta(addLabels)},
		{Name: "meta-delete", Definition: definition + "-delete", Types: s.types, Level: AtInstance, Changes: true, Run: s.changeMeta(removeLabels)},
	}
}

// showMeta answers $meta of a resource, of a type and of the server.
func (s *Server) showMeta(ctx context.Context, call *Call) (Answer, error) {
	if call.ID == "" {
		return s.showAllMeta(ctx, call.Type)
	}
	r, err := s.opt.Store.Read(ctx, call.Type, call.ID)
	if err != nil {
		return Answer{}, err
	}
	return metaAnswer(r), nil
}

// metaAnswer returns the meta of a resource as Parameters.
func metaAnswer(r *fhir.Resource) Answer {
	bare := fhir.Resource{Type: r.Type, ID: r.ID, Version: r.Version, Updated: r.Updated, Meta: r.Meta, Body: []byte("{}")}
	b := []byte(`{"resourceType":"Parameters","parameter":[{"name":"return","valueMeta":`)
	b = append(b, gjson.GetBytes(bare.JSON(), "meta").Raw...)
	return Answer{Body: append(b, `}]}`...), Status: http.StatusOK}
}

// changeMeta makes the operation that changes the lists of a resource's meta. Only a change
// makes a version.
func (s *Server) changeMeta(change func(have, sent []gjson.Result) []gjson.Result) func(context.Context, *Call) (Answer, error) {
	return func(ctx context.Context, call *Call) (Answer, error) {
		sent, err := sentMeta(call)
		if err != nil {
			return Answer{}, err
		}
		for range attempts {
			r, err := s.opt.Store.Read(ctx, call.Type, call.ID)
			if err != nil {
				return Answer{}, err
			}
			next := *r
			if next.Meta = relabel(r.Meta, sent, change); string(next.Meta) == string(r.Meta) {
				return metaAnswer(r), nil
			}
			stored, err := s.putMeta(ctx, call, &next)
			if errors.Is(err, errMoved) {
				continue
			}
			if err != nil {
				return Answer{}, err
			}
			return metaAnswer(stored), nil
		}
		return Answer{}, fhir.Errorf(fhir.Conflict, "Others keep changing %s/%s. Try again.", call.Type, call.ID)
	}
}

// putMeta stores the next version of a resource, unless another one came before; then it
// fails with errMoved.
func (s *Server) putMeta(ctx context.Context, call *Call, next *fhir.Resource) (stored *fhir.Resource, err error) {
	d, err := s.opt.Registries.Prepare(ctx, next)
	if err != nil {
		return nil, err
	}
	search.Localize(call.Type, d.Entries, call.Base)
	err = s.opt.Store.Write(ctx, store.Cause{Actor: call.Actor, Reason: "labels changed"}, func(tx store.Tx) error {
		now, err := tx.Read(call.Type, call.ID)
		if err != nil {
			return err
		}
		if now.Version != next.Version {
			return errMoved
		}
		stored, err = s.opt.Registries.Put(ctx, tx, d, http.MethodPut)
		return err
	})
	return stored, err
}

// sentMeta returns the Meta that an operation was sent.
func sentMeta(call *Call) (gjson.Result, error) {
	if call.Body == nil || call.Body.Type != "Parameters" {
		return gjson.Result{}, fhir.Errorf(fhir.Invalid, "Send a Parameters resource with a parameter meta that has a valueMeta.")
	}
	sent := call.Body.Field(`parameter.#(name=="meta").valueMeta`)
	if !sent.IsObject() {
		return gjson.Result{}, fhir.Errorf(fhir.Invalid, "The Parameters have no parameter meta with a valueMeta.").At("Parameters.parameter")
	}
	return sent, nil
}

// labelLists are the members of Meta that the operations change.
var labelLists = []string{"profile", "security", "tag"}

// relabel returns meta with its lists changed by those that were sent; nil when nothing is left.
func relabel(meta []byte, sent gjson.Result, change func(have, sent []gjson.Result) []gjson.Result) []byte {
	out := []byte("{")
	member := func(name, raw string) {
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(fhir.AppendString(out, name), ':')
		out = append(out, raw...)
	}
	have := gjson.ParseBytes(meta)
	have.ForEach(func(name, value gjson.Result) bool {
		if !slices.Contains(labelLists, name.Str) {
			member(name.Str, value.Raw)
		}
		return true
	})
	for _, name := range labelLists {
		list := change(have.Get(name).Array(), sent.Get(name).Array())
		raw := []byte("[")
		for i := range list {
			if i > 0 {
				raw = append(raw, ',')
			}
			raw = append(raw, list[i].Raw...)
		}
		if len(list) > 0 {
			member(name, string(append(raw, ']')))
		}
	}
	if len(out) == 1 {
		return nil
	}
	return append(out, '}')
}

// addLabels appends what is not there yet.
func addLabels(have, sent []gjson.Result) []gjson.Result {
	list := append([]gjson.Result(nil), have...)
	for _, s := range sent {
		if !labelled(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// removeLabels leaves out what was sent.
func removeLabels(have, sent []gjson.Result) []gjson.Result {
	var list []gjson.Result
	for _, h := range have {
		if !labelled(sent, h) {
			list = append(list, h)
		}
	}
	return list
}

// labelled tells whether a list has a profile, or a coding of the same system and code.
func labelled(list []gjson.Result, label gjson.Result) bool {
	for _, l := range list {
		if l.Type == gjson.String && l.Str == label.Str ||
			l.IsObject() && l.Get("system").String() == label.Get("system").String() && l.Get("code").String() == label.Get("code").String() {
			return true
		}
	}
	return false
}
