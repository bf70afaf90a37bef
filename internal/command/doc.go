// Package command is how the program's commands are asked for, whether they run in
// this process or in a server that holds the data directory.
//
// A [Call] names a command, its arguments and its files; a [Runner] carries it out
// and reports [Progress] on the way. [Client] is the Runner of a distant server: it
// sends the call as multipart/form-data to POST /api/commands/{name} and reads the
// answer as one JSON [Event] per line. [Serve] is the other end of that line. Both
// ends give the same [Result], so that a command prints the same either way.
//
// The package knows nothing of what the commands do.
package command
