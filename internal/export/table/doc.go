// Package table writes tables row by row, in constant memory: workbooks (.xlsx), delimited
// text (.csv) and GeoJSON.
//
// What a spreadsheet program would take for a formula is written so that it does not run and
// so that our own reader gives the same text back: in a workbook every text is a cell of text,
// marked as such; in delimited text such a text has an apostrophe in front, see [Escape] and
// [Unescape].
package table
