// Package e2e holds tests that run the real program as its users do: built once, started as
// processes, asked over the network. It has no code of its own.
package e2e
