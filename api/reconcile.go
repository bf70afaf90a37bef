package api

import (
	"encoding/json"
	"html"
	"io"
	"math"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
)

// reconcilePath is where the reconciliation service is
// (https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/).
const reconcilePath = "/reconcile"

// Limits of a reconciliation.
const (
	mostQueries     = 200
	mostReconciled  = 25
	reconcileBody   = 4 << 20
	suggestionCount = 10
)

// reconciliation offers the service that OpenRefine and others ask, on the matchers of
// Options.Reconcile: manifest and batches of queries, suggestions and previews of entities.
func (s *Server) reconciliation(app *fiber.App) {
	app.Get(reconcilePath, s.reconciling(s.reconcile))
	app.Post(reconcilePath, s.reconciling(s.reconcile))
	app.Get(reconcilePath+"/suggest/entity", s.reconciling(s.suggestEntity))
	app.Get(reconcilePath+"/preview", s.reconciling(s.previewEntity))
}

// reconciling makes a handler for those who may read.
func (s *Server) reconciling(fn func(*fiber.Ctx, *exchange) error) fiber.Handler {
	return s.observed(reconcileRoute, func(c *fiber.Ctx, x *exchange) error {
		if err := s.mayRead(c, x); err != nil {
			return err
		}
		return fn(c, x)
	})
}

// reconcile answers the queries, or the manifest when there are none.
func (s *Server) reconcile(c *fiber.Ctx, x *exchange) error {
	text := strings.Clone(c.Query("queries"))
	if c.Method() == fiber.MethodPost {
		b, err := io.ReadAll(&capped{r: c.Context().RequestBodyStream(), left: reconcileBody, limit: reconcileBody})
		if err != nil {
			return err
		}
		form, err := url.ParseQuery(string(b))
		if err != nil {
			return fhir.Errorf(fhir.Invalid, "The body is no form; send the queries as the field queries.")
		}
		text = form.Get("queries")
	}
	if text == "" {
		return c.JSON(s.manifest(s.base(x)))
	}
	var queries map[string]reconcileQuery
	if err := json.Unmarshal([]byte(text), &queries); err != nil {
		return fhir.Errorf(fhir.Invalid, "The queries are not an object of queries in JSON.").At("queries")
	}
	if len(queries) > mostQueries {
		return fhir.Errorf(fhir.TooLarge, "There are %d queries; %d are allowed at a time.", len(queries), mostQueries)
	}
	out := map[string]reconcileResult{}
	for key, q := range queries {
		r, err := s.reconcileOne(x, q)
		if err != nil {
			return err
		}
		out[key] = r
	}
	return c.JSON(out)
}

// manifest describes the service.
func (s *Server) manifest(base string) map[string]any {
	root := strings.TrimSuffix(base, prefix)
	var types []named
	for _, t := range s.reconciled() {
		types = append(types, named{t, t})
	}
	return map[string]any{
		"versions": []string{"0.2"}, "name": "Masjala", "identifierSpace": base + "/", "schemaSpace": "http://hl7.org/fhir/StructureDefinition/",
		"defaultTypes": types,
		"view":         map[string]string{"url": base + "/{{id}}"},
		"preview":      map[string]any{"url": root + reconcilePath + "/preview?id={{id}}", "width": 400, "height": 200},
		"suggest":      map[string]any{"entity": map[string]string{"service_url": root, "service_path": reconcilePath + "/suggest/entity"}},
	}
}

// reconciled are the types that can be asked for, and that this server serves.
func (s *Server) reconciled() []string {
	var out []string
	for _, t := range s.types {
		if s.opt.Reconcile[t] != nil {
			out = append(out, t)
		}
	}
	slices.Sort(out)
	return out
}

type (
	reconcileQuery struct {
		Query      string          `json:"query"`
		Type       json.RawMessage `json:"type"`
		Limit      int             `json:"limit"`
		Properties []struct {
			ID    string          `json:"pid"`
			Value json.RawMessage `json:"v"`
		} `json:"properties"`
	}
	named struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	weight struct {
		ID    string  `json:"id"`
		Value float64 `json:"value"`
	}
	candidate struct {
		ID          string   `json:"id"`
		Name        string   `json:"name"`
		Description string   `json:"description,omitempty"`
		Score       float64  `json:"score"`
		Match       bool     `json:"match"`
		Type        []named  `json:"type"`
		Features    []weight `json:"features,omitempty"`
	}
	reconcileResult struct {
		Result []candidate `json:"result"`
	}
)

// reconcileOne answers a query. What is asked without a type, or for one that is not there,
// is a Location.
func (s *Server) reconcileOne(x *exchange, q reconcileQuery) (reconcileResult, error) {
	out := reconcileResult{Result: []candidate{}}
	types := texts(q.Type)
	typ := "Location"
	for _, t := range types {
		if slices.Contains(s.reconciled(), t) {
			typ = t
		}
	}
	by := s.opt.Reconcile[typ]
	if by == nil || !slices.Contains(s.reconciled(), typ) || strings.TrimSpace(q.Query) == "" {
		return out, nil
	}
	wanted, err := q.resource(typ)
	if err != nil {
		return out, err
	}
	limit := mostReconciled
	if q.Limit > 0 {
		limit = min(limit, q.Limit)
	}
	found, err := by.Find(x.ctx, wanted, max(limit, 2))
	if err != nil {
		return out, err
	}
	sure := len(onlyCertain(found)) == 1
	for i, f := range found[:min(limit, len(found))] {
		c := candidate{ID: f.Record.Ref(), Name: title(f.Record), Description: f.Explain(), Score: math.Round(f.Score()*1000) / 10, Match: sure && i == 0, Type: []named{{typ, typ}}}
		for _, e := range f.Evidence {
			c.Features = append(c.Features, weight{e.About, e.Bits})
		}
		out.Result = append(out.Result, c)
	}
	return out, nil
}

// suggestEntity completes the beginning of a name.
func (s *Server) suggestEntity(c *fiber.Ctx, x *exchange) error {
	out := reconcileResult{Result: []candidate{}}
	text := strings.Clone(strings.TrimSpace(c.Query("prefix")))
	for _, t := range s.reconciled() {
		if text == "" || len(out.Result) >= suggestionCount {
			break
		}
		escape := strings.NewReplacer(`\`, `\\`, `,`, `\,`, `|`, `\|`, `$`, `\$`)
		list, err := store.Find(x.ctx, s.opt.Store, t, suggestionCount-len(out.Result), search.Pair{Name: "name", Value: escape.Replace(text)})
		if err != nil {
			return err
		}
		for _, r := range list {
			out.Result = append(out.Result, candidate{ID: r.Ref(), Name: title(r), Type: []named{{t, t}}})
		}
	}
	return c.JSON(out)
}

// previewEntity shows a resource in a small page.
func (s *Server) previewEntity(c *fiber.Ctx, x *exchange) error {
	typ, id, _ := strings.Cut(strings.Clone(c.Query("id")), "/")
	if !slices.Contains(s.reconciled(), typ) {
		return fhir.Errorf(fhir.NotFound, "There is nothing of the id %s here.", clip(c.Query("id")))
	}
	r, err := s.opt.Store.Read(x.ctx, typ, id)
	if err != nil {
		return err
	}
	lines := []string{typ + " " + r.ID}
	for _, i := range r.Field("identifier").Array() {
		lines = append(lines, i.Get("system").Str+" "+i.Get("value").Str)
	}
	for _, path := range []string{"type.0.text", "type.0.coding.0.display", "partOf.display", "birthDate", "gender"} {
		if v := r.Field(path).String(); v != "" {
			lines = append(lines, v)
		}
	}
	c.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'")
	return c.SendString("<!doctype html><title>" + html.EscapeString(title(r)) + "</title><h1>" + html.EscapeString(title(r)) + "</h1><p>" +
		strings.ReplaceAll(html.EscapeString(strings.Join(lines, "\n")), "\n", "<br>") + "</p>")
}

// title is the name of a resource as people say it.
func title(r *fhir.Resource) string {
	if r.Type != "Practitioner" {
		return r.Field("name").Str
	}
	if text := r.Field("name.0.text").Str; text != "" {
		return text
	}
	var parts []string
	for _, g := range r.Field("name.0.given").Array() {
		parts = append(parts, g.Str)
	}
	return strings.TrimSpace(strings.Join(append(parts, r.Field("name.0.family").Str), " "))
}
