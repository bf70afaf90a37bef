// Package match tells which records mean the same facility under different identifiers.
//
// [Crosswalk] follows the identifiers that the records themselves carry: those of a
// resource, and those of the other half of its pair, because lists often give one code to
// the Location and another to the Organization that manages it.
package match
