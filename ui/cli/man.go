package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// newMan makes `tare man`, which writes the manual page of a command.
func newMan(root *cobra.Command, std Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "man [COMMAND]",
		Short: "Write a manual page to standard output",
		Long:  "Write a manual page in troff to standard output: tare man | man -l -",
		Args:  atMost(1, "one command at a time; see tare man --help"),
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, _, err := root.Find(args)
			if err != nil || len(args) == 1 && cmd == root {
				return fmt.Errorf("there is no command %q; see tare --help", args[0])
			}
			// A fixed date: the page changes when the program does.
			date := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
			return doc.GenMan(cmd, &doc.GenManHeader{Section: "1", Source: "tare", Manual: "tare manual", Date: &date}, std.Out)
		},
	}
}
