// Package compound reads compound files (OLE2), the container of .xls workbooks and of
// workbooks with a password.
//
// [Open] reads the directory; [File.Stream] gives one stream. Every length and every chain of
// sectors in the file is checked before it is believed: a damaged or malicious file fails with
// [ErrDamaged], it never loops and costs no more memory than a small part of its size.
package compound
