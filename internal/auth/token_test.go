package auth_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"masjala/fhir"
	"masjala/internal/auth"
	"masjala/store"
	"masjala/store/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	made = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	cli  = store.Cause{Actor: "cli", Reason: "test"}
)

func open(t *testing.T, dir string) *auth.Tokens {
	t.Helper()
	s, err := sqlite.Open(dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return auth.NewTokens(s, func() time.Time { return made })
}

func TestTokenIsKnownUntilItIsRevoked(t *testing.T) {
	tokens := open(t, t.TempDir())
	secret, err := tokens.Create(t.Context(), cli, "nightly", auth.Editor)
	if err != nil {
		t.Fatal(err)
	}
	got, err := tokens.Authenticate(t.Context(), secret)
	if want := (auth.Principal{Name: "nightly", Role: auth.Editor}); err != nil || got != want {
		t.Errorf("Authenticate = %v, %v, want %v", got, err, want)
	}
	for name, wrong := range map[string]string{
		"empty": "", "other": strings.Repeat("x", len(secret)), "prefix": secret[:len(secret)-1], "longer": secret + "x",
	} {
		if _, err := tokens.Authenticate(t.Context(), wrong); fhir.KindOf(err) != fhir.Unauthenticated {
			t.Errorf("%s token: got %v, want Unauthenticated", name, err)
		}
	}
	if err := tokens.Revoke(t.Context(), cli, "nightly"); err != nil {
		t.Fatal(err)
	}
	if _, err := tokens.Authenticate(t.Context(), secret); fhir.KindOf(err) != fhir.Unauthenticated {
		t.Errorf("after Revoke: got %v, want Unauthenticated", err)
	}
}

func TestSecretIsNotKept(t *testing.T) {
	s, err := sqlite.Open(t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	secret, err := auth.NewTokens(s, time.Now).Create(t.Context(), cli, "a", auth.Reader)
	if err != nil {
		t.Fatal(err)
	}
	values, err := s.Values(t.Context(), "token", "", "", 10)
	if err != nil || len(values) != 1 {
		t.Fatalf("got %d values, %v, want the one token", len(values), err)
	}
	bare := strings.TrimPrefix(secret, "masjala_")
	if bare == secret || len(bare) < 43 {
		t.Errorf("the token has %d characters after its prefix, want 43 for 256 bits", len(bare))
	}
	if strings.Contains(string(values[0].Data), bare) {
		t.Error("the store holds the token itself")
	}
}

func TestTokensOutliveTheProcess(t *testing.T) {
	dir := t.TempDir()
	s, err := sqlite.Open(dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	first := auth.NewTokens(s, func() time.Time { return made })
	secret, err := first.Create(t.Context(), cli, "b", auth.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := first.Create(t.Context(), cli, "a", auth.Admin); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, dir)
	if p, err := again.Authenticate(t.Context(), secret); err != nil || p.Name != "b" {
		t.Errorf("Authenticate = %v, %v, want b", p, err)
	}
	list, err := again.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []auth.Token{
		{Name: "a", Role: auth.Admin, Created: made, By: "cli"},
		{Name: "b", Role: auth.Reader, Created: made, By: "cli"},
	}
	if diff := cmp.Diff(want, list); diff != "" {
		t.Error(diff)
	}
}

func TestCreateRefuses(t *testing.T) {
	tokens := open(t, t.TempDir())
	if _, err := tokens.Create(t.Context(), cli, "Taken", auth.Reader); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		name string
		role auth.Role
		want fhir.Kind
	}{
		"no name":                  {"", auth.Reader, fhir.Invalid},
		"a name with a space":      {"a b", auth.Reader, fhir.Invalid},
		"a name with a line end":   {"a\nb", auth.Reader, fhir.Invalid},
		"a name of 65 letters":     {strings.Repeat("a", 65), auth.Reader, fhir.Invalid},
		"no role":                  {"a", "", fhir.Invalid},
		"an unknown role":          {"a", "root", fhir.Invalid},
		"a name that is taken":     {"Taken", auth.Admin, fhir.Conflict},
		"a name taken but in case": {"tAKEN", auth.Admin, fhir.Conflict},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := tokens.Create(t.Context(), cli, tc.name, tc.role); fhir.KindOf(err) != tc.want {
				t.Errorf("got %v, want kind %d", err, tc.want)
			}
		})
	}
	if err := tokens.Revoke(t.Context(), cli, "absent"); fhir.KindOf(err) != fhir.NotFound {
		t.Errorf("Revoke of what is not there: got %v, want NotFound", err)
	}
}

func TestIssuedTokenIsNotStored(t *testing.T) {
	dir := t.TempDir()
	tokens := open(t, dir)
	secret := tokens.Issue(auth.Principal{Name: "cli", Role: auth.Admin})
	if p, err := tokens.Authenticate(t.Context(), secret); err != nil || p.Role != auth.Admin {
		t.Errorf("Authenticate = %v, %v, want an admin", p, err)
	}
	list, err := tokens.List(t.Context())
	if err != nil || len(list) != 0 {
		t.Errorf("List = %v, %v, want none", list, err)
	}
}

func TestRoles(t *testing.T) {
	order := []auth.Role{"", auth.Reader, auth.Editor, auth.Admin}
	for i, has := range order[1:] {
		for j, needed := range order[1:] {
			if got, want := has.Allows(needed), i >= j; got != want {
				t.Errorf("%q allows what needs %q: got %t, want %t", has, needed, got, want)
			}
		}
	}
	if order[0].Allows(auth.Reader) || auth.Role("root").Allows(auth.Reader) {
		t.Error("a word that is no role allows something")
	}
}

// A token must be refused from the moment Revoke returned, however many requests fill the
// cache meanwhile.
func TestRevokeDuringRequests(t *testing.T) {
	tokens := open(t, t.TempDir())
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for ctx.Err() == nil {
				tokens.Authenticate(context.Background(), "no such token")
			}
		})
	}
	for i := range 20 {
		name := fmt.Sprint("t", i)
		secret, err := tokens.Create(t.Context(), cli, name, auth.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tokens.Authenticate(t.Context(), secret); err != nil {
			t.Fatalf("a new token is not known: %v", err)
		}
		if err := tokens.Revoke(t.Context(), cli, name); err != nil {
			t.Fatal(err)
		}
		if _, err := tokens.Authenticate(t.Context(), secret); err == nil {
			t.Fatal("a revoked token is still known")
		}
	}
	stop()
	wg.Wait()
}
