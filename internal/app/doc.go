// Package app puts the parts of the program together over one data directory.
//
// [Open] takes the lock of the directory, opens the store and the concepts, and makes the
// registries and services over them; [App.Close] undoes that in the opposite order.
// [App.Serve] answers requests until its context ends: it says in server.json where it can
// be reached, starts the jobs, and when it stops lets requests and jobs finish first.
//
// [App.Run] carries out the commands of the command line, which internal/command brings
// here from this process or from a client of the server. Both meet the same code.
package app
