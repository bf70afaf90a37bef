package sqlite_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"masjala/fhir"
	"masjala/store"
	"masjala/store/sqlite"
)

// fullDir names the environment variable that makes the test program a writer whose files
// may not grow beyond a limit.
const fullDir = "MASJALA_TEST_FULL_DIR"

// fullWriter writes until the system refuses, checks that all acknowledged is there, gets
// more space and writes on. It prints what went wrong.
func fullWriter(dir string) {
	signal.Ignore(syscall.SIGXFSZ)
	var limit syscall.Rlimit
	must(syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit))
	most := limit.Cur
	limit.Cur = 600 << 10
	s, err := sqlite.Open(dir, sqlite.Options{})
	must(err)
	must(syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit))
	stored := 0
	write := func() error {
		return s.Write(context.Background(), store.Cause{}, func(tx store.Tx) error {
			_, err := tx.Put(draft("Location", fmt.Sprint("l-", stored), fmt.Sprintf(`{"description":%q}`, strings.Repeat("x", 9000))), "PUT")
			return err
		})
	}
	for err = write(); err == nil; err = write() {
		stored++
	}
	if fhir.KindOf(err) != fhir.Full || stored == 0 {
		fmt.Printf("after %d writes the error is %v, want Full\n", stored, err)
	}
	if err := write(); fhir.KindOf(err) != fhir.Full {
		fmt.Printf("the next write gives %v, want Full again\n", err)
	}
	for i := range stored {
		if _, err := s.Read(context.Background(), "Location", fmt.Sprint("l-", i)); err != nil {
			fmt.Printf("l-%d of %d was acknowledged: %v\n", i, stored, err)
		}
	}
	limit.Cur = most
	must(syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit))
	for range 20 {
		if err := write(); err != nil {
			fmt.Printf("with space again: %v\n", err)
			break
		}
		stored++
	}
	if n, err := s.Count(context.Background(), "Location"); err != nil || n != stored {
		fmt.Printf("%d resources, %v; %d were acknowledged\n", n, err, stored)
	}
	if err := s.Check(context.Background()); err != nil {
		fmt.Println(err)
	}
	must(s.Close())
}

func must(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// TestFullDiskRefusesAndRecovers limits the size of the child's files: the system then
// refuses its writes as on a full disk.
func TestFullDiskRefusesAndRecovers(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fullDir+"="+t.TempDir())
	out, err := cmd.CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}
