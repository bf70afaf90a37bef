// Package desk is where lists are handed in: it keeps what was given, plans, applies and undoes it,
// one import of a registry after the other, and goes on after the program was stopped or killed.
//
// An import is a [Task]. Its state lies in the store, beside what the import changes; the file as it
// was given, named by its hash, and the findings lie in the folder of the desk. What was given is
// on the disk before [Desk.Submit] returns.
//
//	queued → planning → planned → queued → applying → done → queued → undoing → undone
//
// A step waits in line until no earlier import of the same registries is left; readers never wait.
// [Desk.Import] is all of that for a command that waits for its import. Steps that were cut short
// because the program ended are taken up again by [Desk.Start]: a plan is made anew, and an
// application goes on as the same run, to the same end. An import whose command is gone is not: it
// is told as failed, and may be repeated or undone.
package desk
