package sqlite_test

import (
	"flag"
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		crashWriter(dir) // this process is a child that waits to be killed
		return
	}
	if dir := os.Getenv(powercutDir); dir != "" {
		powercutWriter(dir)
		return
	}
	flag.Set("rapid.nofailfile", "true") // the seed in the output is enough
	goleak.VerifyTestMain(m)
}
