package api

import (
	"context"
	"strconv"
	"time"

	"masjala/fhir"
	"masjala/internal/linkage"
)

// Matcher finds the resources that may mean the same as one that was sent; the Finders of
// facility/match and workforce/match do.
type Matcher interface {
	// Find returns at most most resources, the best first. It fails when the store cannot be read.
	Find(ctx context.Context, r *fhir.Resource, most int) ([]linkage.Found[*fhir.Resource], error)
}

// How many matches are returned, when the client says nothing and at most.
const (
	matchDefault = 10
	matchMost    = 100
)

const (
	matchGrade       = "http://hl7.org/fhir/StructureDefinition/match-grade"
	matchExplanation = "urn:masjala:extension:match-explanation"
)

// MatchOperations returns $match of the types that by holds, for Options.Operations. R4
// defines $match for Patient alone; this has its shape and is our own (MT-1, MT-2).
func MatchOperations(by map[string]Matcher, now func() time.Time) []Operation {
	var types []string
	for _, t := range []string{"Location", "Organization", "Practitioner"} {
		if by[t] != nil {
			types = append(types, t)
		}
	}
	return []Operation{{Name: "match", Types: types, Level: AtType, Run: matchResource(by, now), Own: &Definition{
		Title: "Find what means the same",
		Text: "Finds the resources of this server that may be the same facility or person as one that is sent, which may be incomplete. It has the shape of Patient/$match " +
			"(https://hl7.org/fhir/R4/patient-operation-match.html). Names count word by word, without what kind of facility they name, in any order and in the spellings that one name has; " +
			"beside them identifiers, areas, type, distance and telephones of facilities, and dates of birth, sex, licences and contacts of persons. " +
			"search.score is a half where it is as likely as not that the two mean the same; the extension match-grade has the grade and " + matchExplanation + " the reasons in words.",
		Parameters: []DefinedParameter{
			{Name: "resource", Type: "Resource", Text: "What to look for, of the type of the address. It can be the whole body as well.", Required: true},
			{Name: "onlyCertainMatches", Type: "boolean", Text: "Return a match only if it is certain and no other is certain or probable."},
			{Name: "count", Type: "integer", Text: "How many to return: 10 when it is not there, 100 at most."},
			{Name: "return", Type: "Bundle", Text: "A searchset, the best match first.", Out: true, Required: true},
		}}}}
}

func matchResource(by map[string]Matcher, now func() time.Time) func(context.Context, *Call) (Answer, error) {
	return func(ctx context.Context, call *Call) (Answer, error) {
		in, err := parameters(call, "resource", call.Type)
		if err != nil {
			return Answer{}, err
		}
		r, certain, most := in.resource("resource"), in.is("onlyCertainMatches"), matchDefault
		if n := in.count("count"); n != nil {
			most = min(*n, matchMost)
		}
		switch {
		case in.err != nil:
			return Answer{}, in.err
		case r == nil:
			return Answer{}, fhir.Errorf(fhir.Invalid, "There is no resource to look for; send it as the body, or as the parameter resource.").Coded("required")
		case r.Type != call.Type:
			return Answer{}, fhir.Errorf(fhir.Invalid, "The resource is of type %s, the address is for %s.", clip(r.Type), call.Type).At("resource")
		}
		found, err := by[call.Type].Find(ctx, r, max(most, 2))
		if err != nil {
			return Answer{}, err
		}
		if certain {
			found = onlyCertain(found)
		}
		return Answer{Body: matched(call, found[:min(most, len(found))], now())}, nil
	}
}

// onlyCertain returns the one match that is certain, if no other may be meant.
func onlyCertain(found []linkage.Found[*fhir.Resource]) []linkage.Found[*fhir.Resource] {
	for i, f := range found {
		if (i == 0) != (f.Grade == linkage.Certain) || i > 0 && f.Grade == linkage.Probable {
			return nil
		}
	}
	return found[:min(1, len(found))]
}

// matched writes the searchset.
func matched(call *Call, found []linkage.Found[*fhir.Resource], now time.Time) []byte {
	b := openBundle(nil, "searchset", now, now)
	b.total(len(found))
	for i := range found {
		f := &found[i]
		b.open()
		b.resource(call.Base, f.Record, subset{})
		b.raw(`,"search":{"extension":[{"url":"` + matchGrade + `","valueCode":"` + string(f.Grade) + `"},{"url":"` + matchExplanation + `",`)
		b.text(`"valueString":`, f.Explain())
		b.raw(`}],"mode":"match","score":` + strconv.FormatFloat(f.Score(), 'f', -1, 64) + `}}`)
	}
	return b.close()
}
