package api_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
)

// wire sends one request again and again over one connection.
type wire struct {
	c   net.Conn
	r   *bufio.Reader
	req []byte
}

func dial(b *testing.B, addr, path string) *wire {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Close() })
	return &wire{c, bufio.NewReader(c), fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: h\r\n\r\n", path)}
}

func (w *wire) roundTrip(b *testing.B) {
	if _, err := w.c.Write(w.req); err != nil {
		b.Fatal(err)
	}
	res, err := http.ReadResponse(w.r, nil)
	if err != nil || res.StatusCode != 200 {
		b.Fatal(res, err)
	}
	if _, err := w.r.Discard(int(res.ContentLength)); err != nil {
		b.Fatal(err)
	}
}

// The three belong together: what a request costs beyond a bare handler of the framework.
func BenchmarkBareFiber(b *testing.B) {
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get("/livez", func(c *fiber.Ctx) error { return c.SendString("ok") })
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go app.Listener(ln)
	defer app.Shutdown()
	w := dial(b, ln.Addr().String(), "/livez")
	for b.Loop() {
		w.roundTrip(b)
	}
}

func BenchmarkLivez(b *testing.B) {
	s := serve(b, nil)
	w := dial(b, address(s), "/livez")
	for b.Loop() {
		w.roundTrip(b)
	}
}

func BenchmarkRead(b *testing.B) {
	s := serve(b, nil)
	s.must("PUT", "/Organization/one", `{"resourceType":"Organization","id":"one","name":"`+strings.Repeat("x", 3000)+`"}`)
	w := dial(b, address(s), "/fhir/Organization/one")
	for b.Loop() {
		w.roundTrip(b)
	}
}

func BenchmarkSearchPage(b *testing.B) {
	s := serve(b, nil)
	for i := range 50 {
		s.must("PUT", fmt.Sprintf("/Organization/o%d", i), org(fmt.Sprintf("o%d", i), "Clinic"))
	}
	w := dial(b, address(s), "/fhir/Organization?name=clinic&_count=20")
	for b.Loop() {
		w.roundTrip(b)
	}
}

func address(s *server) string {
	return strings.TrimSuffix(strings.TrimPrefix(s.base, "http://"), "/fhir")
}
