// Package template makes empty workbooks for lists that are to be filled in and imported without a
// mapping: headings in a language that the importers know, drop-down lists from what the registry
// holds, and a sheet that explains every column.
package template
