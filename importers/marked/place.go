package marked

import "strconv"

// columnName is the letters of a column, counted from 0.
func columnName(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}

// cellName is the name of a cell; columns count from 0, rows from 1.
func cellName(column, row int) string { return columnName(column) + strconv.Itoa(row) }

// columnOf returns the column of a cell's name, -1 when it is none.
func columnOf(name string) int {
	n := 0
	for i := range len(name) {
		c := name[i]
		switch {
		case c >= 'A' && c <= 'Z':
			n = n*26 + int(c-'A') + 1
		case c >= '0' && c <= '9' && i > 0:
			return n - 1
		default:
			return -1
		}
		if n > maxColumns {
			return -1
		}
	}
	return -1
}

// maxColumns is how many columns a sheet has.
const maxColumns = 16_384
