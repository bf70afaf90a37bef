// Package jobs runs named pieces of work on a schedule.
//
// A [Job] is a value: a name, a cron schedule and a function. A [Runner] starts each
// job when it is due, after a random delay, never twice at once, and keeps what came
// of every run in the store. A run that was due while the program was not running, or
// that a crash cut short, is made up at the next start. [Runner.RunNow] runs a job on
// request. A panic in a job becomes the error of its run.
//
// What a job does, and how it resumes after it was cut short, is its own affair.
package jobs
