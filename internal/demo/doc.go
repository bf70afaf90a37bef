// Package demo makes the example country: its areas, facilities, health workers and
// code lists, as the workbooks an office would send. The same [Size] gives the same
// rows on every machine and day, so guides can print real output and tests can count.
// Names of places and people are built from syllables; nothing in it is real.
package demo
