package api_test

import (
	"os"
	"path/filepath"
	"testing"

	"masjala/api"
	"masjala/internal/testutil"
)

// The Bundle that IHE publishes for ITI-130 is taken as it is, by a strict server, too.
func TestExampleTransactionOfIHE(t *testing.T) {
	testutil.Requirement(t, "MD-130-8")
	data, err := os.ReadFile(filepath.Join(testutil.Reference(t), "spec", "ihe", "mcsd", "examples", "Bundle-Example-MCSD.json"))
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, func(o *api.Options) { o.IHEStrict = true })
	a := s.must("POST", "", string(data))
	if a.get("type") != "transaction-response" || a.get("entry.#") == "0" {
		t.Errorf("%s, want an answer to each entry", a.body)
	}
}
