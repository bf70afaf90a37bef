// Package sheet reads tables as offices send them: Excel workbooks and delimited text.
//
// [Open] looks at the content of a file, never at its extension, and gives a [Book] that
// lists its sheets. [Book.Rows] streams one sheet row by row in constant memory; the sheet's
// own statement of its size is not trusted. [FindHead] finds the row of column headings
// below titles and notes.
//
// Cells come as displayed and, where that differs, as stored, so that dates and long
// numbers lose nothing. Cleaning and understanding values is left to package importers.
// What is not a table (an old .xls, a web page, a file with a password, half a file) is
// refused with one sentence that says what to do.
package sheet
