package importers_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"masjala/importers"
	"masjala/internal/testutil"
)

func TestFindings(t *testing.T) {
	testutil.Requirement(t, "IMP-1", "FRF-8")
	issue := importers.Issue{Sheet: "List", Row: 42, Column: "District", Value: "=1+1", Severity: importers.Error, Reason: "no place has this name", Fix: "Did you mean \"Nakuru\"?", Rule: "area-unknown"}
	write := func(name string) string {
		path := filepath.Join(t.TempDir(), name)
		file, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		f, err := importers.NewFindings(file, strings.HasSuffix(name, ".xlsx"))
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if err := f.Add(&issue); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		return path
	}
	t.Run("workbook", func(t *testing.T) {
		f, err := excelize.OpenFile(write("issues.xlsx"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		rows, err := f.GetRows("Issues")
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != 4 || rows[0][1] != "Row" || rows[3][1] != "42" || rows[3][3] != "=1+1" || rows[3][6] != issue.Fix {
			t.Errorf("rows %q", rows)
		}
		if formula, err := f.GetCellFormula("Issues", "D2"); err != nil || formula != "" {
			t.Errorf("the value became a formula: %q, %v", formula, err)
		}
	})
	t.Run("text", func(t *testing.T) {
		data, err := os.ReadFile(write("issues.csv"))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(data)), "\n")
		if len(lines) != 4 || !strings.HasPrefix(lines[0], "\ufeffSheet,Row") || !strings.Contains(lines[1], `List,42,District,'=1+1,error`) {
			t.Errorf("lines %q", lines)
		}
	})
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("this system has no full device")
	}
	defer full.Close()
	if _, err := importers.NewFindings(full, false); err == nil {
		t.Error("nothing was said of a full disk")
	}
}

func TestIssuesAreGrouped(t *testing.T) {
	var s importers.Issues
	s.Sheet = "List"
	for i := range 100 {
		s.Add(importers.Issue{Row: i, Severity: importers.Warning, Rule: "many"})
	}
	s.Add(importers.Issue{Severity: importers.Info, Rule: "one"})
	s.Add(importers.Issue{Severity: importers.Error, Rule: "grave", Sheet: "Other"})
	g := s.Groups()
	if len(g) != 3 || g[0].Rule != "grave" || g[1].Count != 100 || len(g[1].First) >= 100 || g[1].First[0].Sheet != "List" || g[0].First[0].Sheet != "Other" {
		t.Errorf("groups %+v", g)
	}
	if s.Count(importers.Warning) != 100 {
		t.Errorf("%d warnings", s.Count(importers.Warning))
	}
}

// What a report quotes of a cell is bounded, whatever stands in it.
func TestLongValuesAreShortened(t *testing.T) {
	var sunk []int
	issues := importers.Issues{Sink: func(i *importers.Issue) error {
		sunk = append(sunk, len(i.Value), len(i.Reason))
		return nil
	}}
	long := strings.Repeat("é", 500_000)
	issues.Add(importers.Issue{Value: long, Reason: "no code is " + long, Severity: importers.Error, Rule: "x"})
	first := issues.Groups()[0].First[0]
	for _, n := range append(sunk, len(first.Value), len(first.Reason)) {
		if n < 8000 || n > 8200 {
			t.Errorf("%d bytes, want some 8,000", n)
		}
	}
}
