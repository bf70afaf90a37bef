// Command notices writes THIRD_PARTY_NOTICES: the licences of everything that is linked into the
// program, on every system it is built for. With -check it writes nothing and fails when
// the file is out of date. Either way it fails when a licence is not on the list of those
// that may be linked into a program under Apache-2.0.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
)

// file is what is written, in the root of the repository.
const file = "THIRD_PARTY_NOTICES"

func main() {
	check := flag.Bool("check", false, "only compare with what is there")
	flag.Parse()
	if err := run(*check); err != nil {
		fmt.Fprintln(os.Stderr, "notices:", err)
		os.Exit(1)
	}
}

func run(check bool) error {
	mods, err := linked()
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := write(&text, mods); err != nil {
		return err
	}
	if !check {
		return os.WriteFile(file, text.Bytes(), 0o644)
	}
	have, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if !bytes.Equal(have, text.Bytes()) {
		return fmt.Errorf("%s does not tell what is linked in now; run make notices", file)
	}
	return nil
}
