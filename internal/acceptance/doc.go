// Package acceptance holds only tests: they run the program that was built on the lists of
// the reference folder, as `make acceptance` does. Elsewhere they are skipped.
package acceptance
