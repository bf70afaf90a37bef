package sqlite_test

import (
	"flag"
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	for name, child := range map[string]func(dir string){crashDir: crashWriter, powercutDir: powercutWriter, fullDir: fullWriter} {
		if dir := os.Getenv(name); dir != "" {
			child(dir) // this process is a child of a test
			return
		}
	}
	flag.Set("rapid.nofailfile", "true") // the seed in the output is enough
	goleak.VerifyTestMain(m)
}
