// Package dhis2 reads the metadata that DHIS2 exports as JSON: its organisation units as
// sheets, one per level and the deepest first, and its option sets, one sheet each.
//
// A unit's row has its uid, code and names, the names of the units above it (Level 1, Level 2,
// …), dates, contact, position and boundary, one column per group set with the name of the
// unit's group in it, the groups that are in no set, and one column per attribute.
package dhis2
