package terminology

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"masjala/fhir"
)

// mapping is a ConceptMap taken apart (https://hl7.org/fhir/R4/conceptmap.html).
type mapping struct {
	groups []mapGroup
}

type mapGroup struct {
	source, sourceVersion string
	target, targetVersion string
	from                  map[string][]int // code → elements
	back                  map[string][]int // target code → elements
	elements              []mapElement
	unmapped              *unmapped
}

type mapElement struct {
	code, display string
	targets       []mapTarget
}

type mapTarget struct {
	code, display, equivalence, comment string
	dependsOn, product                  []mapOther
}

// mapOther is a dependency or a product: a value of another element.
type mapOther struct{ property, system, value, display string }

// unmapped says what becomes of codes that have no element.
type unmapped struct{ mode, code, display, url string }

// equivalences are the codes of R4 (http://hl7.org/fhir/concept-map-equivalence).
var equivalences = []string{"relatedto", "equivalent", "equal", "wider", "subsumes", "narrower", "specializes", "inexact", "unmatched", "disjoint"}

// parseMapping reads the body of a ConceptMap. It fails with Unprocessable for an
// equivalence that R4 does not know and an unmapped without what its mode needs.
func parseMapping(body []byte) (*mapping, error) {
	m := &mapping{}
	var err error
	gjson.GetBytes(body, "group").ForEach(func(_, g gjson.Result) bool {
		var group mapGroup
		if group, err = parseGroup(g); err != nil {
			return false
		}
		m.groups = append(m.groups, group)
		return true
	})
	return m, err
}

func parseGroup(g gjson.Result) (mapGroup, error) {
	text := func(v gjson.Result, path string) string { return strings.Clone(v.Get(path).String()) }
	out := mapGroup{
		source: text(g, "source"), sourceVersion: text(g, "sourceVersion"),
		target: text(g, "target"), targetVersion: text(g, "targetVersion"),
		from: map[string][]int{}, back: map[string][]int{},
	}
	var err error
	g.Get("element").ForEach(func(_, e gjson.Result) bool {
		element := mapElement{code: text(e, "code"), display: text(e, "display")}
		at := len(out.elements)
		e.Get("target").ForEach(func(_, t gjson.Result) bool {
			target := mapTarget{
				code: text(t, "code"), display: text(t, "display"),
				equivalence: text(t, "equivalence"), comment: text(t, "comment"),
				dependsOn: parseOthers(t.Get("dependsOn")), product: parseOthers(t.Get("product")),
			}
			if !slices.Contains(equivalences, target.equivalence) {
				err = fhir.Errorf(fhir.Unprocessable, "%q is not an equivalence of R4; use one of %s.", target.equivalence, strings.Join(equivalences, ", ")).At("ConceptMap.group.element.target.equivalence")
			}
			element.targets = append(element.targets, target)
			if list := out.back[target.code]; target.code != "" && (len(list) == 0 || list[len(list)-1] != at) {
				out.back[target.code] = append(list, at)
			}
			return err == nil
		})
		out.from[element.code] = append(out.from[element.code], at)
		out.elements = append(out.elements, element)
		return err == nil
	})
	if u := g.Get("unmapped"); u.Exists() && err == nil {
		out.unmapped = &unmapped{text(u, "mode"), text(u, "code"), text(u, "display"), text(u, "url")}
		err = out.unmapped.check()
	}
	return out, err
}

func (u *unmapped) check() error {
	const path = "ConceptMap.group.unmapped"
	switch {
	case u.mode == "provided":
	case u.mode == "fixed" && u.code == "":
		return fhir.Errorf(fhir.Unprocessable, "An unmapped of mode \"fixed\" needs the code to use.").At(path + ".code")
	case u.mode == "other-map" && u.url == "":
		return fhir.Errorf(fhir.Unprocessable, "An unmapped of mode \"other-map\" needs the url of the other map.").At(path + ".url")
	case u.mode != "fixed" && u.mode != "other-map":
		return fhir.Errorf(fhir.Unprocessable, "%q is not a mode of unmapped; use provided, fixed or other-map.", u.mode).At(path + ".mode")
	}
	return nil
}

func parseOthers(list gjson.Result) []mapOther {
	var out []mapOther
	list.ForEach(func(_, o gjson.Result) bool {
		out = append(out, mapOther{
			property: strings.Clone(o.Get("property").String()), system: strings.Clone(o.Get("system").String()),
			value: strings.Clone(o.Get("value").String()), display: strings.Clone(o.Get("display").String()),
		})
		return true
	})
	return out
}
