package cli

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// Set by the release build through -ldflags -X; empty in a build from a checkout.
var (
	buildVersion string
	buildCommit  string
	buildDate    string
)

// version is the release's, or what Go recorded of the checkout.
func version() string {
	if buildVersion != "" {
		return buildVersion
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}

func printVersion(w io.Writer) error {
	line := "tare " + version()
	if buildCommit != "" {
		line += " (" + buildCommit
		if buildDate != "" {
			line += ", " + buildDate
		}
		line += ")"
	}
	_, err := fmt.Fprintf(w, "%s %s/%s %s\n", line, runtime.GOOS, runtime.GOARCH, runtime.Version())
	return err
}

func newVersion(std Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  atMost(0, "tare version takes nothing more; see tare version --help"),
		RunE:  func(*cobra.Command, []string) error { return printVersion(std.Out) },
	}
}
