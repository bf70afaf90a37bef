package config_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/internal/config"
	"masjala/internal/testutil"
)

// load writes text as the settings file of a new data directory and loads it.
func load(t *testing.T, text string, from config.From) (*config.Config, error) {
	t.Helper()
	from.Data = t.TempDir()
	if err := os.WriteFile(filepath.Join(from.Data, config.File), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if from.Env == nil {
		from.Env = func(string) string { return "" }
	}
	return config.Load(from)
}

func env(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestFlagsBeatEnvironmentBeatsFileBeatsDefault(t *testing.T) {
	c, err := load(t, "listen: 127.0.0.1:1\nlog:\n  level: warn\n  format: json\nlimits: {body: 2MiB}\n", config.From{
		Env:   env("MASJALA_LISTEN", "127.0.0.1:2", "MASJALA_LOG_LEVEL", "error"),
		Flags: map[string]string{"listen": "127.0.0.1:3"},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := []string{c.Listen, c.Log.Level, c.Log.Format, c.Limits.Body.String(), c.Limits.Bundle.String()}
	if diff := cmp.Diff([]string{"127.0.0.1:3", "error", "json", "2MiB", "64MiB"}, got); diff != "" {
		t.Error(diff)
	}
	for key, want := range map[string]string{
		"listen": "the command line", "log.level": "the environment",
		"log.format": "masjala.yaml line 4", "limits.bundle": "the default",
	} {
		if got := c.Origin(key); got != want {
			t.Errorf("Origin(%q) = %q, want %q", key, got, want)
		}
	}
}

func TestPolicies(t *testing.T) {
	c, err := load(t, "references: check\nprofiles: {Location: reject, ValueSet: off}\n", config.From{
		Env: env("MASJALA_PROFILES_PRACTITIONERROLE", "reject"), Flags: map[string]string{"profiles.Endpoint": "off"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"Organization": "warn", "Location": "reject", "Practitioner": "warn", "PractitionerRole": "reject", "HealthcareService": "warn",
		"OrganizationAffiliation": "warn", "Endpoint": "off", "CodeSystem": "warn", "ValueSet": "off", "ConceptMap": "warn",
	}
	if diff := cmp.Diff(want, c.Profiles.All()); diff != "" || c.References != "check" {
		t.Errorf("references %q, policies: %s", c.References, diff)
	}
}

func TestSources(t *testing.T) {
	c, err := load(t, `
sync:
  sources:
    - name: nation
      url: https://registry.example.org/fhir
      schedule: "0 2 * * *"
      timezone: Africa/Nairobi
      types: [Location, Organization]
      token_file: /etc/masjala/nation.token
    - {name: other, url: "http://127.0.0.1:9/fhir", rule: local, jitter: 0s, types: "Location, Practitioner"}
`, config.From{})
	if err != nil {
		t.Fatal(err)
	}
	want := []config.Source{
		{Name: "nation", URL: "https://registry.example.org/fhir", Schedule: "0 2 * * *", Timezone: "Africa/Nairobi",
			Types: []string{"Location", "Organization"}, TokenFile: "/etc/masjala/nation.token",
			Rule: "upstream", Jitter: 5 * time.Minute, PageSize: 500, Timeout: time.Minute},
		{Name: "other", URL: "http://127.0.0.1:9/fhir", Types: []string{"Location", "Practitioner"},
			Rule: "local", PageSize: 500, Timeout: time.Minute},
	}
	if diff := cmp.Diff(want, c.Sync.Sources); diff != "" {
		t.Error(diff)
	}
}

func TestWrongFiles(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"unknown key, near one":     {"open: true\nlisten: 127.0.0.1:0\nlisen: x\n", `line 3: there is no setting "lisen"; did you mean "listen"?`},
		"unknown key in a section":  {"tls:\n  crt: x\n", `line 2: there is no setting "tls.crt"; did you mean "tls.cert"?`},
		"unknown key, near none":    {"colour: blue\n", `line 1: there is no setting "colour"; known are base_url, `},
		"unknown key of a source":   {"sync:\n  sources:\n    - name: a\n      adress: b\n", `line 4: there is no setting "sync.sources[0].adress"`},
		"set twice":                 {"open: true\nopen: false\n", `line 2: "open" was set before, in line 1`},
		"no YAML":                   {"listen: [\n", "is not YAML"},
		"a list at the top":         {"- a\n", "line 1"},
		"a section for a value":     {"listen: {a: b}\n", `line 1: "listen" takes one value`},
		"a value for a section":     {"tls: yes\n", `line 1: "tls" wants settings of its own`},
		"a mapping for the sources": {"sync: {sources: {name: a}}\n", "wants a list"},
		"not a number":              {"limits:\n  page: many\n", `line 2: "limits.page": "many" is not a whole number`},
		"not a size":                {"limits: {body: 1 parsec}\n", "is not a size"},
		"not a time span":           {"limits: {request: soon}\n", "is not a span of time"},
		"neither true nor false":    {"open: maybe\n", "is neither true nor false"},
		"open to the world":         {"open: true\nlisten: 0.0.0.0:80\n", "open serves everybody without sign-in"},
		"open on all addresses":     {"open: true\nlisten: \":80\"\n", "open serves everybody without sign-in"},
		"no port":                   {"listen: localhost\n", "is not an address with a port"},
		"certificate without key":   {"tls: {cert: a}\n", "belong together"},
		"client CA without TLS":     {"tls: {client_ca: a}\n", "needs tls.cert"},
		"proxy that is no address":  {"trusted_proxies: [proxy.local]\n", "neither an address nor a network"},
		"hardly any cache":          {"memory: {cache: 1KiB}\n", "memory.cache must be at least 1MiB"},
		"page larger than the most": {"limits: {page: 5, max_page: 4}\n", "limits.max_page no smaller"},
		"log level":                 {"log: {level: loud}\n", "not \"loud\""},
		"policy that is none":       {"profiles: {Location: loud}\n", `profiles.Location is reject, warn or off, not "loud" (set by masjala.yaml line 1)`},
		"policy of no type":         {"profiles: {Locaton: warn}\n", `did you mean "profiles.Location"?`},
		"references in doubt":       {"references: maybe\n", `references is check or keep, not "maybe"`},
		"base that is no address":   {"base_url: registry\n", "is not an address such as"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, tc.text, config.From{})
			if fhir.KindOf(err) != fhir.Invalid || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want Invalid with %q", err, tc.want)
			}
		})
	}
}

func TestWrongVariableAndFlagAreNamed(t *testing.T) {
	_, err := load(t, "", config.From{Env: env("MASJALA_LIMITS_PAGE", "x")})
	if err == nil || !strings.Contains(err.Error(), "MASJALA_LIMITS_PAGE") {
		t.Errorf("got %v, want the variable named", err)
	}
	_, err = load(t, "", config.From{Flags: map[string]string{"limits.request": "x"}})
	if err == nil || !strings.Contains(err.Error(), "--limits-request") {
		t.Errorf("got %v, want the flag named", err)
	}
}

func TestFileThatWasNamedMustExist(t *testing.T) {
	from := config.From{Data: t.TempDir(), Env: env()}
	if _, err := config.Load(from); err != nil {
		t.Errorf("without a file: %v", err)
	}
	from.Path = filepath.Join(from.Data, "absent.yaml")
	if _, err := config.Load(from); fhir.KindOf(err) != fhir.Invalid {
		t.Errorf("got %v, want Invalid", err)
	}
}

func TestSampleIsAcceptedAndSetsTheDefaults(t *testing.T) {
	commented := config.Sample()
	c, err := load(t, commented, config.From{})
	if err != nil {
		t.Fatalf("the sample as it is: %v", err)
	}
	if len(c.Sync.Sources) != 0 || c.Origin("listen") != "the default" {
		t.Error("the sample sets something although all of it is commented out")
	}
	var plain strings.Builder
	for line := range strings.Lines(commented) {
		plain.WriteString(strings.TrimPrefix(line, "#"))
	}
	c, err = load(t, plain.String(), config.From{})
	if err != nil {
		t.Fatalf("the sample without its comment signs: %v\n%s", err, plain.String())
	}
	want := config.Default()
	for i, s := range config.Settings(c) {
		if got, want := s.String(), config.Settings(want)[i].String(); got != want {
			t.Errorf("%s = %q in the sample, want the default %q", s.Key, got, want)
		}
		if c.Origin(s.Key) == "the default" {
			t.Errorf("%s is not in the sample", s.Key)
		}
	}
	if len(c.Sync.Sources) != 1 || c.Sync.Sources[0].Name != "nation" {
		t.Errorf("the sample has the sources %v, want the one of the documentation", c.Sync.Sources)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("listen: 127.0.0.1:80\nsync: {sources: [{name: a}]}\n")
	f.Add("a: &x {b: *x}\n")
	f.Add("tls: *none\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := load(t, text, config.From{})
		if err == nil && c.Check() != nil {
			t.Error("Load accepted what Check refuses")
		}
		if err != nil && fhir.KindOf(err) != fhir.Invalid {
			t.Errorf("got %v, want Invalid", err)
		}
	})
}

var update = flag.Bool("update", false, "write docs/configuration.md")

func TestReferencePageIsUpToDate(t *testing.T) {
	testutil.Requirement(t, "NFR-2")
	page := filepath.Join("..", "..", "docs", "configuration.md")
	if *update {
		if err := os.WriteFile(page, []byte(config.Reference()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(config.Reference(), string(got)); diff != "" {
		t.Errorf("docs/configuration.md is not what the settings say; run with -update:\n%s", diff)
	}
}

func TestTypesThatAreKept(t *testing.T) {
	testutil.Requirement(t, "MD-130-4")
	tests := map[string]struct {
		text  string
		kept  int
		wrong string
	}{
		"none":            {"", 0, ""},
		"two":             {"forbid_delete: [Location, Organization]", 2, ""},
		"all":             {"forbid_delete: [all]", len(search.Types()), ""},
		"no type of ours": {"forbid_delete: [Patient]", 0, "Patient"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			c, err := load(t, tc.text, config.From{})
			if err == nil {
				err = c.Check()
			}
			switch {
			case tc.wrong != "" && (err == nil || !strings.Contains(err.Error(), tc.wrong)):
				t.Errorf("forbid_delete is taken: %v, want an error about %s", err, tc.wrong)
			case tc.wrong == "" && (err != nil || len(c.Kept()) != tc.kept):
				t.Errorf("Kept = %v, %v, want %d types", c.Kept(), err, tc.kept)
			}
		})
	}
}

func TestModules(t *testing.T) {
	testutil.Requirement(t, "CSD-W7", "MD-A7")
	for text, right := range map[string]bool{
		"": true, "modules: [facility]": true, "modules: [workforce, terminology]": true, "modules: []": false, "modules: [patients]": false,
	} {
		c, err := load(t, text, config.From{})
		if err == nil {
			err = c.Check()
		}
		if (err == nil) != right {
			t.Errorf("%q: %v, want it taken: %v", text, err, right)
		}
	}
}
