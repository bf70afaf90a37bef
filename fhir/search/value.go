package search

import (
	"errors"
	"slices"
	"strings"

	"masjala/fhir"
)

// value reads one value for a condition's parameter and modifier; typ is the type named
// by a modifier. It returns what is wrong, if anything.
func (r *reader) value(c *Condition, s, typ string) (Value, string) {
	switch c.Modifier {
	case Text:
		return Value{Text: cut(Fold(unescape(s)))}, ""
	case Identifier:
		return tokenValue(s)
	case OfType:
		return ofTypeValue(s)
	case In, NotIn:
		return r.setValue(unescape(s))
	case Above, Below:
		if c.Param.Kind == Token {
			return c.Param.kinValue(s)
		}
	}
	switch c.Param.Kind {
	case Token:
		return c.Param.tokenValue(s)
	case String:
		return c.Param.textValue(c.Modifier, unescape(s)), ""
	case Reference:
		return r.referenceValue(c.Param, unescape(s), typ)
	case Date:
		return r.dateValue(unescape(s))
	case URI:
		return Value{Text: unescape(s)}, ""
	case Number, Quantity:
		return quantityValue(s)
	case Composite:
		if c.Param.element == qualificationElement {
			vs, why := r.qualificationValues(c.Param, s)
			if len(vs) != 1 && why == "" {
				why = "write the two comparisons gt and eq, or lt and eq, joined by or"
			}
			return append(vs, Value{})[0], why
		}
		return c.Param.pairValue(s)
	}
	if c.Param.element == boundaryElement {
		return pointValue(s)
	}
	return place(s)
}

func (p *Parameter) textValue(m Modifier, s string) Value {
	if m == Exact {
		return Value{Text: head(s)}
	}
	if p.phonetic() {
		return Value{Text: Phonetic(s)}
	}
	return Value{Text: cut(Fold(s))}
}

// tokenValue reads code, system|code, |code and system| (https://hl7.org/fhir/R4/search.html#token).
func tokenValue(s string) (Value, string) {
	parts := splitUnescaped(s, '|')
	switch {
	case len(parts) == 1:
		return Value{Code: unescape(s)}, ""
	case len(parts) > 2:
		return Value{}, "write code, system|code, |code or system|; a | within a code is written \\|"
	}
	v := Value{System: unescape(parts[0]), Code: unescape(parts[1]), HasSystem: true}
	if v.System == "" && v.Code == "" {
		return Value{}, "a | alone says neither system nor code"
	}
	return v, ""
}

func (p *Parameter) tokenValue(s string) (Value, string) {
	v, why := tokenValue(s)
	if why != "" {
		return v, why
	}
	switch p.element {
	case booleanElement:
		if v.Code != "true" && v.Code != "false" {
			return v, "it is either true or false, not " + clip(s)
		}
	case contactElement:
		v.Code = contact(v.Code)
	case conceptElement:
		if p.Name == "type" {
			v.System, v.Code, v.HasSystem = current(v.System, v.Code, v.HasSystem)
		}
	}
	if v.HasSystem && p.system != "" && v.System == p.system {
		v.System = "" // the rows of codes carry no system
	}
	return v, ""
}

// ofTypeValue reads system|code|value of identifier:of-type.
func ofTypeValue(s string) (Value, string) {
	parts := splitUnescaped(s, '|')
	if len(parts) != 3 || parts[1] == "" || parts[2] == "" {
		return Value{}, "write the system and code of the identifier's type, then its value: system|code|value"
	}
	return Value{System: unescape(parts[0]), HasSystem: true, Code: unescape(parts[1]) + "|" + unescape(parts[2])}, ""
}

func (r *reader) dateValue(s string) (Value, string) {
	v := Value{}
	var err error
	v.Prefix, s = prefixed(s)
	if v.Low, v.High, err = span(s); err != nil {
		return v, strings.TrimSuffix(shown(err), ".")
	}
	if v.Prefix == Ap {
		v.Low, v.High = widen(v.Low, v.High, r.req.Now)
	}
	return v, ""
}

// quantityValue reads [prefix]number[|system|unit].
func quantityValue(s string) (Value, string) {
	parts := splitUnescaped(s, '|')
	if len(parts) != 1 && len(parts) != 3 {
		return Value{}, "write number or number|system|unit"
	}
	var v Value
	var err error
	v.Prefix, parts[0] = prefixed(parts[0])
	if v.Num, v.NumLow, v.NumHigh, err = fhir.DecimalRange(parts[0]); err != nil {
		return v, strings.TrimSuffix(shown(err), ".")
	}
	if v.Prefix == Ap {
		tenth := max(v.Num, -v.Num) / 10
		v.NumLow, v.NumHigh = min(v.NumLow, v.Num-tenth), max(v.NumHigh, v.Num+tenth)
	}
	if len(parts) == 3 {
		v.System, v.Code = unescape(parts[1]), unescape(parts[2])
		v.HasSystem = v.System != ""
	}
	return v, ""
}

// referenceValue reads id, Type/id, an absolute address of this server or another one,
// each perhaps with a version, or a canonical (https://hl7.org/fhir/R4/search.html#reference).
func (r *reader) referenceValue(p *Parameter, s, typ string) (Value, string) {
	if p.element == canonicalElement {
		return canonicalValue(s), ""
	}
	if base := strings.TrimRight(r.req.Base, "/"); base != "" {
		s = strings.TrimPrefix(s, base+"/")
	}
	if strings.Contains(s, ":") {
		v := Value{}
		v.RefURL, v.Text = cutVersion(s)
		return v, ""
	}
	path, version := cutVersion(s)
	named, id, slash := strings.Cut(path, "/")
	if !slash {
		named, id = typ, path
		if named == "" && len(p.Targets) == 1 {
			named = p.Targets[0]
		}
	}
	if !fhir.ValidID(id) {
		return Value{}, clip(s) + " is not a reference; write id, Type/id or an absolute address"
	}
	if slash && !slices.Contains(p.Targets, named) || typ != "" && named != typ {
		return Value{}, "it refers to " + strings.Join(p.Targets, " or ") + ", not to " + clip(named)
	}
	return Value{RefType: named, RefID: id, Text: version}, ""
}

func canonicalValue(s string) Value {
	url, version, _ := strings.Cut(s, "|")
	return Value{RefURL: url, Text: version}
}

// cutVersion splits /_history/n off an address.
func cutVersion(s string) (path, version string) {
	path, version, _ = strings.Cut(s, "/_history/")
	return path, version
}

// shown is the text of an error that may be shown.
func shown(err error) string {
	if e, ok := errors.AsType[*fhir.Error](err); ok {
		return e.Text
	}
	return "it cannot be read"
}
