// Package ods reads OpenDocument spreadsheets, as LibreOffice writes them.
//
// [Open] lists the sheets of content.xml and their merged cells; [Book.Rows] streams one.
// Repeated cells and rows are bounded, days are shown like 2026-11-23, notes and drawings in
// cells are left out. Documents that are protected by a password, cut off or no spreadsheet
// are refused with one sentence.
package ods
