package compose

import (
	"fmt"

	"github.com/tidwall/gjson"

	"masjala/fhir"
)

// Extensions that change what a value set means.
const (
	extSupplement = "http://hl7.org/fhir/StructureDefinition/valueset-supplement"
	extParameter  = "http://hl7.org/fhir/StructureDefinition/valueset-expansion-parameter"
	extParameter2 = "http://hl7.org/fhir/tools/StructureDefinition/valueset-expansion-parameter"
	extStanding   = "http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status"
	extDeprecated = "http://hl7.org/fhir/StructureDefinition/valueset-deprecated"
)

// value returns value[x] of an extension as text.
func value(ext gjson.Result) string {
	out := ""
	ext.ForEach(func(key, v gjson.Result) bool {
		if len(key.Str) > 5 && key.Str[:5] == "value" {
			out = text(v)
		}
		return true
	})
	return out
}

// extensions takes what extensions of a value set and of its compose say, and the value
// sets that it contains.
func (d *Definition) extensions(top, compose gjson.Result) {
	for _, list := range []gjson.Result{top.Get("extension"), compose.Get("extension")} {
		list.ForEach(func(_, ext gjson.Result) bool {
			switch ext.Get("url").Str {
			case extSupplement:
				d.Supplements = append(d.Supplements, value(ext))
			case extParameter, extParameter2:
				name := value(ext.Get(`extension.#(url=="name")`))
				if d.Parameters == nil {
					d.Parameters = map[string]string{}
				}
				d.Parameters[name] = value(ext.Get(`extension.#(url=="value")`))
			}
			return true
		})
	}
	top.Get("contained").ForEach(func(_, c gjson.Result) bool {
		if c.Get("resourceType").Str != "ValueSet" {
			return true
		}
		if inner, err := ParseDefinition([]byte(c.Raw)); err == nil {
			if d.Contained == nil {
				d.Contained = map[string]*Definition{}
			}
			d.Contained[c.Get("id").Str] = inner
		}
		return true
	})
}

// op is the operator of a filter; R4 writes those of later releases as an extension.
func op(f gjson.Result) string {
	if v := f.Get("op"); v.Exists() {
		return text(v)
	}
	return value(f.Get("_op.extension.0"))
}

// standing tells that a value set lists a code that should no longer be used.
func standing(list gjson.Result) string {
	out := ""
	list.ForEach(func(_, ext gjson.Result) bool {
		switch v := value(ext); {
		case ext.Get("url").Str == extStanding && (v == "deprecated" || v == "withdrawn"):
			out = v
		case ext.Get("url").Str == extDeprecated && v == "true" && out == "":
			out = "deprecated"
		}
		return true
	})
	return out
}

// CheckFilters fails with Invalid for the first filter of the includes and excludes that has no value.
func (d *Definition) CheckFilters() error {
	for role, all := range [...][]Include{d.Include, d.Exclude} {
		list := [...]string{"include", "exclude"}[role]
		for i := range all {
			if err := all[i].CheckFilters(list, i); err != nil {
				return err
			}
		}
	}
	return nil
}

// CheckFilters fails with Invalid for a filter that has no value; the include is the n-th of
// its list, include or exclude.
func (in *Include) CheckFilters(list string, n int) error {
	for i, f := range in.Filters {
		if f.Value == "" {
			return fhir.Errorf(fhir.Invalid, "The system %s filter with property = %s, op = %s has no value", in.System, f.Property, f.Op).
				At(fmt.Sprintf("ValueSet.compose.%s[%d].filter[%d]", list, n, i)).Detailed("vs-invalid")
		}
	}
	return nil
}
