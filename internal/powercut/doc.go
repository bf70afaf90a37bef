// Package powercut shows what a power cut would leave of a program's files.
//
// [Record] runs a program under strace. [Trace.Replay] goes through what it did to the
// files below a directory and stops at each line it printed: [Disk.Restore] then writes
// the files as they would be if the power failed at that moment. Of each file there is
// what was written before a finished fsync or fdatasync, and each file is there under the
// name it had when its directory was synced. Writes that were not synced are lost, or
// survive in part when a source of chance is given.
//
// A program under test prints a line after each promise it keeps ("stored 17"); a test
// restores at that line, opens the files again and looks for number 17.
//
// What a program writes through memory maps is not seen; [Trace.Mapped] names the files,
// so that a test can tell whether that matters.
package powercut
