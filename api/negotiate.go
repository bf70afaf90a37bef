package api

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/valyala/fasthttp"

	"masjala/fhir"
	"masjala/fhir/xml"
)

// format is a way to write resources. The server thinks in JSON; a format that is not JSON
// says how to get there and back.
type format struct {
	mediaType string   // what answers are labelled with
	browser   string   // the label for browsers, which show it instead of saving a file
	names     []string // what Accept, _format and Content-Type call it, mediaType first
	encode    func(dst, json []byte) ([]byte, error)
	decode    func(body []byte) (json []byte, err error)
}

// formats is all the server reads and writes, best first.
var formats = []*format{jsonFormat, xmlFormat}

var jsonFormat = &format{
	mediaType: "application/fhir+json; charset=utf-8",
	browser:   "application/json; charset=utf-8",
	names:     []string{"application/fhir+json", "application/json", "text/json", "application/json+fhir", "text/fhir+json", "json"},
}

var xmlFormat = &format{
	mediaType: "application/fhir+xml; charset=utf-8",
	browser:   "application/xml; charset=utf-8",
	names:     []string{"application/fhir+xml", "application/xml", "text/xml", "application/xml+fhir", "text/fhir+xml", "xml"},
	encode:    xml.Append,
	decode:    xml.ToJSON,
}

// formatNamed returns the format that a media type or a short name means, nil if none.
func formatNamed(name string) *format {
	for _, f := range formats {
		for _, n := range f.names {
			if strings.EqualFold(n, name) {
				return f
			}
		}
	}
	return nil
}

// choice is the format of an answer and its label.
type choice struct {
	format *format
	label  string
}

// defaultChoice is what those get who have no wish.
var defaultChoice = choice{jsonFormat, jsonFormat.mediaType}

// negotiate chooses the format of the answer; _format, when given, wins over Accept
// (https://hl7.org/fhir/R4/http.html#mime-type). It fails with NotAcceptable.
func negotiate(wish, accept string) (choice, error) {
	if wish != "" {
		mediaType, params, _ := strings.Cut(strings.ReplaceAll(wish, " ", "+"), ";")
		if f := formatNamed(mediaType); f != nil && versionFits(params) {
			return choice{f, f.mediaType}, nil
		}
		return defaultChoice, notAcceptable(wish)
	}
	if accept == "" || accept == "*/*" {
		return defaultChoice, nil
	}
	best, bestQ := choice{}, 0.0
	unwanted := refused(accept)
	for part := range strings.SplitSeq(accept, ",") {
		mediaType, params, _ := strings.Cut(part, ";")
		c, ok := chosen(strings.TrimSpace(mediaType), unwanted)
		if q := quality(params); ok && q > bestQ && versionFits(params) {
			best, bestQ = c, q
		}
	}
	if best.format == nil {
		return defaultChoice, notAcceptable(accept)
	}
	return best, nil
}

// acceptOf is what the headers Accept of a request say together; one may come in several lines.
func acceptOf(h *fasthttp.RequestHeader) string {
	return string(bytes.Join(h.PeekAll(fasthttp.HeaderAccept), []byte(",")))
}

// usual tells whether Accept has one of the values by which clients ask for the default.
func usual(accept []byte) bool {
	switch string(accept) {
	case "", "*/*", "application/fhir+json", "application/json":
		return true
	}
	return false
}

// refused lists the formats that Accept names with a q of 0. Ranges such as */* do not mean
// them then (RFC 9110, section 12.5.1: the most specific range counts).
func refused(accept string) (list []*format) {
	for part := range strings.SplitSeq(accept, ",") {
		mediaType, params, _ := strings.Cut(part, ";")
		if f := formatNamed(strings.TrimSpace(mediaType)); f != nil && quality(params) == 0 {
			list = append(list, f)
		}
	}
	return list
}

// chosen is what one media range of Accept gets, where some formats are not wanted.
func chosen(mediaType string, unwanted []*format) (choice, bool) {
	switch mediaType {
	case "*/*", "application/*", "text/html", "application/xhtml+xml", "text/*":
		i := slices.IndexFunc(formats, func(f *format) bool { return !slices.Contains(unwanted, f) })
		if i < 0 {
			return choice{}, false
		}
		f := formats[i]
		if mediaType == "*/*" || mediaType == "application/*" {
			return choice{f, f.mediaType}, true
		}
		return choice{f, f.browser}, true
	}
	f := formatNamed(mediaType)
	if f == nil {
		return choice{}, false
	}
	return choice{f, f.mediaType}, true
}

func notAcceptable(wish string) error {
	return fhir.Errorf(fhir.NotAcceptable, "This server cannot answer as %q; ask for application/fhir+json or application/fhir+xml.", clip(wish))
}

// quality reads the q of a media range; 1 when there is none, 0 when it is no number.
func quality(params string) float64 {
	q, ok := param(params, "q")
	if !ok {
		return 1
	}
	f, err := strconv.ParseFloat(q, 64)
	if err != nil || !(f > 0) {
		return 0
	}
	return min(f, 1)
}

// versionFits tells whether a fhirVersion parameter, if any, means R4.
func versionFits(params string) bool {
	v, ok := param(params, "fhirVersion")
	return !ok || v == "4.0" || v == "4.0.1"
}

// param finds a parameter of a media type: "q" in "; q=0.8; charset=utf-8".
func param(params, name string) (value string, ok bool) {
	for part := range strings.SplitSeq(params, ";") {
		k, v, found := strings.Cut(strings.TrimSpace(part), "=")
		if found && strings.EqualFold(k, name) {
			return strings.Trim(v, `"`), true
		}
	}
	return "", false
}

// formMedia is the content type of a form.
const formMedia = "application/x-www-form-urlencoded"

// bodyFormat finds the format of a request body; one without a content type is taken for
// JSON. It fails with UnsupportedMedia.
func bodyFormat(contentType string) (*format, error) {
	mediaType, params, _ := strings.Cut(contentType, ";")
	mediaType = strings.TrimSpace(mediaType)
	if mediaType == "" {
		return jsonFormat, nil
	}
	f := formatNamed(mediaType)
	if f == nil {
		return nil, fhir.Errorf(fhir.UnsupportedMedia, "This server does not read %q; send application/fhir+json or application/fhir+xml.", clip(mediaType))
	}
	if cs, ok := param(params, "charset"); ok && !strings.EqualFold(cs, "utf-8") && !strings.EqualFold(cs, "us-ascii") {
		return nil, fhir.Errorf(fhir.UnsupportedMedia, "This server reads UTF-8, not %q.", clip(cs))
	}
	if !versionFits(params) {
		return nil, fhir.Errorf(fhir.UnsupportedMedia, "This server reads FHIR 4.0 only.")
	}
	return f, nil
}

// preference is what the header Prefer asks for.
type preference struct {
	answer string // return=: "minimal", "representation", "OperationOutcome" or ""
	strict bool   // handling=strict
}

// prefer reads the header Prefer (RFC 7240): what it does not know is ignored, and of what is
// said twice the first counts.
func prefer(header string) (p preference) {
	handled := false
	for header != "" {
		var part string
		if i := strings.IndexAny(header, ",;"); i >= 0 {
			part, header = header[:i], header[i+1:]
		} else {
			part, header = header, ""
		}
		name, value, _ := strings.Cut(part, "=")
		value = strings.Trim(strings.TrimSpace(value), `"`)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "return":
			if p.answer == "" {
				p.answer = value
			}
		case "handling":
			p.strict = p.strict || !handled && strings.EqualFold(value, "strict")
			handled = true
		}
	}
	return p
}
