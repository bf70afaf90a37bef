// Package storetest holds a store engine to what package store promises.
//
// [Run] is the suite. [Open] gives tests of other packages a real store in a directory of
// their own.
package storetest
