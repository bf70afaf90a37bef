package api

import (
	"net/http"
	"slices"
	"strings"

	"masjala/fhir"
	"masjala/importers/provenance"
)

// place is what a path below the base names.
type place uint8

const (
	systemPlace        place = iota // [base]
	metadataPlace                   // [base]/metadata
	definitionPlace                 // [base]/OperationDefinition/name
	systemHistory                   // [base]/_history
	systemSearch                    // [base]/_search
	systemOperation                 // [base]/$name
	typePlace                       // [base]/Type
	typeSearch                      // [base]/Type/_search
	typeHistory                     // [base]/Type/_history
	typeOperation                   // [base]/Type/$name
	instancePlace                   // [base]/Type/id
	instanceHistory                 // [base]/Type/id/_history
	instanceOperation               // [base]/Type/id/$name
	versionPlace                    // [base]/Type/id/_history/version
	provenancePlace                 // [base]/Provenance
	provenanceSearch                // [base]/Provenance/_search
	provenanceInstance              // [base]/Provenance/id
	places
)

// method is an HTTP method that some place takes; HEAD counts as GET.
type method uint8

const (
	get method = iota
	post
	put
	del
	edit
	methods
)

var methodNames = [methods]string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch}

// methodOf returns the method of a name; ok is false for one that no place takes.
func methodOf(name string) (m method, ok bool) {
	if name == http.MethodHead {
		return get, true
	}
	i := slices.Index(methodNames[:], name)
	return method(max(i, 0)), i >= 0
}

// route is one thing the server does.
type route struct {
	at    place
	on    method
	code  string // restful-interaction code, as the CapabilityStatement declares it
	role  Role   // who may
	large bool   // its body may be large
	run   func(*Server, *exchange) error

	number int // of the code, in interactions
}

// routes is all the server does below its base. Handlers of operations look up who is
// offered; everything else is here.
var routes = []route{
	{at: metadataPlace, on: get, code: "capabilities", role: RoleNone, run: (*Server).capabilities},
	{at: definitionPlace, on: get, code: "read", role: RoleNone, run: (*Server).definition},
	{at: instancePlace, on: get, code: "read", role: RoleReader, run: (*Server).read},
	{at: versionPlace, on: get, code: "vread", role: RoleReader, run: (*Server).vread},
	{at: provenanceInstance, on: get, code: "read", role: RoleReader, run: (*Server).readProvenance},
	{at: instancePlace, on: put, code: "update", role: RoleEditor, run: (*Server).update},
	{at: typePlace, on: put, code: "update", role: RoleEditor, run: (*Server).conditionalUpdate},
	{at: instancePlace, on: del, code: "delete", role: RoleEditor, run: (*Server).delete},
	{at: typePlace, on: del, code: "delete", role: RoleEditor, run: (*Server).conditionalDelete},
	{at: instancePlace, on: edit, code: "patch", role: RoleEditor, run: (*Server).patch},
	{at: typePlace, on: edit, code: "patch", role: RoleEditor, run: (*Server).conditionalPatch},
	{at: instanceHistory, on: get, code: "history-instance", role: RoleReader, run: (*Server).history},
	{at: typeHistory, on: get, code: "history-type", role: RoleReader, run: (*Server).history},
	{at: systemHistory, on: get, code: "history-system", role: RoleReader, run: (*Server).history},
	{at: typePlace, on: post, code: "create", role: RoleEditor, run: (*Server).create},
	{at: typePlace, on: get, code: "search-type", role: RoleReader, run: (*Server).search},
	{at: typeSearch, on: get, code: "search-type", role: RoleReader, run: (*Server).search},
	{at: typeSearch, on: post, code: "search-type", role: RoleReader, run: (*Server).search},
	{at: provenancePlace, on: get, code: "search-type", role: RoleReader, run: (*Server).searchProvenance},
	{at: provenanceSearch, on: get, code: "search-type", role: RoleReader, run: (*Server).searchProvenance},
	{at: provenanceSearch, on: post, code: "search-type", role: RoleReader, run: (*Server).searchProvenance},
	{at: systemPlace, on: get, code: "search-system", role: RoleReader, run: (*Server).search},
	{at: systemSearch, on: get, code: "search-system", role: RoleReader, run: (*Server).search},
	{at: systemSearch, on: post, code: "search-system", role: RoleReader, run: (*Server).search},
	{at: systemPlace, on: post, code: "transaction", role: RoleReader, large: true, run: (*Server).bundle}, // each entry asks for the role it needs
	{at: systemOperation, on: get, code: "operation", role: RoleReader, run: (*Server).operate},
	{at: systemOperation, on: post, code: "operation", role: RoleReader, large: true, run: (*Server).operate},
	{at: typeOperation, on: get, code: "operation", role: RoleReader, run: (*Server).operate},
	{at: typeOperation, on: post, code: "operation", role: RoleReader, large: true, run: (*Server).operate},
	{at: instanceOperation, on: get, code: "operation", role: RoleReader, run: (*Server).operate},
	{at: instanceOperation, on: post, code: "operation", role: RoleReader, large: true, run: (*Server).operate},
}

// noRoute is the interaction under which requests are counted that met no route.
const noRoute = 0

// routeAt finds the route of a place and method.
var routeAt [places][methods]*route

// interactions lists the codes that requests are counted under, noRoute first.
var interactions = []string{noRoute: "none"}

func init() { // a literal would be a cycle: handlers look into the table
	for i := range routes {
		r := &routes[i]
		routeAt[r.at][r.on] = r
		if r.number = slices.Index(interactions, r.code); r.number < 0 {
			r.number = len(interactions)
			interactions = append(interactions, r.code)
		}
	}
	for _, r := range []*route{reconcileRoute, commandRoute, importRoute, layerRoute} {
		r.number = len(interactions)
		interactions = append(interactions, r.code)
	}
}

// target is a path below the base, taken apart.
type target struct {
	place     place
	typ       string // one of the types served, or Provenance
	id        string
	version   string
	operation string // without $
}

// locate takes a path apart. It fails with NotFound for what does not exist here and with
// Invalid for an id that cannot be one. The path is below the base; slashes at its ends do
// not count. The strings of the target may be kept, while the path is not.
func (s *Server) locate(path string) (target, error) {
	path = strings.Trim(path, "/")
	if path == "" {
		return target{place: systemPlace}, nil
	}
	first, rest, _ := strings.Cut(path, "/")
	first, err := unescape(first)
	if err != nil {
		return target{}, err
	}
	if typ, ok := s.known[first]; ok {
		return locateIn(typ, rest)
	}
	switch {
	case first == provenance.Type:
		return locateProvenance(rest)
	case first == definitionType && fhir.ValidID(rest):
		return target{place: definitionPlace, id: strings.Clone(rest)}, nil
	case rest != "":
	case first == "metadata":
		return target{place: metadataPlace}, nil
	case first == "_history":
		return target{place: systemHistory}, nil
	case first == "_search":
		return target{place: systemSearch}, nil
	case first[0] == '$':
		return target{place: systemOperation, operation: strings.Clone(first[1:])}, nil
	}
	return target{}, unserved(first)
}

// locateIn takes apart what follows the type.
func locateIn(typ, rest string) (target, error) {
	t := target{place: typePlace, typ: typ}
	if rest == "" {
		return t, nil
	}
	second, rest, more := strings.Cut(rest, "/")
	second, err := unescape(second)
	if err != nil {
		return target{}, err
	}
	switch {
	case more:
	case second == "_search":
		t.place = typeSearch
		return t, nil
	case second == "_history":
		t.place = typeHistory
		return t, nil
	case second != "" && second[0] == '$':
		t.place, t.operation = typeOperation, strings.Clone(second[1:])
		return t, nil
	}
	if !fhir.ValidID(second) {
		return target{}, fhir.Errorf(fhir.Invalid, "%q is not a FHIR id; ids have 1 to 64 of A-Z, a-z, 0-9, - and the dot.", clip(second))
	}
	t.place, t.id = instancePlace, strings.Clone(second)
	if rest == "" {
		return t, nil
	}
	return t.below(rest)
}

// below takes apart what follows the id.
func (t target) below(rest string) (target, error) {
	third, version, more := strings.Cut(rest, "/")
	third, err := unescape(third)
	if err != nil {
		return target{}, err
	}
	switch {
	case third == "_history" && version == "":
		t.place = instanceHistory
		return t, nil
	case third == "_history" && fhir.ValidID(version):
		t.place, t.version = versionPlace, strings.Clone(version)
		return t, nil
	case third != "" && third[0] == '$' && !more:
		t.place, t.operation = instanceOperation, strings.Clone(third[1:])
		return t, nil
	}
	return target{}, fhir.Errorf(fhir.NotFound, "There is nothing at this address below %s/%s.", t.typ, t.id)
}

// allowed lists the methods a place takes, for the header Allow.
func allowed(at place) string {
	var names []string
	for m, r := range routeAt[at] {
		if r != nil {
			names = append(names, methodNames[m])
			if method(m) == get {
				names = append(names, http.MethodHead)
			}
		}
	}
	return strings.Join(names, ", ")
}

// clip shortens what a client sent, to be repeated in a text.
func clip(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
