package xls

import (
	"cmp"
	"errors"
	"io"
	"slices"

	"masjala/fhir"
	"masjala/importers/sheet/grid"
)

// sorted is a sheet whose rows stand in another order in the file, put in order. Spreadsheet
// programs read such sheets; some libraries write them.
type sorted struct {
	grid.Plain
	rows   []grid.Row
	merges []grid.Merge
}

// mostSorted is how many cells a sheet may have to be put in order.
const mostSorted = 4 << 20

// sort reads all rows. Cells of one row may stand in several places. It fails with TooLarge when there
// are too many.
func (r *rows) sort() (*sorted, error) {
	s := &sorted{merges: r.merges}
	at := map[int]int{}
	for cells := 0; ; {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if cells += len(row.Cells); cells > mostSorted {
			return nil, fhir.Errorf(fhir.TooLarge, "its rows are out of order and too many to be sorted; open it and save it as .xlsx")
		}
		i, again := at[row.Number]
		if !again {
			at[row.Number] = len(s.rows)
			row.Cells, row.Raw = slices.Clone(row.Cells), slices.Clone(row.Raw)
			s.rows = append(s.rows, row)
			continue
		}
		for column, shown := range row.Cells {
			raw := shown
			if row.Raw != nil {
				raw = row.Raw[column]
			}
			s.rows[i].Fill(column, shown, raw)
		}
	}
	slices.SortFunc(s.rows, func(a, b grid.Row) int { return cmp.Compare(a.Number, b.Number) })
	return s, nil
}

// Next returns the next row.
func (s *sorted) Next() (grid.Row, error) {
	if len(s.rows) == 0 {
		return grid.Row{}, io.EOF
	}
	row := s.rows[0]
	s.rows = s.rows[1:]
	return row, nil
}

// Merges lists the merged cells.
func (s *sorted) Merges() []grid.Merge { return s.merges }
