package api

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"

	"github.com/gofiber/fiber/v2"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/desk"
)

// workbookType is the media type of .xlsx.
const workbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// submit answers POST /api/imports: the file is the body, or a part of a form. What goes with
// it are parameters or, in a form, fields.
func (i *importing) submit(c *fiber.Ctx, x *exchange) error {
	p := desk.Paper{Actor: x.who.Name}
	for name, to := range fields(&p) {
		*to = strings.Clone(c.Query(name))
	}
	for name, to := range flags(&p) {
		*to = c.Query(name) == "true"
	}
	var u *desk.Upload
	var err error
	body := &capped{r: bytes.NewReader(nil), left: i.a.Upload, limit: i.a.Upload}
	if stream := c.Context().RequestBodyStream(); stream != nil {
		body.r = stream
	}
	if kind, params, _ := mime.ParseMediaType(c.Get(fiber.HeaderContentType)); kind == fiber.MIMEMultipartForm {
		u, err = i.form(multipart.NewReader(body, params["boundary"]), &p)
	} else {
		if p.File == "" {
			p.File = attached(c.Get(fiber.HeaderContentDisposition))
		}
		if err = i.a.Imports.Check(&p); err == nil { // before all of it is sent
			u, err = i.a.Imports.Receive(body)
		}
	}
	if u != nil {
		defer u.Discard()
	}
	if err != nil {
		return unread(err)
	}
	if u.Bytes == 0 {
		return fhir.Errorf(fhir.Invalid, "There is no file: send it as the body, or as the part file of a form.")
	}
	t, err := i.a.Imports.Submit(i.s.running, u, p)
	if err != nil {
		return err
	}
	x.ctx = i.s.running // the file may have taken longer than a request may
	return i.answer(c, x, fiber.StatusAccepted, t)
}

// fields are the parameters that go with a file.
func fields(p *desk.Paper) map[string]*string {
	return map[string]*string{"kind": &p.Kind, "name": &p.File, "mapping": &p.Mapping, "sheet": &p.Sheet, "reason": &p.Reason}
}

// flags are the parameters with yes or no that go with a file.
func flags(p *desk.Paper) map[string]*bool {
	return map[string]*bool{"forgetMapping": &p.Forget, "complete": &p.Complete}
}

// unread is the error of a body that could not be read; one that says why itself is kept, and
// one of the files that it is written to.
func unread(err error) error {
	if _, ours := errors.AsType[*fs.PathError](err); ours || fhir.KindOf(err) != fhir.Internal {
		return err
	}
	return fhir.Errorf(fhir.Invalid, "The body ends before the file does, or the form is none; send it again.").Because(err)
}

// attached is the name of the file in a header Content-Disposition, "" for none.
func attached(header string) string {
	_, params, _ := mime.ParseMediaType(header)
	return baseName(params["filename"])
}

func baseName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	if name == "." || name == "/" {
		return ""
	}
	return name
}

// form reads the parts of a form.
func (i *importing) form(in *multipart.Reader, p *desk.Paper) (u *desk.Upload, err error) {
	known := fields(p)
	for {
		part, err := in.NextPart()
		if errors.Is(err, io.EOF) {
			if u == nil {
				return nil, fhir.Errorf(fhir.Invalid, "The form has no part file.")
			}
			return u, nil
		}
		if err != nil {
			return u, err
		}
		name := part.FormName()
		to := known[name]
		yes, text := flags(p)[name], ""
		if yes != nil {
			to = &text
		}
		switch {
		case name == "file" && u != nil:
			return u, fhir.Errorf(fhir.Invalid, "The form has two files; send one at a time.")
		case name == "file":
			if p.File == "" {
				p.File = baseName(part.FileName())
			}
			if u, err = i.a.Imports.Receive(part); err != nil {
				return u, err
			}
		case to == nil:
			return u, fhir.Errorf(fhir.Invalid, "The form has a field %q; only file, kind, name, mapping, forgetMapping, complete, sheet and reason are known.", clip(name))
		default:
			field, err := io.ReadAll(&capped{r: part, left: desk.MaxMapping, limit: desk.MaxMapping})
			if err != nil {
				return u, err
			}
			if *to = string(field); yes != nil {
				*yes = text == "true"
			}
		}
	}
}

// findings answers GET …/findings: a page in JSON, or all in CSV or a workbook.
func (i *importing) findings(c *fiber.Ctx, x *exchange, t *desk.Task) error {
	format := strings.Clone(c.Query("format"))
	if format == "" {
		format = wantedTable(c.Get(fiber.HeaderAccept))
	}
	switch format {
	case "json":
		count, err := number(c, "count", 100, mostFindings)
		if err != nil {
			return err
		}
		page, err := i.a.Imports.Findings(t, strings.Clone(c.Query("after")), count)
		if err != nil {
			return err
		}
		return i.json(c, fiber.StatusOK, page)
	case "csv", "xlsx":
		return i.made(c, tableTypes[format], stem(t.File)+"-findings."+format, func(w io.Writer) error {
			return i.a.Imports.WriteFindings(t, w, format == "xlsx")
		})
	}
	return noTable("Findings are", format)
}

// wantedTable tells in which format a client wants findings.
func wantedTable(accept string) string {
	switch {
	case strings.Contains(accept, workbookType):
		return "xlsx"
	case strings.Contains(accept, "text/csv"):
		return "csv"
	}
	return "json"
}

func stem(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }

// marked answers GET …/marked.
func (i *importing) marked(c *fiber.Ctx, x *exchange, t *desk.Task) error {
	return i.made(c, workbookType, stem(t.File)+"-marked.xlsx", func(w io.Writer) error { return i.a.Imports.WriteMarked(x.ctx, t, w) })
}

// made sends a file that fn writes, which is not kept.
func (i *importing) made(c *fiber.Ctx, kind, name string, fn func(io.Writer) error) error {
	file, err := os.CreateTemp(i.a.Scratch, "made-")
	if err != nil {
		return fmt.Errorf("make a file to send: %w", err)
	}
	sent := &sending{file}
	size := int64(0)
	if err = fn(file); err == nil {
		size, err = file.Seek(0, io.SeekCurrent)
	}
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return errors.Join(err, sent.Close())
	}
	attach(c, kind, name)
	c.Context().SetBodyStream(sent, int(size))
	return nil
}

// sending is a file that is removed when it was sent.
type sending struct{ *os.File }

// Close closes the file and removes it.
func (s *sending) Close() error { return errors.Join(s.File.Close(), os.Remove(s.Name())) }

// attach says that a file follows.
func attach(c *fiber.Ctx, kind, name string) {
	c.Status(fiber.StatusOK)
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderContentDisposition, "attachment; filename*=UTF-8''"+url.PathEscape(name))
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
}

// original answers GET …/original with the bytes that were sent.
func (i *importing) original(c *fiber.Ctx, x *exchange, t *desk.Task) error {
	file, err := i.a.Imports.Original(t)
	if err != nil {
		return err
	}
	attach(c, "application/octet-stream", t.File)
	c.Set(fiber.HeaderETag, `"`+t.Hash+`"`)
	c.Context().SetBodyStream(file, int(t.Bytes))
	return nil
}

// forget answers DELETE …/original.
func (i *importing) forget(c *fiber.Ctx, x *exchange, t *desk.Task) error {
	t, err := i.a.Imports.Forget(x.ctx, t.Run, x.who.Name)
	if err != nil {
		return err
	}
	return i.answer(c, x, http.StatusOK, t)
}

// changes answers GET …/changes.
func (i *importing) changes(c *fiber.Ctx, x *exchange, t *desk.Task) error {
	count, err := number(c, "count", 100, mostChanges)
	if err != nil {
		return err
	}
	page, err := i.a.Imports.Changes(x.ctx, t.Run, strings.Clone(c.Query("after")), count)
	if fhir.KindOf(err) == fhir.NotFound { // nothing was written yet
		page, err = &desk.Changes{Run: t.Run, File: t.File, Hash: t.Hash, List: []importers.Changed{}}, nil
	}
	if err != nil {
		return err
	}
	return i.json(c, fiber.StatusOK, page)
}
