package mcsd_test

import (
	"strings"
	"testing"

	"masjala/fhir"
	"masjala/sync/mcsd"
)

func TestNewRefusesSourcesThatCannotBeUsed(t *testing.T) {
	good := mcsd.Source{Name: "nation", URL: "https://r.example.org/fhir/"}
	with := func(change func(*mcsd.Source)) mcsd.Source {
		s := good
		change(&s)
		return s
	}
	tests := map[string]struct {
		source mcsd.Source
		want   string // part of the error; empty for none
	}{
		"plain":                {good, ""},
		"a schedule":           {with(func(s *mcsd.Source) { s.Schedule, s.Timezone = "0 2 * * *", "Africa/Nairobi" }), ""},
		"no name":              {with(func(s *mcsd.Source) { s.Name = "" }), "needs a name"},
		"a slash in the name":  {with(func(s *mcsd.Source) { s.Name = "a/b" }), "needs a name"},
		"no address":           {with(func(s *mcsd.Source) { s.URL = "" }), "not one of http"},
		"another scheme":       {with(func(s *mcsd.Source) { s.URL = "ftp://r.example.org" }), "not one of http"},
		"a user":               {with(func(s *mcsd.Source) { s.URL = "https://me:pw@r.example.org" }), "without a user"},
		"a query":              {with(func(s *mcsd.Source) { s.URL = "https://r.example.org/fhir?x=1" }), "a query"},
		"a token over http":    {with(func(s *mcsd.Source) { s.URL, s.Token = "http://r.example.org/fhir", "t" }), "over https only"},
		"a token to ourselves": {with(func(s *mcsd.Source) { s.URL, s.Token = "http://127.0.0.1:1/fhir", "t" }), ""},
		"two tokens":           {with(func(s *mcsd.Source) { s.Token, s.TokenFile = "t", "f" }), "not both"},
		"a wrong schedule":     {with(func(s *mcsd.Source) { s.Schedule = "at night" }), "cron"},
		"a wrong time zone":    {with(func(s *mcsd.Source) { s.Schedule, s.Timezone = "@daily", "Nairobi" }), "time zone"},
		"a wrong type":         {with(func(s *mcsd.Source) { s.Types = []string{"location"} }), `"location"`},
		"a type twice":         {with(func(s *mcsd.Source) { s.Types = []string{"Location", "Location"} }), "twice"},
		"a wrong rule":         {with(func(s *mcsd.Source) { s.Rule = "newest" }), "none of upstream"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := mcsd.New(mcsd.Options{Sources: []mcsd.Source{tc.source}})
			switch {
			case tc.want == "" && err != nil:
				t.Errorf("New = %v, want no error", err)
			case tc.want != "" && (fhir.KindOf(err) != fhir.Invalid || !strings.Contains(err.Error(), tc.want)):
				t.Errorf("New = %v, want an error about %q", err, tc.want)
			}
		})
	}
	if _, err := mcsd.New(mcsd.Options{Sources: []mcsd.Source{good, good}}); fhir.KindOf(err) != fhir.Invalid {
		t.Errorf("New with two sources of one name = %v", err)
	}
}

func TestListLeavesSecretsOut(t *testing.T) {
	c, err := mcsd.New(mcsd.Options{Sources: []mcsd.Source{{Name: "n", URL: "https://r.example.org/fhir/", Token: "t0p"}}})
	if err != nil {
		t.Fatal(err)
	}
	list := c.List()
	if len(list) != 1 || !list[0].Token || list[0].URL != "https://r.example.org/fhir" || len(list[0].Types) != 7 || list[0].Rule != mcsd.UpstreamWins {
		t.Errorf("List = %+v", list)
	}
	if got := c.Jobs(0); len(got) != 1 || got[0].Name != "sync:n" {
		t.Errorf("Jobs = %+v", got)
	}
}
