// Package xls reads genuine workbooks of Excel 97-2003 (BIFF8) and Excel 5.0/95 (BIFF5).
//
// [Open] reads what all sheets share: the names of the sheets, strings, number formats, the
// day from which days are counted. [Book.Rows] streams one sheet: texts (whole, rich, with
// pronunciation, split over records), numbers in their three forms, the kept results of
// formulas, truth values and errors; merged cells are listed. Charts inside a sheet are
// passed over, sheets that are only charts or macros are not listed.
//
// Every length and position in the file is checked. Encrypted, cut off and damaged files are
// refused with one sentence.
package xls
