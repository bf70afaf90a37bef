// Package intake stores resources that come whole, as packages and releases bring them, and
// that are known by their canonical address.
//
// An [Intake] is one run: it finds the copy that is stored already, leaves it when it says the
// same, keeps versions side by side, and stores what is new in transactions of a few megabytes.
// A resource that is refused becomes an issue and stops no other. The outcome is a
// [importers.Report] whose counts are by resource type.
package intake
