// Package sheet reads tables as offices send them, whatever form they have.
//
// [Open] looks at the content of a file, never at its extension, and gives a [Book] that
// lists its sheets. [Book.Rows] streams one sheet row by row; the sheet's own statement of its
// size is not trusted, and merged cells give their value to the rows they cover. [FindHead]
// finds the row of column headings below titles and notes, and joins headings in two rows.
//
// Workbooks of Office Open XML and delimited text are read here; each other form has a package
// below this one that gives a [grid.Book]: xls, ods, page (HTML), geojson and dhis2. A new form
// needs no more than that and a line in Open.
//
// Cells come as displayed and, where that differs, as stored, so that dates and long
// numbers lose nothing. Cleaning and understanding values is left to packages importers and
// cell. What is no table (a file with a password, half a file, one that unpacks to too much) is
// refused with one sentence that says what to do.
package sheet
