package testutil

import (
	"runtime/debug"
	"slices"
)

// Race tells whether the program was built with the race detector, which takes memory of its
// own and drops what is pooled: tests then still do what they measure, but cannot hold it to
// figures of memory.
func Race() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}
