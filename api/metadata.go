package api

import (
	"encoding/json"
	"slices"
	"strings"

	"masjala/fhir"
	"masjala/fhir/profile"
	"masjala/fhir/search"
)

// mcsd and svcm are where the canonical addresses of the IHE profiles lie.
const (
	mcsd = "https://profiles.ihe.net/ITI/mCSD/"
	svcm = "https://profiles.ihe.net/ITI/SVCM/"
)

// careTypes are those of mCSD, of which a directory holds some.
var careTypes = []string{"Organization", "Location", "Practitioner", "PractitionerRole", "HealthcareService", "Endpoint", "OrganizationAffiliation"}

// claims are the CapabilityStatements that the server meets, with the types of which one must
// be served for it.
var claims = []struct {
	statement string
	types     []string
}{
	{mcsd + "CapabilityStatement/IHE.mCSD.Directory", careTypes},
	{mcsd + "CapabilityStatement/IHE.mCSD.Directory.LocationDistance", []string{"Location"}},
	{mcsd + "CapabilityStatement/IHE.mCSD.Directory.Update", careTypes},
	{mcsd + "CapabilityStatement/IHE.mCSD.Directory.Feed", careTypes},
	{svcm + "CapabilityStatement/IHE.SVCM.TerminologyRepository", []string{"CodeSystem"}},
	{"http://hl7.org/fhir/CapabilityStatement/terminology-server", []string{"CodeSystem"}},
}

// The statement is written with encoding/json: it is made once.
type (
	statement struct {
		ResourceType   string         `json:"resourceType"`
		ID             string         `json:"id"`
		Extension      []feature      `json:"extension"`
		URL            string         `json:"url"`
		Version        string         `json:"version"`
		Name           string         `json:"name"`
		Title          string         `json:"title"`
		Status         string         `json:"status"`
		Date           string         `json:"date"`
		Kind           string         `json:"kind"`
		Instantiates   []string       `json:"instantiates,omitempty"`
		Software       software       `json:"software"`
		Implementation implementation `json:"implementation"`
		FHIRVersion    string         `json:"fhirVersion"`
		Format         []string       `json:"format"`
		PatchFormat    []string       `json:"patchFormat"`
		Rest           []rest         `json:"rest"`
	}
	software struct {
		Name        string `json:"name"`
		Version     string `json:"version,omitempty"`
		ReleaseDate string `json:"releaseDate,omitempty"`
	}
	implementation struct {
		Description string `json:"description"`
		URL         string `json:"url"`
	}
	rest struct {
		Mode          string        `json:"mode"`
		Documentation string        `json:"documentation"`
		Security      security      `json:"security"`
		Resource      []resource    `json:"resource"`
		Interaction   []code        `json:"interaction"`
		SearchParam   []searchParam `json:"searchParam"`
		Operation     []operation   `json:"operation,omitempty"`
	}
	security struct {
		CORS        bool      `json:"cors"`
		Service     []service `json:"service"`
		Description string    `json:"description"`
	}
	service struct {
		Text string `json:"text"`
	}
	code struct {
		Code string `json:"code"`
	}
	resource struct {
		Type              string        `json:"type"`
		Profile           string        `json:"profile"`
		SupportedProfile  []string      `json:"supportedProfile,omitempty"`
		Documentation     string        `json:"documentation,omitempty"`
		Interaction       []code        `json:"interaction"`
		Versioning        string        `json:"versioning"`
		ReadHistory       bool          `json:"readHistory"`
		UpdateCreate      bool          `json:"updateCreate"`
		ConditionalCreate bool          `json:"conditionalCreate"`
		ConditionalRead   string        `json:"conditionalRead"`
		ConditionalUpdate bool          `json:"conditionalUpdate"`
		ConditionalDelete string        `json:"conditionalDelete"`
		ReferencePolicy   []string      `json:"referencePolicy"`
		SearchInclude     []string      `json:"searchInclude,omitempty"`
		SearchRevInclude  []string      `json:"searchRevInclude,omitempty"`
		SearchParam       []searchParam `json:"searchParam"`
		Operation         []operation   `json:"operation,omitempty"`
	}
	searchParam struct {
		Name          string `json:"name"`
		Definition    string `json:"definition,omitempty"`
		Type          string `json:"type"`
		Documentation string `json:"documentation,omitempty"`
	}
	operation struct {
		Name          string `json:"name"`
		Definition    string `json:"definition"`
		Documentation string `json:"documentation,omitempty"`
	}
)

// baseMark stands for the base address in the statement that is kept.
const baseMark = "urn:masjala:base"

// choices is what the statement says of what FHIR leaves open and it has no element for.
const choices = "Every update makes a version. Updates keep the profiles, tags and security labels that a resource had. " +
	"DELETE takes _cascade=delete: what belongs to the resource by a reference that does not repeat is deleted with it. " +
	"Request bodies may be compressed with gzip. Parameters that are not known are left out, with Prefer: handling=strict refused."

// capabilities answers GET [base]/metadata (https://hl7.org/fhir/R4/http.html#capabilities, ITI TF-2 Z.3).
func (s *Server) capabilities(x *exchange) error {
	switch mode := value(x.pairs, "mode"); mode {
	case "", "full", "normative":
	case "terminology":
		if s.opt.TerminologyCapabilities == nil {
			return fhir.Errorf(fhir.Unsupported, "This server answers no questions about codes.")
		}
		b, err := s.opt.TerminologyCapabilities(x.ctx)
		x.out = append(x.out, b...)
		return err
	default:
		return fhir.Errorf(fhir.Invalid, "Parameter mode takes full, normative or terminology, not %q.", clip(mode))
	}
	b, err := s.currentStatement()
	if err != nil {
		return err
	}
	x.out = append(x.out, strings.ReplaceAll(string(b), baseMark, s.base(x))...)
	return nil
}

// kept is a CapabilityStatement and the generation of search parameters that it tells of.
type kept struct {
	generation int64
	json       []byte
}

// currentStatement returns the CapabilityStatement, which is made anew when search
// parameters were defined or forgotten.
func (s *Server) currentStatement() ([]byte, error) {
	generation := search.Generation()
	if k := s.statement.Load(); k != nil && k.generation == generation {
		return k.json, nil
	}
	b, err := s.makeStatement()
	if err == nil {
		s.statement.Store(&kept{generation, b})
	}
	return b, err
}

// makeStatement makes the CapabilityStatement out of the routes, the search parameters and
// the operations, so that it says what the server does.
func (s *Server) makeStatement() ([]byte, error) {
	st := statement{
		ResourceType: "CapabilityStatement", ID: "masjala", Extension: features, Version: token(s.opt.Version), URL: baseMark + "/metadata", Name: "Masjala",
		Title: "Masjala terminology service, facility registry and health worker registry", Status: "active",
		Date: s.opt.Now().UTC().Format(fhir.Instant), Kind: "instance",
		Software:       software{Name: "Masjala", Version: s.opt.Version, ReleaseDate: s.released()},
		Implementation: implementation{Description: "Masjala server", URL: baseMark},
		FHIRVersion:    fhirVersion,
	}
	for _, c := range claims {
		if slices.ContainsFunc(c.types, func(t string) bool { return s.known[t] != "" }) {
			st.Instantiates = append(st.Instantiates, c.statement)
		}
	}
	for _, f := range formats {
		st.Format = append(st.Format, f.names[0], f.names[len(f.names)-1])
	}
	st.PatchFormat = append([]string{patchMedia, xmlPatchMedia}, st.Format...)
	r := rest{Mode: "server", Documentation: choices, Security: s.security(), SearchParam: searchParams("")}
	for _, at := range []place{systemPlace, systemHistory} {
		r.Interaction = append(r.Interaction, codesAt(at)...)
	}
	for _, t := range s.types {
		r.Resource = append(r.Resource, s.describe(t))
	}
	r.Resource = append(r.Resource, describeProvenance())
	r.Operation = s.operations(func(o *Operation) bool { return o.Level&AtSystem != 0 })
	st.Rest = []rest{r}
	return json.Marshal(st)
}

func (s *Server) security() security {
	if s.opt.Authenticate == nil {
		return security{CORS: true, Service: []service{{"None"}}, Description: "Open: everybody who reaches this server may read and write."}
	}
	return security{CORS: true, Service: []service{{"Bearer token"}}, Description: "Requests carry a token of this server in the header Authorization (Bearer), " +
		"over TLS. Roles: reader, editor, admin. This statement needs no token."}
}

// describe tells what the server does with a type.
func (s *Server) describe(typ string) resource {
	r := resource{
		Type: typ, Profile: "http://hl7.org/fhir/StructureDefinition/" + typ, SupportedProfile: profile.Supported(typ),
		Versioning: "versioned-update", ReadHistory: routeAt[versionPlace][get] != nil, UpdateCreate: true, ConditionalCreate: true,
		ConditionalRead: "full-support", ConditionalUpdate: routeAt[typePlace][put] != nil, ConditionalDelete: "not-supported",
		ReferencePolicy: []string{"literal", "logical"}, SearchParam: searchParams(typ),
		Operation: s.operations(func(o *Operation) bool { return o.on(typ) }),
	}
	if routeAt[typePlace][del] != nil && !s.kept(typ) {
		r.ConditionalDelete = "single"
	}
	for _, at := range []place{instancePlace, versionPlace, instanceHistory, typePlace, typeHistory} {
		for _, c := range codesAt(at) {
			if !slices.Contains(r.Interaction, c) && (c.Code != "delete" || !s.kept(typ)) {
				r.Interaction = append(r.Interaction, c)
			}
		}
	}
	for _, p := range search.Parameters(typ) {
		if p.Kind == search.Reference {
			r.SearchInclude = append(r.SearchInclude, typ+":"+p.Name)
		}
	}
	for _, source := range s.types {
		for _, p := range search.Parameters(source) {
			if p.Kind == search.Reference && (len(p.Targets) == 0 || slices.Contains(p.Targets, typ)) {
				r.SearchRevInclude = append(r.SearchRevInclude, source+":"+p.Name)
			}
		}
	}
	r.SearchRevInclude = append(r.SearchRevInclude, search.ProvenanceTarget)
	return r
}

// codesAt lists the interactions that the routes of a place declare.
func codesAt(at place) []code {
	var list []code
	for _, r := range routeAt[at] {
		if r == nil || r.code == "operation" {
			continue
		}
		list = append(list, code{r.code})
		if r.code == "transaction" {
			list = append(list, code{"batch"})
		}
	}
	return list
}

// searchParams lists the parameters of a type; those of all types for "".
func searchParams(typ string) []searchParam {
	var list []searchParam
	for _, p := range search.Parameters(typ) {
		list = append(list, searchParam{Name: p.Name, Definition: p.URL, Type: p.Kind.TypeCode(), Documentation: p.Documentation()})
	}
	return append(list, searchParam{Name: "_filter", Type: search.Kind(0).TypeCode(),
		Documentation: "Comparisons joined by and, or, not and parentheses: name co \"clinic\" and not (status eq inactive); https://hl7.org/fhir/R4/search_filter.html."})
}

// operations lists the operations for which here holds.
func (s *Server) operations(here func(*Operation) bool) []operation {
	var list []operation
	for i := range s.ops {
		if here(&s.ops[i]) {
			o := operation{Name: s.ops[i].Name, Definition: s.ops[i].address(baseMark)}
			if s.ops[i].Own != nil {
				o.Documentation = s.ops[i].Own.Text
			}
			list = append(list, o)
		}
	}
	return list
}
