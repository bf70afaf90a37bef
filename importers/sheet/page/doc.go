// Package page reads the tables of a web page as sheets, which many registries export under
// the name of a workbook (.xls).
//
// [Open] lists the tables, named by their captions or counted; a table inside another is one
// of its own. [Book.Rows] streams one: cells that span columns and rows keep their place,
// what spans rows is listed as merged cells, entities are decoded, line breaks kept, scripts
// and styles left out. Missing end tags do no harm. What a spreadsheet program noted about
// the stored number of a cell (x:num, sdval) is given as stored.
package page
