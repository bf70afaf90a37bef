package testutil

import (
	"strings"
	"testing"
)

// RequirementMark starts the line that Requirement logs; what follows are requirement ids.
const RequirementMark = "requirement: "

// Requirement says that the running test proves the requirements with these ids
// ("MD-91-1"). The mark counts only if the test passes: internal/conformance reads it
// from the output of go test -json. It fails the test if an id is empty or has spaces.
func Requirement(t testing.TB, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if id == "" || strings.ContainsAny(id, " \t\n") {
			t.Fatalf("requirement id %q is not one word", id)
		}
	}
	t.Log(RequirementMark + strings.Join(ids, " "))
}
