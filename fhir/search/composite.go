package search

// Composite parameters (https://hl7.org/fhir/R4/search.html#composite) ask that one element
// has both values of a pair a$b. Their index rows hold the pair, once for each way in which
// it can be asked for, so that a search is a look-up like any other.

// composite makes a parameter on pairs of a usage context's code and value.
func composite(name string, rows Kind) *Parameter {
	return &Parameter{Name: name, Kind: Composite, Path: []string{"useContext"}, element: contextElement, rows: rows}
}

// Kept returns the kind of the parameter's index rows, which differs from Kind for Composite.
func (p *Parameter) Kept() Kind {
	if p.Kind == Composite {
		return p.rows
	}
	return p.Kind
}

// form returns how a pair keeps a wanted coding: code, system|code, |code or system|.
func (v *Value) form() string { return form(v.System, v.Code, v.HasSystem) }

func form(system, code string, hasSystem bool) string {
	switch {
	case !hasSystem:
		return Escape(code)
	case code == "":
		return Escape(system) + "|"
	}
	return Escape(system) + "|" + Escape(code)
}

// forms lists how a coding of a resource can be asked for.
func forms(system, code string) []string {
	var list []string
	if code != "" {
		list = append(list, form(system, code, true), form("", code, false))
	}
	if system != "" {
		list = append(list, form(system, "", true))
	}
	return list
}

// pairValue reads code$value.
func (p *Parameter) pairValue(s string) (Value, string) {
	parts := splitUnescaped(s, '$')
	if len(parts) != 2 || parts[0] == "" || parts[1] == "" {
		return Value{}, "write the code of the context and its value with a $ between them: code$value; a $ within a value is written \\$"
	}
	first, why := tokenValue(parts[0])
	if why != "" {
		return Value{}, why
	}
	if p.rows == Token {
		second, why := tokenValue(parts[1])
		return Value{Code: first.form() + "$" + second.form(), HasSystem: true}, why
	}
	v, why := quantityValue(parts[1])
	unit := ""
	if v.Code != "" || v.HasSystem {
		unit = form(v.System, v.Code, v.HasSystem)
	}
	v.System, v.Code, v.HasSystem = first.form()+"$"+unit, "", true
	return v, why
}

// context makes the rows of the UsageContext at i.
func (x *extractor) context(p *Parameter, i int) {
	codes, values := extractor{s: x.s}, extractor{s: x.s}
	part := &Parameter{Name: p.Name, Kind: p.rows, element: conceptElement}
	if p.rows == Quantity {
		part.element = quantityElement
	}
	members(x.s, i, func(name string, at int) int {
		switch name {
		case "code":
			codes.leaf(&Parameter{Name: p.Name, Kind: Token, element: codingElement}, at)
		case "valueCodeableConcept":
			if p.rows == Token {
				values.leaf(part, at)
			}
		case "valueQuantity", "valueRange":
			if p.rows == Quantity {
				values.leaf(part, at)
			}
		}
		return skip(x.s, at)
	})
	x.pairs(p, codes.entries, values.entries)
}

// pairs makes the rows of the codes of a context with its values.
func (x *extractor) pairs(p *Parameter, codes, values []Entry) {
	for _, c := range codes {
		if c.Kind != Token {
			continue
		}
		for _, first := range forms(c.System, c.Code) {
			for _, v := range values {
				if v.Kind == p.rows {
					x.pair(p, first, v)
				}
			}
		}
	}
}

// pair makes the rows of one value under one form of its code.
func (x *extractor) pair(p *Parameter, first string, v Entry) {
	seconds := forms(v.System, v.Code)
	if p.rows == Quantity {
		seconds = append(seconds, "") // without a unit
	}
	for _, second := range seconds {
		e := v
		e.System, e.Code = "", first+"$"+second
		if p.rows == Quantity {
			e.System, e.Code = e.Code, ""
		}
		x.add(e)
	}
}
