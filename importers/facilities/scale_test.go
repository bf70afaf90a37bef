package facilities_test

import (
	"fmt"
	"io"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"masjala/importers"
	"masjala/importers/marked"
)

// wide is a workbook of facilities with 30 columns, one row in ten with a wrong position and one in
// fifty without a name.
func wide(t *testing.T, rows int) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	head := []any{"Facility code", "Facility name", "Country", "Region", "District", "Facility type", "Ownership", "Latitude", "Longitude", "Phone", "Email", "Date opened"}
	for len(head) < 30 {
		head = append(head, fmt.Sprintf("Remark %d", len(head)))
	}
	for n := range rows + 1 {
		row := head
		if n > 0 {
			row = []any{fmt.Sprintf("%06d", n), fmt.Sprintf("Amani %d Clinic", n), "Tanzania", fmt.Sprintf("Region %d", n%20), fmt.Sprintf("District %d", n%200), "Clinic", "Private",
				-6.5 + float64(n%1000)/1000, 35 + float64(n%999)/1000, fmt.Sprintf("0712%06d", n), fmt.Sprintf("c%d@example.org", n), "2001-05-04"}
			if n%10 == 0 {
				row[7], row[8] = row[8], row[7]
			}
			if n%50 == 7 {
				row[1] = ""
			}
			for len(row) < 30 {
				row = append(row, "as before")
			}
		}
		if err := w.SetRow(fmt.Sprintf("A%d", n+1), row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	path := t.TempDir() + "/wide.xlsx"
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// processor is the processor time that the process has taken.
func processor(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestWideWorkbook is the promise of docs/benchmarks.md for 100,000 rows; it takes a minute or two,
// so it runs under make bench-import only, and a small one otherwise.
func TestWideWorkbook(t *testing.T) {
	rows, large := 2000, os.Getenv("MASJALA_BENCH_IMPORT") != ""
	if large {
		rows = 100_000
	}
	file := wide(t, rows)
	m, err := marked.New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	began, took := time.Now(), processor(t)
	r := run(t, newEnv(t), importers.Request{File: file, DryRun: true, Issues: m.Issue, Rows: m.Row})
	planned, cpu := time.Since(began), processor(t)-took
	if c := r.Of("facilities"); c.Create != rows-rows/50 || c.Failed != rows/50 || rules(r)["position-swapped"] != rows/10 {
		t.Errorf("%+v, findings %v", c, rules(r))
	}
	began, took = time.Now(), processor(t)
	if err := m.Write(t.Context(), io.Discard, file, r); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rows: planned in %.1f s (%.1f s of processor time), marked copy in %.1f s (%.1f s); peak %s with the making of the workbook",
		rows, planned.Seconds(), cpu.Seconds(), time.Since(began).Seconds(), (processor(t) - took).Seconds(), peak(t))
	if large && (cpu > time.Minute || processor(t)-took > time.Minute) {
		t.Error("more than a minute of processor time")
	}
}
