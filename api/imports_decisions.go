package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"masjala/fhir"
	"masjala/importers/decisions"
	"masjala/importers/desk"
	"masjala/internal/command"
	"masjala/internal/export/table"
)

// mappings answers GET /api/imports/mappings: an editor sees those that this editor gave, an admin all.
func (i *importing) mappings(c *fiber.Ctx, x *exchange) error {
	list, err := i.a.Imports.Mappings(x.ctx, sees(x))
	if err != nil {
		return err
	}
	return i.json(c, http.StatusOK, map[string]any{"mappings": list})
}

// sees tells whose imports somebody may see.
func sees(x *exchange) func(actor string) bool {
	return func(actor string) bool { return x.who.Role.allows(RoleAdmin) || actor == x.who.Name }
}

// mapping answers GET /api/imports/mappings/{id}, with its YAML.
func (i *importing) mapping(c *fiber.Ctx, x *exchange) error {
	m, err := i.a.Imports.Mapping(x.ctx, strings.Clone(c.Params("id")), sees(x))
	if err != nil {
		return err
	}
	return i.json(c, http.StatusOK, m)
}

// forgetMapping answers DELETE /api/imports/mappings/{id}.
func (i *importing) forgetMapping(c *fiber.Ctx, x *exchange) error {
	if err := i.a.Imports.ForgetMapping(x.ctx, strings.Clone(c.Params("id")), x.who.Name, sees(x)); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

// template answers GET /api/imports/template with an empty workbook, as the command import-template makes it.
func (i *importing) template(c *fiber.Ctx, x *exchange) error {
	kind, sets := strings.Clone(c.Query("kind")), map[string]string{}
	for _, text := range c.Context().QueryArgs().PeekMulti("valueSet") {
		target, address, ok := strings.Cut(string(text), "=")
		if !ok {
			return fhir.Errorf(fhir.Invalid, "valueSet is %q; write the meaning of the column and the URL, such as type=http://example.org/types.", clip(string(text))).At("valueSet")
		}
		sets[target] = address
	}
	args, err := json.Marshal(map[string]any{"kind": kind, "lang": strings.Clone(c.Query("lang")), "valueSets": sets})
	if err != nil {
		return err
	}
	return i.made(c, workbookType, kind+".xlsx", func(w io.Writer) error {
		_, err := i.a.Commands.Run(x.ctx, command.Call{Name: "import-template", Args: args, Actor: x.who.Name,
			Give: func(string) (io.WriteCloser, error) { return unclosed{w}, nil }}, nil)
		return err
	})
}

// unclosed is a file that somebody else closes.
type unclosed struct{ io.Writer }

// Close does nothing.
func (unclosed) Close() error { return nil }

// open answers GET …/decisions: what somebody should decide, in JSON or as a table to be filled in.
func (i *importing) open(c *fiber.Ctx, x *exchange, t *desk.Task) error {
	format := strings.Clone(c.Query("format"))
	if format == "" {
		format = wantedTable(c.Get(fiber.HeaderAccept))
	}
	plan, err := i.a.Imports.Plan(x.ctx, t)
	if err != nil {
		return err
	}
	switch format {
	case "json":
		return i.json(c, http.StatusOK, decisions.Judge(plan))
	case "csv", "xlsx":
		return i.made(c, tableTypes[format], stem(t.File)+"-decisions."+format, func(w io.Writer) error {
			return decisions.WriteTable(w, table.Format(format), plan)
		})
	}
	return noTable("What is to be decided is", format)
}

// tableTypes are the media types of tables by their format.
var tableTypes = map[string]string{"csv": "text/csv; charset=utf-8", "xlsx": workbookType}

func noTable(what, format string) error {
	return fhir.Errorf(fhir.NotAcceptable, "%s given as json, csv or xlsx, not as %q.", what, clip(format))
}

// decide answers POST …/decisions: with JSON, or with the table filled in.
func (i *importing) decide(c *fiber.Ctx, x *exchange, t *desk.Task) error {
	var by desk.Decision
	set, err := i.filledIn(c, x.ctx)
	if err != nil {
		return err
	}
	if set == nil {
		return i.do(c, x, &by, func(a desk.Ask) (*desk.Task, error) { return i.a.Imports.Decide(i.s.running, t.Run, by, a) })
	}
	a, err := ask(c, x)
	if err != nil {
		return err
	}
	by.Set = *set
	if t, err = i.a.Imports.Decide(i.s.running, t.Run, by, a); err != nil {
		return err
	}
	return i.answer(c, x, http.StatusAccepted, t)
}

// decideAlone answers POST /api/imports/decisions: decisions on spellings, of no list.
func (i *importing) decideAlone(c *fiber.Ctx, x *exchange) error {
	set, err := i.filledIn(c, x.ctx)
	if err == nil && set == nil {
		set = &decisions.Set{}
		err = i.read(c, set)
	}
	if err != nil {
		return err
	}
	kept, err := i.a.Imports.KeepDecisions(x.ctx, *set, x.who.Name)
	if err != nil {
		return err
	}
	return i.json(c, http.StatusOK, kept)
}

// filledIn reads the table of a request, nil when its body is none.
func (i *importing) filledIn(c *fiber.Ctx, ctx context.Context) (set *decisions.Set, err error) {
	kind, _, _ := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if !slices.Contains([]string{"text/csv", workbookType}, kind) {
		return nil, nil
	}
	stream := c.Context().RequestBodyStream()
	if stream == nil {
		return nil, fhir.Errorf(fhir.Invalid, "There is no table: send it as the body.")
	}
	file, err := os.CreateTemp(i.a.Scratch, "decisions-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.Remove(file.Name())) }()
	_, err = io.Copy(file, &capped{r: stream, left: i.a.Upload, limit: i.a.Upload})
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, unread(err)
	}
	set, err = decisions.ReadTable(ctx, file.Name(), "decisions", i.a.Scratch)
	if err == nil && set.Empty() {
		err = fhir.Errorf(fhir.Invalid, "Nothing was decided: the column Decision of the table is empty.")
	}
	return set, err
}
