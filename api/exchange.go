package api

import (
	"context"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
	"golang.org/x/sync/semaphore"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/internal/accesslog"
	"masjala/store"
)

// exchange is one interaction: what was asked, by HTTP or by an entry of a Bundle, and the
// answer as it grows. It belongs to one goroutine and is used again after release.
type exchange struct {
	ctx   context.Context
	route *route
	target
	method method

	raw      string        // the query undecoded
	pairs    []search.Pair // decoded parameters but for the controls
	control  control
	header   conditions
	prefer   preference
	language string // Accept-Language
	as       choice // format of the answer
	who      Principal
	reason   string // X-Reason
	origin   string // see base

	http   *fasthttp.RequestCtx // nil for an entry
	entry  *fhir.Resource       // resource of an entry
	budget *semaphore.Weighted  // what the body takes its bytes from
	held   int64                // bytes of the budget that the body took

	status   int // 200 when zero
	out      []byte
	etag     string // with quotes; of the version below when empty
	version  int64  // ETag, when there is one
	updated  time.Time
	location string // of the version written, absolute
	noBody   bool
	outcome  bool // the answer is an OperationOutcome that tells of success or failure

	entryOfLog accesslog.Entry
	scratch    [32]byte
}

// conditions are the headers that make an interaction conditional.
type conditions struct {
	ifMatch, ifNoneMatch, ifNoneExist, ifModifiedSince string
}

var exchanges = sync.Pool{New: func() any { return new(exchange) }}

// newExchange takes an exchange from the pool.
func newExchange() *exchange { return exchanges.Get().(*exchange) }

// release gives the exchange back; nobody may use it afterwards.
func (x *exchange) release() {
	pairs := x.pairs
	clear(pairs)
	*x = exchange{pairs: pairs[:0]}
	exchanges.Put(x)
}

// cause is what the store keeps of who wrote and why.
func (x *exchange) cause() store.Cause { return store.Cause{Actor: x.who.Name, Reason: x.reason} }

// params decodes the query.
func (x *exchange) params() (err error) {
	if x.raw != "" {
		x.pairs, err = readPairs(x.pairs, x.raw, &x.control)
	}
	return err
}

// stamp puts the version of a resource into the headers of the answer.
func (x *exchange) stamp(r *fhir.Resource) {
	x.version, x.updated = r.Version, r.Updated
}
