// Package rids holds sets of resource numbers (rids), in memory and in mapped files, and
// works with many of them at once without making new ones.
//
// A [Set] is an expression: a list, a bitmap in roaring's portable format
// (https://github.com/RoaringBitmap/RoaringFormatSpec) that is read where it lies, a
// [Mutable], or the intersection, union or difference of others. Nothing is computed when it
// is made. [Set.Count] and [Set.Before] evaluate it block by block of 65,536 rids, the
// latter only as far as its page reaches. Expressions and the room for evaluating them come
// from a [Room], which is used again for the next search.
package rids
