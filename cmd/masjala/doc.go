// Command masjala is a terminology service, a facility registry and a health-worker
// registry in one program.
//
// Each command has a file of its own. A command reads its arguments, hands them
// to internal/app (or to a running server, which gives them to the same code) and
// prints the answer. Results go to standard output, all else to standard error.
//
// Exit status: 0 done, 1 failed, 2 wrong use, 3 done with problems in the data.
package main
