package api

import (
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"masjala/fhir"
	"masjala/importers/desk"
)

// importPath is where lists are handed in (docs/api-imports.md); the run of an import follows.
const importPath = "/api/imports"

// Limits of requests about imports.
const (
	mostImports  = 200
	mostFindings = 1000
	mostChanges  = 500
	importBody   = 4 << 20 // of what is JSON
)

// importing answers requests about imports.
type importing struct {
	s *Server
	a Admin
}

// imports offers the desk for lists. Like commands, it takes a token even when the FHIR interface
// is open, of an editor: findings and files tell of persons. An editor sees only what that editor
// handed in; an admin sees all.
func (s *Server) imports(a Admin) {
	i := &importing{s, a}
	for _, r := range []struct {
		method, path string
		run          func(*fiber.Ctx, *exchange) error
	}{
		{fiber.MethodPost, "", i.submit},
		{fiber.MethodGet, "", i.list},
		{fiber.MethodGet, "/mappings", i.mappings}, // no run has such a name
		{fiber.MethodGet, "/mappings/:id", i.mapping},
		{fiber.MethodDelete, "/mappings/:id", i.forgetMapping},
		{fiber.MethodGet, "/template", i.template},
		{fiber.MethodPost, "/decisions", i.decideAlone},
		{fiber.MethodGet, "/:run", i.of(i.show)},
		{fiber.MethodGet, "/:run/findings", i.of(i.findings)},
		{fiber.MethodGet, "/:run/marked", i.of(i.marked)},
		{fiber.MethodGet, "/:run/changes", i.of(i.changes)},
		{fiber.MethodGet, "/:run/original", i.of(i.original)},
		{fiber.MethodDelete, "/:run/original", i.of(i.forget)},
		{fiber.MethodGet, "/:run/decisions", i.of(i.open)},
		{fiber.MethodPost, "/:run/decisions", i.of(i.decide)},
		{fiber.MethodPost, "/:run/apply", i.of(i.apply)},
		{fiber.MethodPost, "/:run/cancel", i.of(i.cancel)},
		{fiber.MethodPost, "/:run/undo", i.of(i.undo)},
	} {
		s.app.Add(r.method, importPath+r.path, s.observed(importRoute, func(c *fiber.Ctx, x *exchange) (err error) {
			if x.who, err = s.signIn(s.running, a.Authenticate, s.connectionOf(c.Context()), c.Get(fiber.HeaderAuthorization), RoleEditor); err != nil {
				return err
			}
			c.Set(fiber.HeaderCacheControl, "no-store")
			start := time.Now()
			if err = r.run(c, x); err == nil && c.Response().IsBodyStream() {
				s.observe(c, x, start, importRoute)
			}
			return err
		}))
	}
}

// mine tells whether somebody may see an import.
func mine(x *exchange, t *desk.Task) bool {
	return sees(x)(t.Actor)
}

// of makes a handler of what is asked about one import, which is not found by those who may not see it.
func (i *importing) of(fn func(*fiber.Ctx, *exchange, *desk.Task) error) func(*fiber.Ctx, *exchange) error {
	return func(c *fiber.Ctx, x *exchange) error {
		run := strings.Clone(c.Params("run"))
		t, err := i.a.Imports.Task(x.ctx, run)
		if err == nil && !mine(x, t) {
			err = fhir.Errorf(fhir.NotFound, "there is no import %q", clip(run))
		}
		if err != nil {
			return err
		}
		return fn(c, x, t)
	}
}

// importView is an import as it is shown.
type importView struct {
	*desk.Task
	Original bool            `json:"original"`           // the file is kept
	Ahead    int             `json:"ahead,omitempty"`    // imports of the same registries that wait before it, or run
	Progress *stepView       `json:"progress,omitempty"` // while it is worked on
	Report   json.RawMessage `json:"report,omitempty"`   // of the last plan or application, as the command's --json
}

// stepView is how far a step is.
type stepView struct {
	Phase string  `json:"phase,omitempty"` // "waiting", "reading", "planning", "writing", "undoing"
	Done  int     `json:"done"`            // rows
	Total int     `json:"total"`           // rows; 0 while unknown
	Left  float64 `json:"secondsLeft,omitempty"`
}

// answer sends an import, with its report when it is asked for alone.
func (i *importing) answer(c *fiber.Ctx, x *exchange, status int, t *desk.Task) error {
	v := i.view(t)
	var err error
	if v.Report, err = i.a.Imports.Result(x.ctx, t.Run); err != nil {
		return err
	}
	c.Set(fiber.HeaderETag, `"`+strconv.FormatInt(t.Version, 10)+`"`)
	c.Set(fiber.HeaderLocation, importPath+"/"+t.Run)
	return i.json(c, status, v)
}

func (i *importing) view(t *desk.Task) importView {
	v := importView{Task: t, Original: i.a.Imports.Keeps(t)}
	if p, ahead, ok := i.a.Imports.Progress(t.Run); ok {
		v.Progress, v.Ahead = &stepView{p.Phase, p.Done, p.Total, p.Left.Seconds()}, ahead
	}
	return v
}

func (i *importing) json(c *fiber.Ctx, status int, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	i.s.deliver(c, status, fiber.MIMEApplicationJSON, append(data, '\n'))
	return nil
}

// show answers GET /api/imports/{run}.
func (i *importing) show(c *fiber.Ctx, x *exchange, t *desk.Task) error {
	return i.answer(c, x, fiber.StatusOK, t)
}

// list answers GET /api/imports, newest first.
func (i *importing) list(c *fiber.Ctx, x *exchange) error {
	count, err := number(c, "count", 50, mostImports)
	if err != nil {
		return err
	}
	kind, state := strings.Clone(c.Query("kind")), strings.Clone(c.Query("state"))
	found, next, err := i.a.Imports.List(x.ctx, strings.Clone(c.Query("before")), count, func(t *desk.Task) bool {
		return mine(x, t) && (kind == "" || t.Kind == kind) && (state == "" || string(t.State) == state)
	})
	if err != nil {
		return err
	}
	out := struct {
		Imports []importView `json:"imports"`
		Next    string       `json:"next,omitempty"` // before of the next page
	}{Imports: []importView{}, Next: next}
	for _, t := range found {
		out.Imports = append(out.Imports, i.view(t))
	}
	return i.json(c, fiber.StatusOK, out)
}

// number reads a parameter that says how many.
func number(c *fiber.Ctx, name string, usual, most int) (int, error) {
	text := c.Query(name)
	if text == "" {
		return usual, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return 0, fhir.Errorf(fhir.Invalid, "%s is %q; it is a number from 1 to %d.", name, clip(text), most).At(name)
	}
	return n, nil
}

// read reads the JSON of a request into v; a request without a body leaves it as it is.
func (i *importing) read(c *fiber.Ctx, v any) error {
	stream := c.Context().RequestBodyStream()
	if stream == nil {
		return nil
	}
	d := json.NewDecoder(&capped{r: stream, left: importBody, limit: importBody})
	d.DisallowUnknownFields()
	err := d.Decode(v)
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err == nil:
		if _, err = d.Token(); errors.Is(err, io.EOF) {
			return nil
		}
	case fhir.KindOf(err) == fhir.TooLarge:
		return err
	}
	return fhir.Errorf(fhir.Invalid, "The body is not the JSON object that this address takes: %v.", jsonFault(err))
}

// jsonFault says what is wrong with JSON.
func jsonFault(err error) string {
	if err == nil {
		return "something follows it"
	}
	return clip(strings.TrimPrefix(err.Error(), "json: "))
}

// ask is who asks for something to be done, and in what version If-Match believes the import.
func ask(c *fiber.Ctx, x *exchange) (desk.Ask, error) {
	a := desk.Ask{Actor: x.who.Name}
	text := strings.TrimSpace(c.Get(fiber.HeaderIfMatch))
	if text == "" || text == "*" {
		return a, nil
	}
	n, err := strconv.ParseInt(strings.Trim(strings.TrimPrefix(text, "W/"), `"`), 10, 64)
	if err != nil || n < 1 {
		return a, fhir.Errorf(fhir.Invalid, "If-Match is %q; give the ETag of the import.", clip(text))
	}
	a.Version = n
	return a, nil
}

// do reads what a request says and the conditions it makes, has something done, and answers with
// the import as it is then: 202 while there is work to be done.
func (i *importing) do(c *fiber.Ctx, x *exchange, body any, fn func(desk.Ask) (*desk.Task, error)) error {
	if err := i.read(c, body); err != nil {
		return err
	}
	a, err := ask(c, x)
	if err != nil {
		return err
	}
	t, err := fn(a)
	if err != nil {
		return err
	}
	if t.Working() {
		return i.answer(c, x, fiber.StatusAccepted, t)
	}
	return i.answer(c, x, fiber.StatusOK, t)
}

// apply answers POST …/apply.
func (i *importing) apply(c *fiber.Ctx, x *exchange, t *desk.Task) error {
	var in struct {
		Mode desk.Mode `json:"mode"`
	}
	return i.do(c, x, &in, func(a desk.Ask) (*desk.Task, error) {
		if mode := c.Query("mode"); mode != "" {
			in.Mode = desk.Mode(strings.Clone(mode))
		}
		return i.a.Imports.Apply(i.s.running, t.Run, in.Mode, a)
	})
}

// cancel answers POST …/cancel.
func (i *importing) cancel(c *fiber.Ctx, x *exchange, t *desk.Task) error {
	return i.do(c, x, &struct{}{}, func(a desk.Ask) (*desk.Task, error) { return i.a.Imports.Cancel(i.s.running, t.Run, a) })
}

// undo answers POST …/undo.
func (i *importing) undo(c *fiber.Ctx, x *exchange, t *desk.Task) error {
	in := struct {
		DryRun bool `json:"dryRun"`
	}{DryRun: c.Query("dryRun") == "true"}
	if err := i.read(c, &in); err != nil {
		return err
	}
	if !in.DryRun {
		return i.do(c, x, &in, func(a desk.Ask) (*desk.Task, error) { return i.a.Imports.Undo(i.s.running, t.Run, a) })
	}
	u, err := i.a.Imports.PreviewUndo(x.ctx, t.Run, x.who.Name)
	if err != nil {
		return err
	}
	return i.json(c, fiber.StatusOK, u)
}
