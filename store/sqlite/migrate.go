package sqlite

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
)

//go:embed migrations/*.sql
var migrations embed.FS

// application marks a file as ours (pragma application_id: "MSJL").
const application = 0x4d534a4c

// migrate brings the file to the newest schema. Each step runs in its own transaction and
// raises user_version, so a crash between steps loses nothing.
func migrate(c *conn) error {
	ctx := context.Background()
	names, err := fs.Glob(migrations, "migrations/*.sql") // sorted
	if err != nil {
		return err
	}
	have, err := c.number(ctx, "pragma user_version")
	if err != nil {
		return err
	}
	mark, err := c.number(ctx, "pragma application_id")
	if err != nil {
		return err
	}
	tables, err := c.number(ctx, "select count(*) from sqlite_schema")
	switch {
	case err != nil:
		return err
	case tables > 0 && mark != application:
		return fmt.Errorf("this is a SQLite file of another program; choose another data directory")
	case have > int64(len(names)):
		return fmt.Errorf("the file has schema %d, this program knows schemas up to %d; install the newer program", have, len(names))
	}
	for i, name := range names[have:] {
		body, err := migrations.ReadFile(name)
		if err != nil {
			return err
		}
		step := fmt.Sprintf("begin immediate;\n%s\npragma application_id = %d;\npragma user_version = %d;\ncommit;",
			body, application, have+int64(i)+1)
		if _, err := c.c.Exec(step, nil); err != nil {
			c.c.Exec("rollback", nil)
			return fmt.Errorf("migrate with %s: %w", name, err)
		}
	}
	return nil
}
