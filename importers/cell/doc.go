// Package cell understands what people write in cells: coordinates in any notation
// ([Degrees], [Point]), numbers with check digits ([SchemeVote]), telephone numbers
// ([Phone]), text that was decoded wrongly ([Repair]), numbers that lost leading zeros
// ([RestoreZeros]), and in which country's box a point lies ([Country]).
//
// All of it is pure: text in, what it means out, with the confidence or the evidence that it
// means that. What to do about a doubt is for the caller to decide and to report.
package cell
