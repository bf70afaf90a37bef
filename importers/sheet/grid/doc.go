// Package grid is what all readers of sheets give: rows of cells as displayed and as stored.
//
// [Source] yields the [Row]s of one sheet and tells which cells are merged. [Number] shows a
// stored number in the format of its cell; the formats that matter to lists are understood
// (dates, fixed digits, leading zeros, percent), others show the number in full.
package grid
