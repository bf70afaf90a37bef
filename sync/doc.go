// Package sync is the folder of the clients that follow and feed other servers. It holds no
// code itself, because its name would shadow the standard package: see sync/mcsd.
package sync
