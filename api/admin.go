package api

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"masjala/fhir"
	"masjala/importers/desk"
	"masjala/internal/command"
)

// commandPath is where commands are asked for; the name of one follows.
const commandPath = "/api/commands/"

// commandTime is how long a command may take to arrive and to answer: a large workbook
// over a slow line is no attack, and an import no slow request.
const commandTime = 24 * time.Hour

// Commands carries out the commands of the program.
type Commands interface {
	command.Runner
	// Needs tells who may ask for a command: NotFound when there is none of that name.
	Needs(name string) (Role, error)
}

// Admin is what the administrative interface is made of. All fields are needed.
type Admin struct {
	Commands Commands
	// Authenticate is asked even when the FHIR interface is open: a page in a browser can
	// send forms to an address of this machine, but it has no token.
	Authenticate Authenticator
	Scratch      string // folder for files while a command runs with them
	Upload       int64  // bytes a request may have
	// Imports is where lists are handed in over HTTP.
	Imports *desk.Desk
}

// Administer offers POST /api/commands/{name} and what is below /api/imports. It must be called before Listen.
//
// The body is a form as package command describes it; the answer is a stream of JSON
// lines with the progress and the result. A request that cannot start a command is
// answered like one of the FHIR interface, by an OperationOutcome.
func (s *Server) Administer(a Admin) {
	s.app.Post(commandPath+":name", s.observed(commandRoute, func(c *fiber.Ctx, x *exchange) error { return s.command(c, x, a) }))
	s.imports(a)
	server := s.app.Server()
	others := server.HeaderReceived
	server.HeaderReceived = func(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
		if bytes.HasPrefix(h.RequestURI(), []byte(commandPath)) || bytes.HasPrefix(h.RequestURI(), []byte(importPath)) {
			return fasthttp.RequestConfig{ReadTimeout: commandTime, WriteTimeout: commandTime}
		}
		return others(h)
	}
}

// command receives the files of a command, then lets it run while its answer is sent.
func (s *Server) command(c *fiber.Ctx, x *exchange, a Admin) error {
	name, start := strings.Clone(c.Params("name")), time.Now()
	call, dir, err := s.receive(c, a, name)
	x.who.Name = call.Actor
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/x-ndjson")
	c.Set(fiber.HeaderCacheControl, "no-store")
	e := s.entryFor(c, call.Actor, start)
	e.Method, e.Path, e.Request = slices.Clone(e.Method), slices.Clone(e.Path), slices.Clone(e.Request)
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		defer os.RemoveAll(dir)
		command.Serve(s.running, w, &logged{Commands: a.Commands, s: s}, call)
		e.Took = time.Since(start)
		s.record(&exchange{}, &e, commandRoute)
	})
	return nil
}

// receive finds out who asks for a command and takes in its files, which lie in dir.
func (s *Server) receive(c *fiber.Ctx, a Admin, name string) (call command.Call, dir string, err error) {
	need, err := a.Commands.Needs(name)
	if err != nil {
		return call, "", err
	}
	from := s.connectionOf(c.Context())
	who, err := s.signIn(s.running, a.Authenticate, from, c.Get(fiber.HeaderAuthorization), need)
	if err != nil {
		return call, "", err
	}
	if dir, err = os.MkdirTemp(a.Scratch, "upload-"); err != nil {
		return call, "", fmt.Errorf("make a folder for the files of %s: %w", name, err)
	}
	body := &capped{r: c.Context().RequestBodyStream(), left: a.Upload, limit: a.Upload}
	if call, err = command.Receive(name, c.Get(fiber.HeaderContentType), body, dir); err != nil {
		os.RemoveAll(dir)
		return call, "", err
	}
	call.Actor = who.Name
	return call, dir, nil
}

// logged writes a line for each command.
type logged struct {
	Commands
	s *Server
}

func (l *logged) Run(ctx context.Context, call command.Call, report func(command.Progress)) (command.Result, error) {
	start := l.s.opt.Now()
	result, err := l.Commands.Run(ctx, call, report)
	l.s.log.Info("command", "command", call.Name, "actor", call.Actor, "ms", l.s.opt.Now().Sub(start).Milliseconds(), "done", err == nil)
	return result, err
}

// capped fails with TooLarge when more than the limit is read.
type capped struct {
	r           io.Reader
	left, limit int64
}

func (l *capped) Read(p []byte) (int, error) {
	if l.left < 0 {
		return 0, fhir.Errorf(fhir.TooLarge, "What was sent is larger than the %d bytes that this server takes at a time.", l.limit)
	}
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.r.Read(p)
	l.left -= int64(n)
	return n, err
}
