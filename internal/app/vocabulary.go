package app

import (
	"context"

	"github.com/tidwall/gjson"

	"masjala/importers"
	"masjala/terminology"
)

// vocabulary shows the terminology service to the importers.
type vocabulary struct{ t *terminology.Service }

// Contains tells whether a value set has a code, and gives it with its display. Without a
// system, the code may be of any that the value set draws from.
func (c vocabulary) Contains(ctx context.Context, valueSet, system, code string) (importers.Coding, bool, error) {
	v, err := c.t.ValidateInSet(ctx, terminology.ValidateInSetRequest{
		SetRef: terminology.SetRef{URL: valueSet}, System: system, Code: code, Infer: system == "",
	})
	if err != nil || !v.Result {
		return importers.Coding{}, false, err
	}
	return importers.Coding{System: v.System, Code: v.Code, Display: v.Display}, true, nil
}

// Members lists up to limit codings of a value set whose display has the words of filter.
func (c vocabulary) Members(ctx context.Context, valueSet, filter string, limit int) ([]importers.Coding, error) {
	x, err := c.t.Expand(ctx, terminology.ExpandRequest{SetRef: terminology.SetRef{URL: valueSet}, Filter: filter, Count: &limit})
	if err != nil {
		return nil, err
	}
	var list []importers.Coding
	gjson.GetBytes(x.JSON(), "expansion.contains").ForEach(func(_, m gjson.Result) bool {
		list = append(list, importers.Coding{
			System: m.Get("system").String(), Code: m.Get("code").String(), Display: m.Get("display").String(),
		})
		return true
	})
	return list, nil
}
