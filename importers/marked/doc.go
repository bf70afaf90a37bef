// Package marked gives a list back as it came, with the outcome of its import in it.
//
// While a list is imported, a [Marks] collects what became of each row and what was found in
// each cell, on disk where it is long. [Marks.Write] then copies the workbook: the part of the
// imported sheet is rewritten as a stream, with two columns more (status and id in the
// registry), a colour behind each cell that has a finding, and a note on the first of them;
// two sheets are added, one with all findings and one that sums them up. Every other part is copied
// byte for byte, so that formats, formulas, charts and macros stay as they are. A workbook
// that was marked before loses its old marks first. Lists of other formats come back as a
// workbook with the same cells.
//
// The parts and their relations are those of ECMA-376 (Office Open XML), part 1, chapters 12 and
// 18, and for the boxes of notes part 4, chapter 14 (VML).
package marked
