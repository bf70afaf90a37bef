package sqlite_test

import (
	"fmt"
	"testing"
	"time"

	"masjala/fhir"
	"masjala/store"
	"masjala/store/sqlite"
)

// Between a commit and its becoming known in memory others are still given the version before, from the
// cache or the index. Who met the new one in the file must not be among them afterwards.
func TestNothingIsShownBeforeItIsPublished(t *testing.T) {
	s, err := sqlite.Open(t.TempDir(), sqlite.Options{NoIndex: true, CacheBytes: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	for i := range 2 {
		err := s.Write(t.Context(), store.Cause{Actor: "test"}, func(tx store.Tx) error {
			r := &fhir.Resource{Type: "Organization", ID: "a", Body: fmt.Appendf(nil, `{"name":"%d"}`, i)}
			_, err := tx.Put(&store.Draft{Resource: r}, "PUT")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	ways := map[string]func() (*fhir.Resource, error){
		"read":    func() (*fhir.Resource, error) { return s.Read(t.Context(), "Organization", "a") },
		"version": func() (*fhir.Resource, error) { return s.ReadVersion(t.Context(), "Organization", "a", 2) },
		"search": func() (*fhir.Resource, error) {
			p, err := s.Search(t.Context(), query(t, "Organization", "_id=a"))
			if err != nil || len(p.Matches) != 1 {
				return nil, fmt.Errorf("%+v, %w", p, err)
			}
			return p.Matches[0], nil
		},
	}
	for name, read := range ways {
		t.Run(name, func(t *testing.T) {
			shown := make(chan struct{})
			publish := s.Unpublish()
			go func() {
				defer close(shown)
				if r, err := read(); err != nil || r.Version != 2 {
					t.Errorf("got %+v, %v", r, err)
				}
			}()
			select {
			case <-shown:
				t.Error("a version was shown that is not published")
			case <-time.After(50 * time.Millisecond):
			}
			publish()
			<-shown
		})
	}
}
