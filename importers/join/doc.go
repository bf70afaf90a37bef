// Package join finds which rows of two lists mean the same, for lists that have no key in
// common, and the doubles in one list.
//
// [Run] reads the lists as imports do, with the columns told by their headings or by a
// mapping, hands them to facility/match or workforce/match, and reports pairs with their
// row numbers, score, band and reasons. [Registry] looks for doubles among what is stored.
// Nothing is changed.
package join
