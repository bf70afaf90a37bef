package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"
)

// version is set by the build.
var version = "unknown"

// versionInfo is what `masjala version --json` prints.
type versionInfo struct {
	Version string `json:"version"`
	Go      string `json:"go"`
	System  string `json:"system"`
}

func versionCommand(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			info := versionInfo{Version: version, Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH}
			if o.json {
				return o.printJSON(info)
			}
			_, err := fmt.Fprintf(o.out, "masjala %s (%s, %s)\n", info.Version, info.Go, info.System)
			return err
		},
	}
}
