// Package testutil holds the set-up that tests of several packages share.
//
// [Requirement] marks a test as the proof of a requirement; the conformance page is
// made from these marks. [Reference] finds the folder with specifications and examples.
// [Race] tells whether the race detector is at work.
package testutil
