package demo

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/xuri/excelize/v2"
)

// Files are the workbooks of the country, in the order they are imported.
type Files struct {
	Codes      []string // one code list each
	Facilities string
	Workers    string
}

// Write makes the country of a size and writes its workbooks into dir, which it creates.
func Write(dir string, s Size) (Files, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Files{}, err
	}
	c := build(s)
	var f Files
	lists := []struct {
		name  string
		codes []code
	}{{"facility-types", facilityTypes}, {"owners", owners}, {"cadres", cadres}}
	for _, l := range lists {
		path := filepath.Join(dir, l.name+".xlsx")
		f.Codes = append(f.Codes, path)
		if err := write(path, []string{"Code", "Display", "Parent", "Definition"}, l.codes, code.row); err != nil {
			return Files{}, err
		}
	}
	f.Facilities = filepath.Join(dir, "facilities.xlsx")
	if err := write(f.Facilities, facilityHead, c.facilities, facility.row); err != nil {
		return Files{}, err
	}
	f.Workers = filepath.Join(dir, "workers.xlsx")
	return f, write(f.Workers, workerHead, c.workers, worker.row)
}

func (c code) row() []string { return []string{c.code, c.display, c.parent, c.definition} }

// write makes a workbook of one sheet: the head, then a row for each item.
func write[T any](path string, head []string, items []T, row func(T) []string) error {
	book := excelize.NewFile()
	defer book.Close()
	sheet, err := book.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	put := func(n int, cells []string) error {
		line := make([]any, len(cells))
		for i, c := range cells {
			line[i] = c
		}
		return sheet.SetRow(fmt.Sprintf("A%d", n), line)
	}
	if err := put(1, head); err != nil {
		return err
	}
	for i, item := range items {
		if err := put(i+2, row(item)); err != nil {
			return fmt.Errorf("write row %d of %s: %w", i+2, path, err)
		}
	}
	if err := sheet.Flush(); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return book.SaveAs(path)
}
