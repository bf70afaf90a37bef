package e2e_test

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/fhir/profile"
	"masjala/fhir/xml"
)

// client asks a server as programs of others do, and checks of every answer what holds for
// all of them. It may be used by several goroutines.
type client struct {
	t    testing.TB
	base string
	http *http.Client
}

// newClient returns a client of a server with connections of its own.
func newClient(t testing.TB, s *server) *client {
	t.Helper()
	own := &http.Transport{MaxIdleConnsPerHost: 16}
	t.Cleanup(own.CloseIdleConnections)
	return &client{t: t, base: s.base, http: &http.Client{Transport: own}}
}

// reply is what came back.
type reply struct {
	status int
	header http.Header
	body   string // in JSON, whatever the format was
	sent   string // as it came
}

// get returns a value of the body by its gjson path.
func (r reply) get(path string) string { return gjson.Get(r.body, path).String() }

// list returns the values of a gjson path.
func (r reply) list(path string) []string {
	var all []string
	for _, v := range gjson.Get(r.body, path).Array() {
		all = append(all, v.String())
	}
	return all
}

// diagnostics is the text of an outcome's first issue.
func (r reply) diagnostics() string { return r.get("issue.0.diagnostics") }

// found lists the ids of a searchset in order of the alphabet, those included after a plus.
func (r reply) found() string {
	var matches, included []string
	for _, e := range gjson.Get(r.body, "entry").Array() {
		id := e.Get("resource.id").String()
		if e.Get("search.mode").String() == "match" {
			matches = append(matches, id)
		} else {
			included = append(included, "+"+id)
		}
	}
	slices.Sort(matches)
	slices.Sort(included)
	return strings.Join(append(matches, included...), " ")
}

// do sends a request. Headers are given as "Name: value"; path is below the base or
// absolute. Blanks in it are escaped, all else is sent as it stands.
func (c *client) do(method, path, body string, headers ...string) reply {
	c.t.Helper()
	r, err := c.try(method, path, body, headers...)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	if err := r.strict(); err != nil {
		c.t.Errorf("%s %s = %d: %v\n%.3000s", method, path, r.status, err, r.sent)
	}
	return r
}

// try is do for any goroutine: it fails nothing, and does not judge the answer.
func (c *client) try(method, path, body string, headers ...string) (reply, error) {
	if !strings.HasPrefix(path, "http") {
		path = c.base + path
	}
	req, err := http.NewRequest(method, strings.ReplaceAll(path, " ", "%20"), strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/fhir+json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		switch {
		case name == "Host":
			req.Host = value
		case value == "":
			req.Header.Del(name)
		default:
			req.Header.Set(name, value)
		}
	}
	res, err := c.http.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return reply{status: res.StatusCode, header: res.Header, body: string(b), sent: string(b)}, err
}

var inside = regexp.MustCompile(`(?i)goroutine \d|panic|sqlite|select .* from|\.go:\d+`)

// strict checks that the answer is one valid resource, that of a failure an outcome that
// shows nothing of the inside, and turns it into JSON.
func (r *reply) strict() error {
	if r.sent == "" {
		if r.status >= 400 {
			return fmt.Errorf("an error without a body")
		}
		return nil
	}
	if strings.Contains(r.header.Get("Content-Type"), "xml") {
		b, err := xml.ToJSON([]byte(r.sent))
		if err != nil {
			return err
		}
		r.body = string(b)
	}
	res, err := fhir.Parse([]byte(r.body))
	if err != nil {
		return err
	}
	if err := profile.Check(res); err != nil {
		return err
	}
	if r.status >= 400 && res.Type != "OperationOutcome" {
		return fmt.Errorf("a failure came with a %s", res.Type)
	}
	if found := inside.FindString(r.sent); r.status >= 400 && found != "" {
		return fmt.Errorf("the answer shows %q of the inside", found)
	}
	if r.header.Get("X-Request-Id") == "" {
		return fmt.Errorf("no X-Request-Id")
	}
	return nil
}

// must sends a request that has to succeed.
func (c *client) must(method, path, body string, headers ...string) reply {
	c.t.Helper()
	r := c.do(method, path, body, headers...)
	if r.status >= 400 {
		c.t.Fatalf("%s %s = %d, want success: %s", method, path, r.status, r.sent)
	}
	return r
}

// put stores resources, each written without its type and id in front.
func (c *client) put(resources ...string) {
	c.t.Helper()
	for _, r := range resources {
		c.must("PUT", "/"+gjson.Get(r, "resourceType").String()+"/"+gjson.Get(r, "id").String(), r)
	}
}

// transaction sends entries in a transaction that has to succeed.
func (c *client) transaction(entries ...string) reply {
	c.t.Helper()
	return c.must("POST", "", bundleOf("transaction", entries...))
}

// bundleOf is a Bundle of a type with entries.
func bundleOf(typ string, entries ...string) string {
	if len(entries) == 0 {
		return `{"resourceType":"Bundle","type":"` + typ + `"}`
	}
	return `{"resourceType":"Bundle","type":"` + typ + `","entry":[` + strings.Join(entries, ",") + `]}`
}

// request is an entry of a Bundle; fullURL, resource and more (further elements of the
// request) may be empty.
func request(fullURL, method, url, resource, more string) string {
	e := fmt.Sprintf(`"request":{"method":%q,"url":%q%s}`, method, url, more)
	if resource != "" {
		e = `"resource":` + resource + "," + e
	}
	if fullURL != "" {
		e = fmt.Sprintf(`"fullUrl":%q,`, fullURL) + e
	}
	return "{" + e + "}"
}

// cutVersion takes the version off an address.
func cutVersion(location string) string {
	path, _, _ := strings.Cut(location, "/_history/")
	return path
}
