package importers

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"masjala/fhir"
	"masjala/store"
)

// Identity tells which thing a row describes, wherever in the sheet the row stands.
type Identity struct {
	Base string // what makes it this thing: "system|value", or place, name and type
	Full string // tells apart things of one Base: the rest of the content; "" where Base is unique
}

// ID makes the logical id of a new thing of a kind. The same identity always gives the same id.
func (i Identity) ID(kind string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + i.Base + "\x00" + i.Full))
	return strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:15]))
}

// key is where bookkeeping keeps the identity: things of one Base have a common prefix.
func (i Identity) key() string { return i.prefix() + shortHash(i.Full) }

func (i Identity) prefix() string { return shortHash(i.Base) + "/" }

func shortHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:12])
}

// Known is what an earlier import left about a thing.
type Known struct {
	Refs     []string `json:"refs"`           // the resources, in the order of the Thing
	Versions []int64  `json:"v,omitempty"`    // their versions as imported
	Hash     string   `json:"h,omitempty"`    // of the content as imported; "" when the thing came by another way
	Base     []string `json:"base,omitempty"` // bodies as imported, where other ones were stored
	Run      string   `json:"run,omitempty"`
	Row      int      `json:"row,omitempty"`
	Did      Status   `json:"did,omitempty"`    // what Run did to it
	Before   *Known   `json:"before,omitempty"` // what was known before Run, for Undo; without a Before of its own

	key string // where it is kept; "" when nowhere yet
}

// ID returns the id of the known resource of a type, or "".
func (k *Known) ID(typ string) string {
	if k == nil {
		return ""
	}
	for _, r := range k.Refs {
		if id, ok := strings.CutPrefix(r, typ+"/"); ok {
			return id
		}
	}
	return ""
}

// since tells what a run did to the thing: Unchanged, unless it did it before it was cut short.
func (k *Known) since(run string) Status {
	if k.Run == run && k.Did != 0 {
		return k.Did
	}
	return Unchanged
}

// before is what was known before a run, nil for nothing.
func (k *Known) before(run string) *Known {
	if k == nil {
		return nil
	}
	if k.Run == run {
		return k.Before
	}
	out := *k
	out.Before, out.Did = nil, 0
	return &out
}

// carry takes over what was known about resources of which a list says nothing.
func (k *Known) carry(was *Known, untold []string) {
	for _, ref := range untold {
		i := slices.Index(was.Refs, ref)
		if i < 0 || slices.Contains(k.Refs, ref) {
			continue
		}
		version, body := int64(0), ""
		if i < len(was.Versions) {
			version = was.Versions[i]
		}
		if i < len(was.Base) {
			body = was.Base[i]
		}
		if body != "" || len(k.Base) > 0 {
			k.Base = append(k.Base, make([]string, len(k.Refs)-len(k.Base))...)
			k.Base = append(k.Base, body)
		}
		k.Refs, k.Versions = append(k.Refs, ref), append(k.Versions, version)
	}
}

// Adopted makes the Known of resources that are in the store but were not imported.
func Adopted(resources ...*fhir.Resource) *Known {
	k := &Known{}
	for _, r := range resources {
		k.Refs = append(k.Refs, r.Ref())
	}
	return k
}

// find looks an identity up in the bookkeeping of a space. When alone says that no other row
// of the file has its Base, the only thing known under that Base is the one.
func find(ctx context.Context, s store.Store, space string, id Identity, alone bool) (*Known, error) {
	values, err := s.Values(ctx, space, id.prefix(), "", 64)
	if err != nil {
		return nil, fmt.Errorf("read bookkeeping of imports: %w", err)
	}
	want := id.key()
	for _, v := range values {
		if v.Key == want || (alone && len(values) == 1) {
			k := &Known{key: v.Key}
			if err := json.Unmarshal(v.Data, k); err != nil {
				return nil, fmt.Errorf("read bookkeeping of imports %s: %w", v.Key, err)
			}
			return k, nil
		}
	}
	return nil, nil
}

// contentHash is the hash of resources as an importer made them.
func contentHash(rs []*fhir.Resource) string {
	h := sha256.New()
	for _, r := range rs {
		h.Write([]byte(r.Type))
		h.Write(r.Meta)
		h.Write([]byte{0})
		h.Write(r.Body)
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
