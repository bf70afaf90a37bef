package tabular

import (
	"context"
	"fmt"

	"masjala/fhir"
	"masjala/importers"
)

// Checker looks codes of rows up in their code systems and reports what it finds. What it
// reports is imported all the same: the code system here may be of another version.
type Checker struct {
	systems importers.Systems // nil: nothing is looked up
	issues  *importers.Issues
	own     bool            // a display may differ: it is the one for this list
	absent  map[string]bool // systems that are not here
}

// Check looks up the code of a row; code and display are the cells to blame.
func (k *Checker) Check(ctx context.Context, r *importers.Row, system, version string, code, display importers.Cell) error {
	if k.systems == nil || code.Text == "" || system == "" {
		return nil
	}
	v, err := k.systems.Check(ctx, system, version, code.Text, display.Text)
	switch {
	case fhir.KindOf(err) == fhir.Internal && err != nil:
		return fmt.Errorf("look up %s in %s: %w", code.Text, system, err)
	case err != nil || !v.System:
		k.noSystem(r, system, version)
	case !v.Code:
		list, err := k.systems.Nearest(ctx, system, code.Text, 3)
		if err != nil {
			return fmt.Errorf("look for codes of %s: %w", system, err)
		}
		names := make([]string, len(list))
		for i, c := range list {
			names[i] = c.Code + " " + c.Display
		}
		Report(k.issues, r, code, importers.Issue{Severity: importers.Warning, Rule: "code-unknown",
			Reason: fmt.Sprintf("the code system %s has no code %q.%s", system, code.Text, importers.Meant(names)), Fix: "Correct the code; it was imported as it stands."})
	case !v.Display:
		i := importers.Issue{Severity: importers.Warning, Rule: "display-differs", Reason: fmt.Sprintf("the code %q is called %q in %s", code.Text, v.Is, system),
			Fix: "Check that the code is the one that is meant; both were imported as they stand."}
		if k.own {
			i.Severity, i.Fix = importers.Info, "Nothing, if the list is to call it so."
		}
		Report(k.issues, r, display, i)
	}
	return nil
}

// noSystem reports once that codes of a system cannot be looked up.
func (k *Checker) noSystem(r *importers.Row, system, version string) {
	if version != "" {
		system += "|" + version
	}
	if k.absent[system] {
		return
	}
	if k.absent == nil {
		k.absent = map[string]bool{}
	}
	k.absent[system] = true
	Report(k.issues, r, importers.Cell{Shown: system}, importers.Issue{Severity: importers.Info, Rule: "system-unknown",
		Reason: "the code system " + system + " is not here, so that its codes were not looked up", Fix: "Import the code system, if codes are to be checked."})
}
