package sheet

import (
	"io"
	"strings"

	"masjala/fhir"
	"masjala/importers/sheet/dhis2"
	"masjala/importers/sheet/geojson"
	"masjala/importers/sheet/grid"
)

// openJSON opens the sorts of JSON that hold tables: GeoJSON and metadata of DHIS2.
func (b *Book) openJSON(text func() (io.ReadCloser, error)) (grid.Book, error) {
	r, err := text()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	for e, err := range grid.Elements(r) {
		switch {
		case err != nil:
			return nil, err
		case e.Name == "features", e.Text == "FeatureCollection":
			b.Format = GeoJSON
			return geojson.Open(text)
		case strings.HasPrefix(e.Name, "organisationUnit"), e.Name == "optionSets", e.Name == "options":
			b.Format = DHIS2
			whole, err := text()
			if err != nil {
				return nil, err
			}
			defer whole.Close()
			return dhis2.Open(whole)
		case e.Name == "resourceType":
			return nil, fhir.Errorf(fhir.Invalid, "it is a FHIR %s, not a table; FHIR resources are loaded by import package or through the API", e.Text)
		}
	}
	return nil, contentJSON.err()
}
