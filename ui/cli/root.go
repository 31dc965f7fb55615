package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// newRoot makes the command tree.
func newRoot(std Streams) *cobra.Command {
	f := &flags{}
	root := &cobra.Command{
		Use:   "tare IMAGE",
		Short: "Find what a container image weighs for nothing, and the edit that removes it",
		Long: `tare opens a container image from anywhere, works out for every byte whether a
container can ever use it, and shows which instruction wastes what and which
edit of the Dockerfile mends it.

IMAGE is [transport:]reference. Without a transport, a file or folder is looked
at; else Docker, Podman and then the registry are asked. Transports: registry,
docker, podman, docker-archive, oci-archive, oci-dir, demo; "-" is standard input.`,
		Example: `  tare debian:bookworm-slim            from the local engine, else the registry
  tare registry:ghcr.io/org/app:1      straight from the registry
  docker save app | tare -             from a stream
  tare -o json app > report.json       for a program
  tare demo                            a built-in sample`,
		Args:              oneImage,
		SilenceErrors:     true,
		SilenceUsage:      true,
		DisableAutoGenTag: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return fromEnvironment(cmd.Flags(), std.Getenv)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.version {
				return printVersion(std.Out)
			}
			if len(args) == 0 {
				return cmd.Help()
			}
			return show(cmd.Context(), args[0], f, std)
		},
	}
	root.SetIn(std.In)
	root.SetOut(std.Out)
	root.SetErr(std.Err)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())
	})
	f.register(root.PersistentFlags())
	root.CompletionOptions.HiddenDefaultCmd = false
	root.AddCommand(newDemo(f, std), newVersion(std), newMan(root, std))
	return root
}

func oneImage(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return fmt.Errorf("one image at a time, please: %q stands after %q; see tare --help", args[1], args[0])
	}
	return nil
}

// fromEnvironment gives flags that were not set on the command line the value
// of their variable: TARE_ and the name in capitals.
func fromEnvironment(set *pflag.FlagSet, getenv func(string) (string, bool)) error {
	var first error
	set.VisitAll(func(flag *pflag.Flag) {
		if flag.Changed || flag.Name == "help" || flag.Name == "version" {
			return
		}
		name := "TARE_" + strings.ToUpper(strings.ReplaceAll(flag.Name, "-", "_"))
		value, ok := getenv(name)
		if !ok || value == "" {
			return
		}
		if err := set.Set(flag.Name, value); err != nil && first == nil {
			first = fmt.Errorf("%s=%q: %w", name, value, err)
		}
	})
	return first
}
