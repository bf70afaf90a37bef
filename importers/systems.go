package importers

import "context"

// Systems answers questions about code systems; the terminology service is one.
type Systems interface {
	// Check tells what is known of a code, in a version unless that is empty, and whether a display
	// is one of its texts.
	Check(ctx context.Context, system, version, code, display string) (Verdict, error)
	// Nearest lists up to n codes of a code system that come closest to a text, best first.
	Nearest(ctx context.Context, system, text string, n int) ([]Coding, error)
}

// Verdict is what a code system says of a code.
type Verdict struct {
	System  bool   // its concepts are here
	Code    bool   // it has the code
	Display bool   // the display is one of the code's texts, or was empty
	Is      string // its display, when it has the code
}
