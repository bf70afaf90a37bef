package mcsd

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"masjala/store"
)

// The bookkeeping of a source, in the store's space "mcsd". Every key starts with the
// source's name and one of these words; DESIGN.md lists them.
const (
	space        = "mcsd"
	keySource    = "source"   // sourceRow
	keyCursor    = "cursor"   // TYPE: cursor
	keyState     = "state"    // TYPE/ID: state
	keyStage     = "stage"    // TYPE/ORDER: item
	keyAside     = "aside"    // TYPE/ID: aside
	keyWait      = "wait"     // TYPE/ID/TYPE/ID: the second refers to the first, which has not come
	keyMove      = "move"     // TYPE/ID/TYPE/ID: the first must now refer to another id of the second
	keyReport    = "report"   // STARTED: Report
	spaceReserve = "mcsd-ids" // TYPE/ID: the source that will use this local id
)

// getter reads bookkeeping: the store, or a transaction.
type getter func(space, key string) ([]byte, error)

// fromStore makes a getter of a store.
func fromStore(ctx context.Context, st store.Store) getter {
	return func(space, key string) ([]byte, error) { return st.Value(ctx, space, key) }
}

// load reads a JSON value into v; false when there is none.
func load(get getter, key string, v any) (bool, error) {
	data, err := get(space, key)
	if err != nil || data == nil {
		return false, err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return false, fmt.Errorf("read bookkeeping %s: %w", key, err)
	}
	return true, nil
}

// unmarshal reads a row of JSON.
func unmarshal(row store.Value, v any) error {
	if err := json.Unmarshal(row.Data, v); err != nil {
		return fmt.Errorf("read bookkeeping %s: %w", row.Key, err)
	}
	return nil
}

// save writes v as a JSON value.
func save(tx store.Tx, key string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write bookkeeping %s: %w", key, err)
	}
	return tx.SetValue(space, key, data)
}

// sourceRow is what is kept of a source.
type sourceRow struct {
	URL   string `json:"url"`   // the address its marks belong to
	Walks int64  `json:"walks"` // how many walks were begun
}

// cursor tells how far a type was followed.
type cursor struct {
	Mark string `json:"mark,omitempty"` // upstream's time up to which everything is applied
	Walk *walk  `json:"walk,omitempty"` // the walk under way, or pulled but not applied
}

// walk is one way through the pages of a type.
type walk struct {
	Number  int64  `json:"number"`
	Next    string `json:"next,omitempty"`    // page to fetch; empty when all are staged
	Mark    string `json:"mark,omitempty"`    // what the cursor's mark becomes
	Stamped bool   `json:"stamped,omitempty"` // Mark is what the first page said
	Pages   int64  `json:"pages"`             // pages staged
	Order   int64  `json:"order"`             // entries staged
	Search  bool   `json:"search,omitempty"`  // a search, because there is no history
	Listing bool   `json:"listing,omitempty"` // search: the pages now only list all ids
	Listed  int64  `json:"listed,omitempty"`  // ids listed
	Swept   bool   `json:"swept,omitempty"`   // deletions of what was not listed are staged
}

// pulled tells whether nothing of the walk is left to be fetched.
func (w *walk) pulled() bool { return w.Next == "" && (!w.Search || w.Swept) }

// state is what is known of one upstream resource.
type state struct {
	Local    string `json:"l,omitempty"` // local id, when it is not the upstream one
	Token    string `json:"v,omitempty"` // upstream version that was dealt with last
	Version  int64  `json:"n,omitempty"` // local version that equals it; 0: never stored here
	Deleted  bool   `json:"d,omitempty"` // deleted here because it was upstream
	Reserved bool   `json:"r,omitempty"` // not come yet, but others refer to it by Local
	Walk     int64  `json:"k,omitempty"` // the walk that met it last
}

// arrived tells whether the resource was stored here, maybe deleted since.
func (s *state) arrived() bool { return s.Version > 0 }

// ident names an upstream resource.
type ident struct{ Type, ID string }

func (k ident) String() string { return k.Type + "/" + k.ID }

// item is one upstream version to be applied.
type item struct {
	ident
	Token  string
	Delete bool
	Raw    []byte // the resource as received; empty for a deletion
	key    string // of the staged row; empty for what comes from the list of things set aside
	done   bool   // stored, or set aside, in this run
}

// head is the first line of a staged row; the resource follows.
type head struct {
	ID     string `json:"id"`
	Token  string `json:"v,omitempty"`
	Delete bool   `json:"d,omitempty"`
}

// encode makes the staged row of an item.
func (it *item) encode() ([]byte, error) {
	data, err := json.Marshal(head{it.ID, it.Token, it.Delete})
	if err != nil {
		return nil, fmt.Errorf("stage %s: %w", it.ident, err)
	}
	return append(append(data, '\n'), it.Raw...), nil
}

// decode reads a staged row of a type.
func decode(typ string, row store.Value) (*item, error) {
	first, raw, _ := bytes.Cut(row.Data, []byte{'\n'})
	var h head
	if err := json.Unmarshal(first, &h); err != nil {
		return nil, fmt.Errorf("read staged row %s: %w", row.Key, err)
	}
	return &item{ident: ident{typ, h.ID}, Token: h.Token, Delete: h.Delete, Raw: raw, key: row.Key}, nil
}

// aside is a resource that was set aside.
type aside struct {
	Kind   Sort      `json:"kind"`
	Reason string    `json:"reason"`
	Since  time.Time `json:"since"`
	Tried  time.Time `json:"tried"` // start of the run that tried it last
	Tries  int       `json:"tries"` // runs that tried it
	Local  string    `json:"local,omitempty"`
	Keep   Rule      `json:"keep,omitempty"` // what a person decided: UpstreamWins or LocalWins
	Token  string    `json:"token,omitempty"`
	Delete bool      `json:"delete,omitempty"`
	Raw    []byte    `json:"raw,omitempty"` // as received: it need not be JSON
}

// order makes the last part of a staged key: keys of what came later sort first when the
// pages go from the newest to the oldest.
func order(n int64, newestFirst bool) string {
	const most = 999_999_999_999
	if newestFirst {
		n = most - n
	}
	s := strconv.FormatInt(n, 10)
	return strings.Repeat("0", len("999999999999")-len(s)) + s
}
