package api

import (
	"context"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/terminology"
)

// Level says where an operation may be called; levels are joined by |.
type Level uint8

const (
	AtSystem   Level = 1 << iota // [base]/$name
	AtType                       // [base]/Type/$name
	AtInstance                   // [base]/Type/id/$name
)

// Operation is a FHIR operation (https://hl7.org/fhir/R4/operations.html) that the server
// offers. Routing, access, formats and errors are the server's; Run only answers.
type Operation struct {
	Name       string      // "expand", without the $
	Definition string      // canonical address of its OperationDefinition; empty for one of this server's own
	Own        *Definition // what it is, when this server defines it
	Types      []string    // resource types it is offered on; empty when only at system level
	Level      Level
	Changes    bool // it changes data: POST only, for editors
	Unread     bool // Run reads the body itself, in Call.Raw, because it tells what is wrong with it

	// Run answers a call. It must be safe for concurrent use. The error becomes an OperationOutcome.
	Run func(ctx context.Context, call *Call) (Answer, error)
}

// Call is one call of an operation. Its strings and bytes may be kept, but not the list of pairs.
type Call struct {
	Type, ID  string                // where it was called; empty above that level
	Pairs     []search.Pair         // decoded parameters of the query, then of a form body, in order; none that only concern the format
	Body      *fhir.Resource        // the resource sent, usually Parameters; nil when there was none
	Raw       []byte                // of an operation that reads the body itself: the body as JSON; nil when there was none
	Broken    error                 // of such an operation: why the body cannot be turned into JSON
	Base      string                // base address of this server as the client used it, without a final slash
	Language  string                // Accept-Language, as sent
	Strict    bool                  // Prefer: handling=strict
	Actor     string                // who calls
	Role      Role                  // of who calls
	clearance terminology.Clearance // of operations on codes
	room      []byte                // where an answer may be written, so that it need not be copied; empty

	Costly int // number of codes from which the client would have an answer refused; 0 when it does not say
}

// Answer is what an operation returns. The zero ETag and Status mean none and 200.
type Answer struct {
	Body   []byte // one resource as JSON; it may be shared, the server does not change it
	ETag   string // entity tag with its quotes, for conditional GET
	Status int
}

// at returns the operation of a name at a level of a type, or nil.
func (s *Server) operation(name string, level Level, typ string) *Operation {
	for i := range s.ops {
		op := &s.ops[i]
		if op.Name == name && op.Level&level != 0 && (level == AtSystem || op.on(typ)) {
			return op
		}
	}
	return nil
}

// on tells whether the operation is offered on a type.
func (o *Operation) on(typ string) bool {
	for _, t := range o.Types {
		if t == typ {
			return true
		}
	}
	return false
}
