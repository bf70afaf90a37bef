// Package match tells which records mean the same facility.
//
// [Lists] joins two lists of [Facility] that have no number in common, [Twins] looks for
// doubles in one, [RegistryTwins] for those in the registry, and [Finder] finds in the
// registry what a Location or Organization may mean. A name is its words without those that
// say what the facility is, wherever they stand and in several languages; the kind, the areas,
// the distance, identifiers and telephones are evidence of their own. What speaks for a pair
// and against it is told with each. Two facilities of one name that stand beside each other
// are told apart by what they are, and by the numbers and directions in their names.
//
// [Crosswalk] follows the identifiers that the records themselves carry: those of a
// resource, and those of the other half of its pair, because lists often give one code to
// the Location and another to the Organization that manages it.
package match
