package sqlite

import (
	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store/globe"
)

// indexRows turns the entries of a draft into settled index rows and the bits of the
// parameters they give a value for.
func (d *dictionary) indexRows(typ int64, entries []search.Entry) (rs []row, has [2]int64, err error) {
	rs = make([]row, 0, len(entries))
	for i := range entries {
		e := &entries[i]
		p, err := d.param(typ, e.Param)
		if err != nil {
			return nil, has, err
		}
		if p.bit >= 126 {
			return nil, has, fhir.Errorf(fhir.Unsupported, "more than 126 search parameters of one type cannot be indexed (%s)", e.Param)
		}
		has[p.bit/63] |= 1 << (p.bit % 63)
		r, err := d.indexRow(p, e)
		if err != nil {
			return nil, has, err
		}
		rs = append(rs, r)
	}
	return settle(rs), has, nil
}

// indexRow turns one entry into a row.
func (d *dictionary) indexRow(p param, e *search.Entry) (row, error) {
	r := row{kind: e.Kind, param: p.id}
	var err error
	switch e.Kind {
	case search.Token:
		r.text = e.Code
		r.a, err = d.symbol(e.System)
	case search.String:
		r.text, r.more = e.Text, e.Exact
	case search.Reference:
		r.text, r.more = e.RefURL, e.Text
		if e.RefID != "" {
			r.text = e.RefID
			r.a, err = d.typeID(e.RefType)
		}
	case search.Date:
		r.a, r.b = e.Low, e.High
	case search.URI:
		r.text = e.Text
	case search.Number, search.Quantity:
		r.x, r.y, r.text = e.NumLow, e.NumHigh, e.Code
		r.a, err = d.symbol(e.System)
	case search.Position:
		r.a, r.x, r.y = globe.Cell(e.Lat, e.Lon), e.Lat, e.Lon
	default:
		err = fhir.Errorf(fhir.Internal, "an index entry of %s has the unknown kind %d", e.Param, e.Kind)
	}
	return r, err
}
