package twins

import (
	"fmt"

	"masjala/importers"
	"masjala/importers/decisions"
)

// Same returns what somebody decided that a row is: adopt gives what is known of a stored
// resource, nil when it is not there any more. Then the report of the finding is given instead, if any.
func Same(book *decisions.Book, key string, adopt func(reference string) (*importers.Known, error)) (*importers.Known, *importers.Issue, error) {
	var gone *importers.Issue
	for _, t := range book.Twins(key) {
		if t.Verdict != decisions.Same {
			continue
		}
		known, err := adopt(t.Reference)
		if err != nil || known != nil {
			return known, nil, err
		}
		gone = &importers.Issue{Severity: importers.Warning, Rule: "decision-stale",
			Reason: fmt.Sprintf("it was decided that the row is %s, which is not there any more", t.Reference), Fix: "The row was taken as if nobody had decided."}
	}
	return nil, gone, nil
}
