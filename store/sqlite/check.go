package sqlite

import (
	"context"
	"fmt"

	"masjala/fhir"
)

// Check reads the whole file and fails with Internal, and the first finding, when its
// structure is damaged. It has a connection of its own, so that others go on reading.
func (s *Store) Check(ctx context.Context) error {
	c, err := connect(s.path, "ro", 2<<10)
	if err != nil {
		return fmt.Errorf("check %s: %w", s.path, err)
	}
	defer c.close()
	found := ""
	if _, err := c.one(ctx, func(r *rows) { found = r.text(0) }, "pragma quick_check(1)"); err != nil {
		return fmt.Errorf("check %s: %w", s.path, err)
	}
	if found != "ok" {
		return fhir.Errorf(fhir.Internal, "%s is damaged: %s; stop the program and restore a backup", s.path, found)
	}
	return nil
}
