package terminology_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"masjala/fhir"
	"masjala/terminology"
)

// large is a code system whose flat file is mapped.
func large(n int) string {
	var b strings.Builder
	b.WriteString(`{"resourceType":"CodeSystem","id":"large","url":"urn:large","status":"active","content":"complete","concept":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"code":"c%d","display":"Concept number %d of many"}`, i, i)
	}
	return b.String() + "]}"
}

// TestCutFilesDoNoHarm cuts the files of concepts while they are mapped: questions fail until
// the file is made again, and the program goes on.
func TestCutFilesDoNoHarm(t *testing.T) {
	dir := t.TempDir()
	st := openStore(t, dir)
	s := openService(t, st, dir)
	put(t, s, st, large(20_000))
	put(t, s, st, `{"resourceType":"ValueSet","id":"v","url":"urn:v","status":"active","compose":{"include":[{"system":"urn:large"}]}}`)
	files, err := filepath.Glob(filepath.Join(dir, "concepts", "flat", "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("flat files %v, %v; want one", files, err)
	}
	if err := os.Truncate(files[0], 4096); err != nil {
		t.Fatal(err)
	}
	count := 10
	asks := map[string]func() error{
		"Lookup": func() error {
			_, err := s.Lookup(t.Context(), terminology.LookupRequest{System: "urn:large", Code: "c19999"})
			return err
		},
		"Expand": func() error {
			_, err := s.Expand(t.Context(), terminology.ExpandRequest{SetRef: terminology.SetRef{URL: "urn:v"}, Filter: "number 777", Count: &count})
			return err
		},
		"ValidateInSet": func() error {
			_, err := s.ValidateInSet(t.Context(), terminology.ValidateInSetRequest{SetRef: terminology.SetRef{URL: "urn:v"}, System: "urn:large", Code: "c12345"})
			return err
		},
	}
	failed := 0
	for name, ask := range asks {
		if err := ask(); err != nil {
			failed++
			if fhir.KindOf(err) != fhir.Busy {
				t.Errorf("%s on a cut file: %v, want Busy", name, err)
			}
		}
	}
	if failed == 0 {
		t.Error("nothing was read from the cut file; the test shows nothing")
	}
	for name, ask := range asks {
		deadline := time.Now().Add(20 * time.Second)
		for err := ask(); err != nil; err = ask() {
			if time.Now().After(deadline) {
				t.Fatalf("%s still fails: %v", name, err)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// TestFilesCutWhileAsked asks while the file is cut again and again: no question ever ends the
// program, and each is answered right or with Busy.
func TestFilesCutWhileAsked(t *testing.T) {
	dir := t.TempDir()
	st := openStore(t, dir)
	s := openService(t, st, dir)
	put(t, s, st, large(20_000))
	files, err := filepath.Glob(filepath.Join(dir, "concepts", "flat", "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("flat files %v, %v; want one", files, err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 1500*time.Millisecond)
	defer stop()
	answered := make(chan error, 1)
	go func() {
		for i := 0; ctx.Err() == nil; i++ {
			d, err := s.Lookup(ctx, terminology.LookupRequest{System: "urn:large", Code: fmt.Sprintf("c%d", i*7919%20_000)})
			if err == nil && d.Display != fmt.Sprintf("Concept number %d of many", i*7919%20_000) || err != nil && fhir.KindOf(err) != fhir.Busy {
				answered <- fmt.Errorf("c%d: %+v, %w", i*7919%20_000, d, err)
				return
			}
		}
		answered <- nil
	}()
	for ctx.Err() == nil {
		if err := os.Truncate(files[0], 8192); err != nil && !os.IsNotExist(err) {
			t.Error(err)
		}
		time.Sleep(200 * time.Millisecond)
	}
	if err := <-answered; err != nil {
		t.Error(err)
	}
}

// TestShortQuestionsPassLongOnes fills all places for expensive questions; short ones are
// answered all the same, and an expensive one waits no longer than its caller.
func TestShortQuestionsPassLongOnes(t *testing.T) {
	dir := t.TempDir()
	st := openStore(t, dir)
	s, err := terminology.New(terminology.Options{Store: st, Dir: filepath.Join(dir, "concepts"), Heavy: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	put(t, s, st, large(30_000))
	put(t, s, st, `{"resourceType":"ValueSet","id":"v","url":"urn:v","status":"active","compose":{"include":[{"system":"urn:large"}]}}`)
	expand := func(ctx context.Context, count int) error {
		req := terminology.ExpandRequest{SetRef: terminology.SetRef{URL: "urn:v"}}
		if count > 0 {
			req.Count = &count
		}
		_, err := s.Expand(ctx, req)
		return err
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{}, 2)
	for range 2 {
		go func() {
			for ctx.Err() == nil {
				_ = expand(ctx, 0)
			}
			ended <- struct{}{}
		}()
	}
	for range 200 {
		if err := expand(t.Context(), 20); err != nil {
			t.Errorf("a page: %v", err)
		}
		if _, err := s.Lookup(t.Context(), terminology.LookupRequest{System: "urn:large", Code: "c5"}); err != nil {
			t.Errorf("Lookup: %v", err)
		}
	}
	stop()
	<-ended
	<-ended
	if err := expand(t.Context(), 0); err != nil {
		t.Errorf("the places were not given back: %v", err)
	}
}
