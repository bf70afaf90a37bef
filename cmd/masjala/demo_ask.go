package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"masjala/internal/app"
	"masjala/internal/config"
)

// place is where the FHIR interface of the demo's registry is.
type place struct{ url, token string }

// reach returns where the registry is served: by the server that holds it, or by this
// process until stop is called.
func (o *options) reach(cmd *cobra.Command) (at place, stop func() error, err error) {
	nothing := func() error { return nil }
	if o.server != "" {
		return place{o.server, o.token}, nothing, nil
	}
	c, err := o.settings(cmd, map[string]string{"listen": "127.0.0.1:0", "open": "true"})
	if err != nil {
		return place{}, nil, err
	}
	server, err := app.RunningServer(c.Data)
	if err != nil {
		return place{}, nil, err
	}
	if server != nil {
		return place{server.URL, server.Token}, nothing, nil
	}
	a, err := app.Open(cmd.Context(), c, app.Options{Purpose: cmd.CommandPath(), Version: version, Log: o.quiet(c)})
	if err != nil {
		return place{}, nil, err
	}
	ctx, cancel := context.WithCancel(cmd.Context())
	ready, ended := make(chan place, 1), make(chan error, 1)
	go func() {
		ended <- a.Serve(ctx, func(n app.Announcement) { ready <- place{n.URL, n.Token} })
	}()
	stop = func() error {
		cancel()
		err := <-ended
		if closing := a.Close(); err == nil {
			err = closing
		}
		return err
	}
	select {
	case at = <-ready:
		return at, stop, nil
	case err = <-ended:
		cancel()
		a.Close()
		return place{}, nil, err
	}
}

// get asks the FHIR interface.
func (p place) get(ctx context.Context, path string) (gjson.Result, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+path, nil)
	if err != nil {
		return gjson.Result{}, fmt.Errorf("ask %s: %w", path, err)
	}
	if p.token != "" {
		req.Header.Set("Authorization", "Bearer "+p.token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return gjson.Result{}, fmt.Errorf("ask %s: %w", path, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return gjson.Result{}, fmt.Errorf("ask %s: %w", path, err)
	}
	if res.StatusCode != http.StatusOK {
		return gjson.Result{}, fmt.Errorf("ask %s: %s: %s", path, res.Status, gjson.GetBytes(body, "issue.0.diagnostics"))
	}
	return gjson.ParseBytes(body), nil
}

// demoAsk asks the registry what a ministry and its applications would.
func (o *options) demoAsk(ctx context.Context, at place, d *demonstration) error {
	o.say("\n3. The registry answers as FHIR R4: masjala serve\n")
	questions := []struct{ path, means, show string }{
		{"/fhir/Location?_summary=count", "facilities and areas", "total"},
		{"/fhir/Practitioner?_summary=count", "health workers", "total"},
		{"/fhir/PractitionerRole?_summary=count", "their posts", "total"},
		{"/fhir/Location?name:contains=hospital&_sort=name&_count=1", "the first hospital by name", "entry.0.resource.name"},
		{"/fhir/CodeSystem/$lookup?system=urn:masjala:codes:cadres&code=RN", "what the code RN means", `parameter.#(name=="display").valueString`},
		{"/fhir/CodeSystem/$validate-code?url=urn:masjala:codes:cadres&code=RN", "whether RN is a code of the list", `parameter.#(name=="result").valueBoolean`},
		{"/fhir/CodeSystem/$validate-code?url=urn:masjala:codes:cadres&code=unknown", "whether \"unknown\" is", `parameter.#(name=="result").valueBoolean`},
		{"/fhir/ValueSet/$expand?url=urn:masjala:codes:cadres:all&filter=nur&count=5", "codes with a word that begins with \"nur\"", "expansion.contains.#.display"},
	}
	for _, q := range questions {
		res, err := at.get(ctx, q.path)
		if err != nil {
			return err
		}
		a := answer{Request: "GET " + q.path, Means: q.means, Answer: res.Get(q.show).String()}
		d.Answers = append(d.Answers, a)
		o.say("   %s: %s\n      %s", a.Means, a.Answer, a.Request)
	}
	return nil
}

// demoFollow lets a second server with a data directory of its own follow the registry.
func (o *options) demoFollow(ctx context.Context, at place, dir string, d *demonstration) error {
	c := config.Default()
	c.Data = dir
	source := config.Source{Name: "nation", URL: at.url + "/fhir"}
	if at.token != "" {
		source.TokenFile = filepath.Join(filepath.Dir(dir), "token")
		if err := os.WriteFile(source.TokenFile, []byte(at.token), 0o600); err != nil {
			return fmt.Errorf("write the token for the second server: %w", err)
		}
		defer os.Remove(source.TokenFile)
	}
	c.Sync.Sources = []config.Source{source}
	a, err := app.Open(ctx, c, app.Options{Purpose: "masjala demo", Create: true, Version: version, Log: o.quiet(c)})
	if err != nil {
		return err
	}
	o.say("\n4. A district server follows it: masjala sync run %s\n", source.Name)
	result, err := o.call(ctx, a, task{name: "sync-run", args: app.SyncArgs{Name: source.Name}})
	if closing := a.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	var run app.SyncRun
	if err := json.Unmarshal(result.Value, &run); err != nil {
		return fmt.Errorf("read the result: %w", err)
	}
	d.Follower = run.Report
	if run.Error != "" {
		return fmt.Errorf("the second server could not follow: %s", run.Error)
	}
	if o.json {
		return nil
	}
	return o.syncReport(run.Report)
}
