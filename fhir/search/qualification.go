package search

import (
	"strings"
)

// A health worker may have several qualifications, and conditions on code, issuer and period
// side by side may each be met by another of them. The composite parameters here ask one
// qualification for its code and one thing more (requirement HRH-7). Their rows hold the pair
// as one code in the system of the first, so that the first is asked for as any token is.

// qualified makes a parameter on the code of a qualification and its element with: its issuer,
// when the rows are tokens, or its period, which they keep as a range of milliseconds.
func qualified(name string, rows Kind, with string) *Parameter {
	return &Parameter{Name: name, Kind: Composite, Path: []string{"qualification"}, element: qualificationElement, rows: rows, with: with}
}

// issuerParameter reads what an issuer can be.
var issuerParameter = reference("issuer", "issuer", "Organization")

// qualification makes the rows of the qualification at i.
func (x *extractor) qualification(p *Parameter, i int) {
	codes, with := extractor{s: x.s}, extractor{s: x.s}
	members(x.s, i, func(name string, at int) int {
		switch name {
		case "code":
			codes.leaf(&Parameter{Name: p.Name, Kind: Token, element: conceptElement}, at)
		case p.with:
			if p.rows == Token {
				with.leaf(issuerParameter, at)
			} else {
				with.leaf(&Parameter{Name: p.Name, Kind: Date, element: periodElement}, at)
			}
		}
		return skip(x.s, at)
	})
	for _, c := range codes.entries {
		if c.Kind != Token || c.Code == "" {
			continue
		}
		for _, w := range with.entries {
			e := Entry{Param: p.Name, Kind: p.rows, System: c.System, Code: Escape(c.Code)}
			switch {
			case w.Kind == Reference && w.names() != "":
				e.Code += "$" + Escape(w.names())
			case w.Kind == Date:
				e.NumLow, e.NumHigh = float64(w.Low), float64(w.High)
			default:
				continue
			}
			x.add(e)
		}
	}
}

// names is the text of what a row of a reference points to: Type/id or an address.
func (e *Entry) names() string {
	if e.RefID != "" {
		return e.RefType + "/" + e.RefID
	}
	return e.RefURL
}

// localPair makes the issuer of a pair that is named by an address below base one of this
// server, as [Localize] does with references.
func localPair(typ string, e *Entry, base string) bool {
	if e.Kind != Token || strings.IndexByte(e.Code, '$') < 0 {
		return false
	}
	pair := splitUnescaped(e.Code, '$')
	issuer, ok := strings.CutPrefix(pair[len(pair)-1], Escape(base))
	if len(pair) != 2 || !ok {
		return false
	}
	if p := Lookup(typ, e.Param); p == nil || p.element != qualificationElement {
		return false
	}
	e.Code = pair[0] + "$" + issuer
	return true
}

// qualificationValues reads code$issuer or code$period. A period that is at or after a time,
// or at or before it, becomes two values, either of which may be met.
func (r *reader) qualificationValues(p *Parameter, s string) ([]Value, string) {
	parts := splitUnescaped(s, '$')
	if len(parts) != 2 || parts[0] == "" || parts[1] == "" {
		return nil, "write the code of the qualification and its " + p.with + " with a $ between them, code$" + p.with + "; a $ within a value is written \\$"
	}
	v, why := tokenValue(parts[0])
	if why == "" && v.Code == "" {
		why = "the qualification needs a code, not its system alone"
	}
	if why != "" {
		return nil, why
	}
	v.Code = Escape(v.Code)
	if p.rows == Token {
		issuer, why := r.referenceValue(issuerParameter, unescape(parts[1]), "")
		if issuer.Text != "" {
			why = "an issuer is named without a version"
		}
		v.Code += "$" + Escape((&Entry{RefType: issuer.RefType, RefID: issuer.RefID, RefURL: issuer.RefURL}).names())
		return []Value{v}, why
	}
	when, why := r.dateValue(unescape(parts[1]))
	return v.during(&when), why
}

// during makes of the value of a code those of the code with a period that compares with a time.
func (v Value) during(when *Value) []Value {
	v.Prefix = when.Prefix
	v.NumLow, v.NumHigh = float64(when.Low), float64(when.High)
	switch when.Prefix {
	case Gt, Sa:
		v.Num = v.NumHigh
	case Lt, Eb:
		v.Num = v.NumLow
	case Ge, Le:
		inside, beyond := v, v
		inside.Prefix, inside.NumHigh = Eq, v.NumHigh+1 // an upper bound of quantities is not included
		if beyond.Prefix, beyond.Num = Gt, v.NumHigh; when.Prefix == Le {
			beyond.Prefix, beyond.Num = Lt, v.NumLow
		}
		return []Value{beyond, inside}
	case Eq, Ne:
		v.NumHigh++
	}
	return []Value{v}
}

// qualificationParameters are of this program: R4 has none for licences (requirement HWRF-7).
func qualificationParameters() []*Parameter {
	list := []*Parameter{
		token("qualification-code", conceptElement, "qualification.code"),
		token("qualification-identifier", identifierElement, "qualification.identifier"),
		date("qualification-period", periodElement, "qualification.period"),
		reference("qualification-issuer", "qualification.issuer", "Organization"),
		qualified("qualification-code-issuer", Token, "issuer"),
		qualified("qualification-code-period", Quantity, "period"),
	}
	for _, p := range list {
		p.URL = "urn:masjala:search-parameter:Practitioner-" + p.Name
	}
	return list
}
