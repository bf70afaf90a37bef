// Package e2e holds tests of the whole program: they build it, start it in processes of its
// own, work it over HTTP and the command line, kill it, and read what is left.
//
// The program in compare reads two servers over REST and knows nothing of the rest of this
// module, so that its verdict is independent.
package e2e
