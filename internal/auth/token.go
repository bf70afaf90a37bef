package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"masjala/fhir"
	"masjala/store"
)

// space is where the store keeps tokens, by name.
const space = "token"

// prefix starts every token, so that one that leaked into a file can be searched for.
const prefix = "masjala_"

// most is how many tokens there may be; checking a request looks at each of them.
const most = 1000

var nameRule = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$`)

// Token is what is known of a token.
type Token struct {
	Name    string    `json:"name"`
	Role    Role      `json:"role"`
	Created time.Time `json:"created"`
	By      string    `json:"by,omitempty"` // who made it
}

// kept is how the store holds a token.
type kept struct {
	Token
	Hash string `json:"sha256"`
}

// credential is a token ready to be compared with.
type credential struct {
	hash [sha256.Size]byte
	Principal
}

// Tokens are the tokens of a store. They are safe for concurrent use. Another process
// must not change them meanwhile, which the lock of the data directory sees to.
type Tokens struct {
	store store.Store
	now   func() time.Time
	cache atomic.Pointer[[]credential]
	fill  sync.Mutex  // held while the cache is filled or emptied, so that it is never filled with what was before a change
	local *credential // the token of this run of the server, which is not stored
}

// NewTokens returns the tokens in s. Now gives their time of creation.
func NewTokens(s store.Store, now func() time.Time) *Tokens {
	return &Tokens{store: s, now: now}
}

// Issue makes a token that works until this process ends. It must be called before
// requests are answered.
func (t *Tokens) Issue(p Principal) string {
	secret := generate()
	t.local = &credential{hash: sha256.Sum256([]byte(secret)), Principal: p}
	return secret
}

// Create makes a token and returns the only copy of it. It fails with Invalid for a name
// or role that cannot be, and with Conflict when the name is taken.
func (t *Tokens) Create(ctx context.Context, by store.Cause, name string, role Role) (string, error) {
	if !nameRule.MatchString(name) {
		return "", fhir.Errorf(fhir.Invalid, "%q cannot be the name of a token; use up to 64 letters, digits, dots, dashes and @", name)
	}
	if _, err := ParseRole(string(role)); err != nil {
		return "", err
	}
	secret := generate()
	hash := sha256.Sum256([]byte(secret))
	data, err := json.Marshal(kept{
		Token: Token{Name: name, Role: role, Created: t.now().UTC().Truncate(time.Second), By: by.Actor},
		Hash:  hex.EncodeToString(hash[:]),
	})
	if err != nil {
		return "", fmt.Errorf("make token %q: %w", name, err)
	}
	err = t.store.Write(ctx, by, func(tx store.Tx) error {
		all, err := tx.Values(space, "", "", most)
		if err != nil {
			return err
		}
		if len(all) == most {
			return fhir.Errorf(fhir.Conflict, "there are %d tokens already; revoke some that are not used", most)
		}
		for _, v := range all {
			if strings.EqualFold(v.Key, name) {
				return fhir.Errorf(fhir.Conflict, "there is a token called %q already; revoke it first or take another name", v.Key)
			}
		}
		return tx.SetValue(space, name, data)
	})
	if err != nil {
		return "", err
	}
	t.forget()
	return secret, nil
}

// List returns the tokens by name.
func (t *Tokens) List(ctx context.Context) ([]Token, error) {
	all, err := t.load(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]Token, len(all))
	for i, k := range all {
		list[i] = k.Token
	}
	return list, nil
}

// Revoke ends a token at once. It fails with NotFound if there is none of that name.
func (t *Tokens) Revoke(ctx context.Context, by store.Cause, name string) error {
	err := t.store.Write(ctx, by, func(tx store.Tx) error {
		data, err := tx.Value(space, name)
		if err != nil {
			return err
		}
		if data == nil {
			return fhir.Errorf(fhir.NotFound, "there is no token called %q; `masjala token list` shows them", name)
		}
		return tx.SetValue(space, name, nil)
	})
	if err == nil {
		t.forget()
	}
	return err
}

// forget empties the cache after a change.
func (t *Tokens) forget() {
	t.fill.Lock()
	defer t.fill.Unlock()
	t.cache.Store(nil)
}

// Authenticate tells whose token it is. It fails with Unauthenticated when nobody's.
func (t *Tokens) Authenticate(ctx context.Context, secret string) (Principal, error) {
	known, err := t.credentials(ctx)
	if err != nil {
		return Principal{}, err
	}
	hash := sha256.Sum256([]byte(secret))
	var found *credential
	for i := range known {
		if subtle.ConstantTimeCompare(hash[:], known[i].hash[:]) == 1 {
			found = &known[i]
		}
	}
	if found == nil {
		return Principal{}, fhir.Errorf(fhir.Unauthenticated, "the bearer token is not known here; it may have been revoked")
	}
	return found.Principal, nil
}

// credentials returns what a token is compared with, from memory when nothing changed.
func (t *Tokens) credentials(ctx context.Context) ([]credential, error) {
	if known := t.cache.Load(); known != nil {
		return *known, nil
	}
	t.fill.Lock()
	defer t.fill.Unlock()
	all, err := t.load(ctx)
	if err != nil {
		return nil, err
	}
	var known []credential
	if t.local != nil {
		known = append(known, *t.local)
	}
	for _, k := range all {
		c := credential{Principal: Principal{Name: k.Name, Role: k.Role}}
		if n, err := hex.Decode(c.hash[:], []byte(k.Hash)); err != nil || n != len(c.hash) {
			return nil, fmt.Errorf("token %q is damaged in the store", k.Name)
		}
		known = append(known, c)
	}
	t.cache.Store(&known)
	return known, nil
}

func (t *Tokens) load(ctx context.Context) ([]kept, error) {
	values, err := t.store.Values(ctx, space, "", "", most)
	if err != nil {
		return nil, fmt.Errorf("read tokens: %w", err)
	}
	all := make([]kept, len(values))
	for i, v := range values {
		if err := json.Unmarshal(v.Data, &all[i]); err != nil {
			return nil, fmt.Errorf("read token %q: %w", v.Key, err)
		}
	}
	return all, nil
}

// generate makes a new secret.
func generate() string {
	raw := make([]byte, 32)
	rand.Read(raw) // never fails
	return prefix + base64.RawURLEncoding.EncodeToString(raw)
}
