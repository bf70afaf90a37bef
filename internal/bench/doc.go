// Command bench measures what the server promises and compares it, in the same run, with
// the barest program that could do the same: a Fiber handler that answers two bytes, and a
// loop that only commits the rows that the server wrote. It builds the real program, starts
// it and the baselines as processes of their own on the loopback, reads the processor time
// of each from /proc, repeats everything and prints the medians as a Markdown table for
// docs/benchmarks.md. It ends with status 1 when a promise is missed. Linux only.
package main
