package api

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
	"golang.org/x/sync/semaphore"

	"masjala/fhir/search"
	"masjala/internal/accesslog"
	"masjala/internal/metrics"
	"masjala/store"
)

// prefix is where the FHIR interface lies on the server.
const prefix = "/fhir"

// Options is what a Server is made of. Store and Registries are needed, all else may be zero.
type Options struct {
	Store      store.Store
	Registries *store.Registries // what may be written, and the types that are served
	Operations []Operation
	ValueSets  ValueSets // for searches by value set; nil: these are refused
	Areas      Areas     // for searches of the areas that contain a point; nil: these are refused

	Reconcile map[string]Matcher // by type: what the reconciliation service finds; empty: there is none

	Log     *slog.Logger
	Access  AccessLog // told of every request; may be nil
	Metrics *metrics.Set
	Now     func() time.Time
	Version string // of the program

	BaseURL        string         // public address of the FHIR base ("https://registry.example.org/fhir"); empty: as each client addressed the server
	TrustedProxies []netip.Prefix // whose Forwarded and X-Forwarded-… headers are believed
	Authenticate   Authenticator  // nil: nobody signs in, everybody may do everything
	IHEStrict      bool           // answer 400, not 406, to a format that cannot be made (ITI-90)
	Limits         Limits

	Types []string // what is served of the types of Registries (MD-A7, CSD-W7); empty: all
	Keep  []string // types whose resources cannot be deleted by clients, only made inactive (MD-130-4)

	CheckReferences bool // refuse to store references to resources of this server that are not there

	// TerminologyCapabilities makes the answer to metadata?mode=terminology; nil when there is none.
	TerminologyCapabilities func(ctx context.Context) ([]byte, error)
}

// AccessLog is told of requests once they were answered. It is safe for concurrent use.
type AccessLog interface {
	// Record must not keep the entry.
	Record(e *accesslog.Entry)
}

// Limits bounds what one request, and all of them together, may cost. Zero fields take the defaults.
type Limits struct {
	Body     int64         // bytes of a request body: 1 MB
	Large    int64         // the same for bundles, terminology resources and operations: 64 MB
	Budget   int64         // bytes of all large request bodies being worked on: 256 MB; of the others a quarter
	Deadline time.Duration // of a request: 60 s
	Long     time.Duration // of a request whose body may be large: 5 min
	Receive  time.Duration // to receive the header of a request: 20 s
	Idle     time.Duration // an open connection without requests: 2 min
	Page     int           // rows on a page when the client does not say: 50
	MaxPage  int           // rows on a page at most: 1,000
	Entries  int           // entries of a batch or transaction: 20,000
	Layer    int           // bytes of a layer for maps: 128 MB
}

func (l *Limits) fill() {
	setDefault(&l.Body, 1<<20)
	setDefault(&l.Large, 64<<20)
	setDefault(&l.Budget, 256<<20)
	setDefault(&l.Deadline, time.Minute)
	setDefault(&l.Long, 5*time.Minute)
	setDefault(&l.Receive, 20*time.Second)
	setDefault(&l.Idle, 2*time.Minute)
	setDefault(&l.Page, 50)
	setDefault(&l.MaxPage, 1000)
	setDefault(&l.Entries, 20_000)
	setDefault(&l.Layer, 128<<20)
	l.Budget = max(l.Budget, l.Large)
}

func setDefault[T int | int64 | time.Duration](v *T, d T) {
	if *v <= 0 {
		*v = d
	}
}

// Server answers HTTP. Its methods are safe for concurrent use.
type Server struct {
	opt     Options
	log     *slog.Logger
	app     *fiber.App
	ops     []Operation
	types   []string            // resource types served
	memory  memory              // of the store; nil when it has none
	partial bool                // the store may hold types that are not served
	known   map[string]string   // type → the same, for strings that must not be kept
	small   *semaphore.Weighted // budget of the bodies that are small by the limit of their route
	large   *semaphore.Weighted // the same for those that may be large, apart, so that slow uploads stop nobody else
	ready   atomic.Bool

	requests *metrics.Requests
	scrape   fasthttp.RequestHandler

	running context.Context // ends when the server stops waiting for running requests
	stop    context.CancelFunc

	statement  atomic.Pointer[kept]   // the CapabilityStatement
	lastOrigin atomic.Pointer[origin] // of the last request
}

// New makes a server. It answers once [Server.Listen] is called.
func New(opt Options) *Server {
	opt.Limits.fill()
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Metrics == nil {
		opt.Metrics = metrics.New()
	}
	s := &Server{opt: opt, log: opt.Log, ops: opt.Operations, known: map[string]string{}}
	s.memory, _ = opt.Store.(memory)
	for _, t := range search.Types() {
		if !opt.Registries.Has(t) {
			continue
		}
		if len(opt.Types) > 0 && !slices.Contains(opt.Types, t) {
			s.partial = true
			continue
		}
		s.types = append(s.types, t)
		s.known[t] = t
	}
	s.ops = slices.Concat(s.offered(s.ops), []Operation{s.validateOperation()}, s.metaOperations())
	s.small = semaphore.NewWeighted(max(opt.Limits.Budget/4, opt.Limits.Body))
	s.large = semaphore.NewWeighted(opt.Limits.Budget)
	s.running, s.stop = context.WithCancel(context.Background())
	s.requests = opt.Metrics.Requests(interactions)
	opt.Metrics.Store(opt.Store, s.types)
	s.scrape = scrapeHandler(opt.Metrics)
	s.app = s.newApp()
	return s
}

// newApp makes the Fiber application with all routes of this package.
func (s *Server) newApp() *fiber.App {
	l := s.opt.Limits
	app := fiber.New(fiber.Config{
		DisableStartupMessage:        true,
		UnescapePath:                 true, // /$op and /%24op are the same
		CaseSensitive:                true,
		ErrorHandler:                 s.fail,
		StreamRequestBody:            true, // read by body, within the limit of the route
		DisablePreParseMultipartForm: true,
		BodyLimit:                    int(l.Large),
		ReadBufferSize:               36 << 10, // a URL of 32 KB and its headers
		ReadTimeout:                  l.Receive,
		WriteTimeout:                 l.Long,
		IdleTimeout:                  l.Idle,
		Network:                      fiber.NetworkTCP,
	})
	server := app.Server()
	server.HeaderReceived = s.patience
	server.Handler = s.guardMethods(server.Handler)
	server.NoDefaultServerHeader = true
	app.Get("/livez", s.livez)
	app.Get("/readyz", s.readyz)
	app.Get("/metrics", s.metrics)
	if len(s.opt.Reconcile) > 0 {
		s.reconciliation(app)
	}
	app.Get(layerPath, s.observed(layerRoute, s.layer))
	app.Use(prefix, s.serve)
	return app
}

// patience gives requests with a body longer to arrive.
func (s *Server) patience(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	l := &s.opt.Limits
	switch n := h.ContentLength(); {
	case n == -1 || int64(n) > l.Body:
		return fasthttp.RequestConfig{ReadTimeout: l.Long}
	case n > 0:
		return fasthttp.RequestConfig{ReadTimeout: l.Deadline}
	}
	return fasthttp.RequestConfig{}
}

// Listen answers requests that come in on ln until Shutdown; ln may be of TLS. It returns
// nil after Shutdown.
func (s *Server) Listen(ln net.Listener) error { return s.app.Listener(ln) }

// Ready says whether /readyz answers 200: the program has started and is not about to stop.
func (s *Server) Ready(ready bool) { s.ready.Store(ready) }

// Shutdown takes no new requests and waits for those that run. When ctx ends first, it ends
// their contexts, too, and returns the error of ctx.
func (s *Server) Shutdown(ctx context.Context) error {
	s.ready.Store(false)
	defer s.stop()
	return s.app.ShutdownWithContext(ctx)
}
