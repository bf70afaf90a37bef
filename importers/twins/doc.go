// Package twins looks for rows of a list among the facilities or persons that are stored.
//
// An importer gathers in a [Search] the rows that nothing is known of, once all others found
// what they mean; [Search.Run] compares them with what is stored and no other row means, all
// at once, by the matcher that masjala match and $match use. Each row gets one partner at
// most. What people decided earlier is honoured: see importers/decisions.
package twins
