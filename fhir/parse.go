package fhir

import (
	"bytes"
	"encoding/json"

	"github.com/tidwall/gjson"
)

// Parse reads one resource from JSON.
func Parse(data []byte) (*Resource, error) {
	if !gjson.ValidBytes(data) {
		return nil, Errorf(Invalid, "The body is not JSON; send one FHIR resource.")
	}
	var c bytes.Buffer
	if err := json.Compact(&c, data); err != nil {
		return nil, Errorf(Invalid, "The body is not JSON; send one FHIR resource.").Because(err)
	}
	r := &Resource{}
	body := []byte{'{'}
	gjson.ParseBytes(c.Bytes()).ForEach(func(k, v gjson.Result) bool {
		switch k.Str {
		case "resourceType":
			r.Type = v.Str
		case "id":
			r.ID = v.Str
		case "meta":
			m := []byte{'{'}
			v.ForEach(func(k, v gjson.Result) bool {
				if k.Str != "versionId" && k.Str != "lastUpdated" {
					m = member(m, k.Raw, v.Raw)
				}
				return true
			})
			if len(m) > 1 {
				r.Meta = append(m, '}')
			}
		default:
			body = member(body, k.Raw, v.Raw)
		}
		return true
	})
	r.Body = append(body, '}')
	if r.Type == "" {
		return nil, Errorf(Invalid, "The body has no resourceType; send one FHIR resource.").At("resourceType")
	}
	if r.ID != "" && !ValidID(r.ID) {
		return nil, Errorf(Invalid, "The id %q is not a FHIR id.", r.ID).At(r.Type + ".id")
	}
	return r, nil
}

func member(dst []byte, key, value string) []byte {
	if len(dst) > 1 {
		dst = append(dst, ',')
	}
	dst = append(dst, key...)
	dst = append(dst, ':')
	return append(dst, value...)
}
