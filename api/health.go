package api

import (
	"net/http"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/fasthttpadaptor"

	"masjala/internal/metrics"
)

// livez answers while the process answers at all.
func (s *Server) livez(c *fiber.Ctx) error {
	c.Response().SetBodyString("ok")
	return nil
}

// readyz answers 200 while the server wants requests, else 503.
func (s *Server) readyz(c *fiber.Ctx) error {
	if !s.ready.Load() {
		c.Status(http.StatusServiceUnavailable)
		c.Response().SetBodyString("not ready")
		return nil
	}
	c.Response().SetBodyString("ready")
	return nil
}

// metrics answers a scrape by Prometheus.
func (s *Server) metrics(c *fiber.Ctx) error {
	s.scrape(c.Context())
	return nil
}

// scrapeHandler makes the handler of a set of metrics one of fasthttp.
func scrapeHandler(m *metrics.Set) fasthttp.RequestHandler {
	return fasthttpadaptor.NewFastHTTPHandler(m.Handler())
}
