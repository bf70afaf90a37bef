// Package near finds the names that a misspelt one may have meant.
//
// An [Index] holds names; [Index.Find] proposes those that share most letter groups with
// a text, the closest by edit distance first. It is made for proposals in findings
// ("Did you mean …?"), not for deciding that two records are the same.
package near
