// Package facilities imports lists of facilities: each row becomes a Location and the
// Organization that manages it, typed as IHE mCSD wants.
//
// [Run] walks over a list twice. The survey counts identities, areas and the values of coded
// columns, so that the outcome never depends on the order of rows: an area has its most
// frequent spelling, a code list all its values, and a row without an identifier is told
// from its namesakes by content. Then code lists and areas are stored, parents first, and
// each row is turned into resources and offered to the [importers.Writer].
//
// What becomes of a row:
//   - the column "id" (and "identifier" for further ones) gives identifiers on both halves;
//     a row without one is known by area, name and type, and by all of its content where
//     that is not enough;
//   - area columns become jurisdictions, found again by identifier or by their path of names
//     and only ever created: a facility list does not rename areas;
//   - values of type and ownership are codes of a local code system, made of the values
//     themselves and stored as CodeSystem and ValueSet, or members of the value set that the
//     mapping binds the column to; what is not a member is kept as text and reported;
//   - status becomes active, suspended or inactive, with the list's own word beside it;
//   - what cannot be understood is left out and reported; it never stops the row.
package facilities
