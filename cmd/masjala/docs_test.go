package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

var flagName = regexp.MustCompile(`(?m)--[a-z][a-z-]*`)

// Every command and every flag of its own must be in the page of the commands.
func TestPageNamesEveryCommandAndFlag(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "cli.md"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		for _, sub := range cmd.Commands() {
			if sub.Name() == "help" || sub.Name() == "completion" {
				continue
			}
			if !strings.Contains(page, sub.Name()) {
				t.Errorf("docs/cli.md lacks the command %q", sub.CommandPath())
			}
			walk(sub)
		}
		if cmd.Name() == "serve" { // its flags are in docs/configuration.md, which is generated
			return
		}
		for _, flag := range flagName.FindAllString(cmd.LocalNonPersistentFlags().FlagUsages(), -1) {
			if flag != "--help" && !strings.Contains(page, flag) {
				t.Errorf("docs/cli.md lacks %s of %q", flag, cmd.CommandPath())
			}
		}
	}
	walk((&options{}).command())
}
