package app

import (
	"context"
	"errors"
	"io"

	"masjala/importers"
	"masjala/importers/marked"
	"masjala/internal/export/table"
)

// importFiles are the files that an import makes for who asked for it.
type importFiles struct {
	give     func(name string) (io.WriteCloser, error)
	findings *importers.Findings
	list     io.WriteCloser // of the findings
	marks    *marked.Marks
	scratch  string // folder for temporary files
}

// newImportFiles begins the files that a call asks for. It fails with Invalid when the caller
// takes none.
func newImportFiles(r request[ImportArgs], scratch string) (*importFiles, error) {
	f := &importFiles{give: r.Give, scratch: scratch}
	if r.args.Issues == "" && !r.args.Marked {
		return f, nil
	}
	if err := r.takesFiles(); err != nil {
		return nil, err
	}
	if r.args.Issues != "" {
		if err := r.takes(table.Format(r.args.Issues), table.Delimited, table.Workbook); err != nil {
			return nil, err
		}
	}
	if err := f.begin(r.args); err != nil {
		return nil, errors.Join(err, f.close())
	}
	return f, nil
}

func (f *importFiles) begin(args ImportArgs) (err error) {
	if args.Issues != "" {
		if f.list, err = f.give("issues"); err != nil {
			return err
		}
		findings, err := importers.NewFindings(f.list, args.Issues == "xlsx")
		if err != nil {
			return err
		}
		f.findings = findings
	}
	if args.Marked {
		f.marks, err = marked.New(f.scratch)
	}
	return err
}

// issue takes a finding.
func (f *importFiles) issue(i *importers.Issue) error {
	if f.findings != nil {
		if err := f.findings.Add(i); err != nil {
			return err
		}
	}
	if f.marks != nil {
		return f.marks.Issue(i)
	}
	return nil
}

// row is what takes the outcome of each row, nil when nobody wants it.
func (f *importFiles) row() func(importers.Outcome) error {
	if f.marks == nil {
		return nil
	}
	return f.marks.Row
}

// finish makes the marked list after a run.
func (f *importFiles) finish(ctx context.Context, path string, r *importers.Report) error {
	if f.marks == nil {
		return nil
	}
	w, err := f.give("marked")
	if err != nil {
		return err
	}
	return errors.Join(f.marks.Write(ctx, w, path, r), w.Close())
}

// close completes the findings, which a run that failed may have had too, and releases what
// the files needed.
func (f *importFiles) close() error {
	var errs []error
	if f.findings != nil {
		errs = append(errs, f.findings.Close())
	}
	if f.marks != nil {
		errs = append(errs, f.marks.Close())
	}
	if f.list != nil {
		errs = append(errs, f.list.Close())
	}
	return errors.Join(errs...)
}
