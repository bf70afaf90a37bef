package store

import (
	"context"
	"time"

	"masjala/fhir"
	"masjala/fhir/search"
)

// Store is a store of resources. All methods are safe for concurrent use.
type Store interface {
	// Read returns the current version: NotFound if there never was one, Gone if it was deleted.
	Read(ctx context.Context, typ, id string) (*fhir.Resource, error)
	// ReadVersion returns one version: NotFound if there is none, Gone if that version is a deletion or was erased.
	ReadVersion(ctx context.Context, typ, id string, version int64) (*fhir.Resource, error)
	// Search answers a query from one snapshot, included resources too.
	Search(ctx context.Context, q *search.Query) (*Page, error)
	// History answers versions, newest first.
	History(ctx context.Context, q HistoryQuery) (*Page, error)
	// Changes returns up to limit versions with a Seq greater than after, oldest first.
	Changes(ctx context.Context, after int64, limit int) ([]Version, error)
	// Seq is the sequence number of the newest published version; 0 in an empty store.
	Seq() int64
	// Count tells how many current (not deleted) resources of a type there are.
	Count(ctx context.Context, typ string) (int, error)

	// Write runs fn in a transaction on the writer and returns when it is durable.
	// fn may run more than once and must not keep tx; it must not block on anything but tx.
	// If ctx ends before fn was started nothing is written; afterwards ctx has no effect.
	Write(ctx context.Context, by Cause, fn func(tx Tx) error) error
	// Subscribe calls fn after each commit, in order, before the commit is acknowledged.
	// fn must be quick and must not write. The returned function ends the subscription.
	Subscribe(fn func(Commit)) (stop func())
	// Erase removes the content of every version of a resource and leaves tombstones.
	Erase(ctx context.Context, by Cause, typ, id string) error

	// Value returns what SetValue kept, nil if nothing.
	Value(ctx context.Context, space, key string) ([]byte, error)
	// Values returns up to limit values of a space whose key starts with prefix and is greater than after, in key order.
	Values(ctx context.Context, space, prefix, after string, limit int) ([]Value, error)
	// LastValues returns up to limit values of a space whose key is less than before, "" for any, the last first.
	LastValues(ctx context.Context, space, before string, limit int) ([]Value, error)

	// NewID makes a logical id that no resource has.
	NewID() string
	// Close waits for running calls, then closes the store.
	Close() error
}

// Tx is a transaction. It sees its own writes. It belongs to the function it was given to.
type Tx interface {
	// Read is Store.Read, with the writes of this transaction.
	Read(typ, id string) (*fhir.Resource, error)
	// Find returns the current resources a query meets, at most limit, with the writes of this transaction.
	// Sort, paging and includes of the query are not looked at.
	Find(q *search.Query, limit int) ([]*fhir.Resource, error)
	// Put stores a new version (the first one creates) and returns it. The resource must have an ID.
	// verb is what history reports: "POST" or "PUT".
	Put(d *Draft, verb string) (*fhir.Resource, error)
	// Delete stores a deletion and returns it. NotFound and Gone as Read.
	Delete(typ, id string) (*fhir.Resource, error)
	// Reindex replaces the index rows that the current version of a resource has for some
	// parameters (with their modifiers) by those among entries, and leaves all others. It
	// makes no version: it is for parameters that came, or changed, after the resource was
	// stored. NotFound and Gone as Read.
	Reindex(typ, id string, params []string, entries []search.Entry) error
	// Now is the commit's time: what Updated of every version in it will be.
	Now() time.Time

	// Value, Values and SetValue keep small bookkeeping (cursors, mappings, runs, tokens) in the
	// same transaction as the data it belongs to. SetValue with nil removes.
	Value(space, key string) ([]byte, error)
	Values(space, prefix, after string, limit int) ([]Value, error)
	SetValue(space, key string, value []byte) error
}

// Value is one piece of bookkeeping.
type Value struct {
	Key  string
	Data []byte
}

// Draft is a resource with the index rows it will have, made outside of the transaction.
type Draft struct {
	Resource *fhir.Resource
	Entries  []search.Entry
	// Attached is what the registry that prepared the draft wants back in Put.
	Attached any
}

// Cause says who changes data and why. It is kept with every version.
type Cause struct {
	Actor  string // token name, "cli", "sync:nation", "import:2026-11-22T…"
	Reason string // free text; X-Reason header, import file name, sync run
}

// Version is one entry of a history or of the change feed.
type Version struct {
	Resource *fhir.Resource
	Seq      int64  // commit order, no two versions share one
	Verb     string // POST, PUT or DELETE
	Anew     bool   // a PUT that made a deleted resource anew
	Erased   bool   // of a history: its content was removed, Body is {}
	Cause    Cause
}

// Commit is what a subscriber learns.
type Commit struct {
	Seq      int64 // of the last version in it
	Updated  time.Time
	Versions []Version
}

// HistoryQuery asks for versions. Type and ID empty: of the whole store; ID empty: of a type.
type HistoryQuery struct {
	Type, ID string
	Types    []string  // system level: only these
	Version  int64     // of an instance: only this one; 0 for all
	Seq      int64     // only the version with this number in the order of commits; 0 for all
	Bare     bool      // without content: Meta is empty, Body as well or {}
	Since    time.Time // versions committed at or after; zero for all
	At       Interval  // versions that were current at some time in it; zero for all
	Count    int       // rows wanted on a page; 0 means the total only
	Cursor   string
}

// Interval is a span of time, both ends included; a zero end is open.
type Interval struct{ From, To time.Time }

// Page is part of the answer to a search or a history.
type Page struct {
	Matches   []*fhir.Resource // search: what was asked for, in order
	Distances []float64        // search with near: metres, one per match; else nil
	Included  []*fhir.Resource // search: what _include and _revinclude brought, each once, none that is a match
	Truncated bool             // search: more would be included than a page takes
	Versions  []Version        // history
	Total     int              // over all pages; -1 when not counted
	Next      string           // cursor of the next page; empty on the last
	Updated   time.Time        // commit time of the newest version in the snapshot; zero in an empty store
}
