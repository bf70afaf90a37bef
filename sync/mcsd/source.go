package mcsd

import (
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"masjala/fhir"
	"masjala/internal/jobs"
)

// Rule says who is right when a resource was changed both upstream and here.
type Rule string

const (
	UpstreamWins Rule = "upstream" // the upstream version is stored over the local one, which stays in the history
	LocalWins    Rule = "local"    // the local version stays
	Hold         Rule = "hold"     // the local version stays until someone decides; see Client.Resolve
)

// Source is a server that this one follows.
type Source struct {
	Name     string   // short name in lower case: "nation"
	URL      string   // FHIR base address: https://registry.example.org/fhir
	Schedule string   // cron expression; empty: only on request
	Timezone string   // IANA name for the schedule; empty: UTC
	Types    []string // resource types to follow; empty: DefaultTypes
	Rule     Rule     // empty: UpstreamWins

	Token     string // bearer token; only sent over HTTPS or to this machine
	TokenFile string // file that holds the token, read at each run
	CAFile    string // PEM file of the authorities that sign the upstream's certificate; empty: the system's

	PageSize int           // resources asked for per page; 0: 500
	Timeout  time.Duration // for one page; 0: one minute
	// Overlap is how far before the last mark each run asks again, for upstreams that may show a
	// change later than the time they stamp on it. 0: a minute, and nothing for servers of this
	// program, whose commit order is their clock; negative: nothing.
	Overlap time.Duration
}

// DefaultTypes are the seven resource types of mCSD, in the order in which they are applied.
var DefaultTypes = []string{
	"Organization", "Location", "Practitioner", "Endpoint",
	"HealthcareService", "PractitionerRole", "OrganizationAffiliation",
}

const (
	defaultPage    = 500
	defaultTimeout = time.Minute
	defaultOverlap = time.Minute
)

var (
	nameShape = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)
	typeShape = regexp.MustCompile(`^[A-Z][A-Za-z]{1,63}$`)
)

// check returns the source with its defaults filled in; Invalid when it cannot be used.
func (s Source) check() (Source, error) {
	if !nameShape.MatchString(s.Name) {
		return s, fhir.Errorf(fhir.Invalid, "a source needs a name of lower-case letters, digits, dots and dashes; %q will not do", s.Name)
	}
	s.URL = strings.TrimRight(s.URL, "/")
	if err := s.checkURL(); err != nil {
		return s, err
	}
	if _, err := jobs.ParseSchedule(s.Schedule, s.Timezone); err != nil {
		return s, err
	}
	if len(s.Types) == 0 {
		s.Types = DefaultTypes
	}
	for i, t := range s.Types {
		if !typeShape.MatchString(t) || slices.Contains(s.Types[:i], t) {
			return s, fhir.Errorf(fhir.Invalid, "source %s: %q is not a resource type, or is there twice", s.Name, t)
		}
	}
	switch s.Rule {
	case "":
		s.Rule = UpstreamWins
	case UpstreamWins, LocalWins, Hold:
	default:
		return s, fhir.Errorf(fhir.Invalid, "source %s: the rule %q is none of upstream, local, hold", s.Name, s.Rule)
	}
	if s.PageSize <= 0 {
		s.PageSize = defaultPage
	}
	if s.Timeout <= 0 {
		s.Timeout = defaultTimeout
	}
	return s, nil
}

func (s Source) checkURL() error {
	u, err := url.Parse(s.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fhir.Errorf(fhir.Invalid, "source %s: the address %q is not one of http or https", s.Name, s.URL)
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return fhir.Errorf(fhir.Invalid, "source %s: the address must be the plain FHIR base, without a user, a query or a fragment", s.Name)
	}
	if s.Token != "" && s.TokenFile != "" {
		return fhir.Errorf(fhir.Invalid, "source %s: give the token or the token file, not both", s.Name)
	}
	if (s.Token != "" || s.TokenFile != "") && u.Scheme != "https" && !loopback(u.Hostname()) {
		return fhir.Errorf(fhir.Invalid, "source %s: a token is sent over https only, but the address is %s", s.Name, s.URL)
	}
	return nil
}

// loopback tells whether a host name means this machine.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
