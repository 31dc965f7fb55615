package cli

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tare-oci/tare/analyze/nearest"
)

// newRoot makes the command tree.
func newRoot(std Streams) *cobra.Command {
	f := &flags{waiting: terminal{std}.waiting}
	root := &cobra.Command{
		Use:   "tare IMAGE",
		Short: "Find the bytes that a container image wastes, and the edit that removes them",
		Long: `tare opens a container image from anywhere, works out for every byte whether a
container can ever use it, and shows which instruction wastes space and which
edit of the Dockerfile fixes it.

IMAGE is [transport:]reference. Without a transport, tare looks for a file or directory
of that name, then asks Docker, Podman and the registry. Transports: registry, docker,
podman, docker-archive, oci-archive, oci-dir, dir, demo; "-" is standard input.`,
		Example: `  tare debian:bookworm-slim            from the local engine, else the registry
  tare registry:ghcr.io/org/app:1      straight from the registry
  docker save app | tare -             from a stream
  tare -o json app > report.json       for a program
  tare shop/web:1 -k deploy/           also as the pods of these manifests run it
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
			if len(args) == 0 && offers(f, terminal{std}) {
				if err := offer(cmd.Context(), f, std); !errors.Is(err, errNoOffer) {
					return err
				}
			}
			if len(args) == 0 {
				if cmd.Flags().NFlag() > 0 {
					return errors.New("name an image; tare demo shows a sample, tare --help lists the commands")
				}
				return cmd.Help()
			}
			err := show(cmd.Context(), args[0], f, std)
			if near := nearestCommand(cmd, args[0]); near != "" && err != nil && cmd.Context().Err() == nil {
				err = fmt.Errorf("%w; or did you mean the command tare %s?", err, near)
			}
			return err
		},
	}
	root.SetIn(std.In)
	root.SetOut(std.Out)
	root.SetErr(std.Err)
	root.SetFlagErrorFunc(flagError)
	f.register(root.PersistentFlags())
	f.registerManifests(root.Flags())
	root.CompletionOptions.HiddenDefaultCmd = false
	root.AddCommand(newBases(f, std), newBuild(f, std), newCache(std), newCheck(f, std), newComment(f, std), newCompare(f, std), newDemo(f, std), newExplain(f, std), newFix(f, std), newFleet(f, std), newInit(f, std), newLearn(f, std), newReleases(f, std), newVersion(std), newMan(root, std))
	return root
}

// words are what a mistyped command looks like, and an image rarely.
var words = regexp.MustCompile(`^[a-z]+$`)

func oneImage(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		hint := ""
		if words.MatchString(args[0]) {
			hint = fmt.Sprintf(", and there is no command %q", args[0])
			if near := nearestCommand(cmd, args[0]); near != "" {
				hint += fmt.Sprintf(" (did you mean %s?)", near)
			}
		}
		return fmt.Errorf("one image at a time: %q comes after %q%s; see tare --help", args[1], args[0], hint)
	}
	return nil
}

// nearestCommand is the command that somebody may have meant who wrote word, ""
// if there is none.
func nearestCommand(root *cobra.Command, word string) string {
	if !words.MatchString(word) {
		return ""
	}
	var names []string
	for _, c := range root.Commands() {
		names = append(names, c.Name())
	}
	return nearest.Name(word, names)
}

// takes says what values a flag takes.
func takes(flag *pflag.Flag) string {
	if flag.Value.Type() == "bool" {
		return "true or false"
	}
	return "a " + flag.Value.Type()
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
			first = fmt.Errorf("%s=%q: it takes %s; correct or unset it", name, value, takes(flag))
		}
	})
	return first
}

// atMost accepts n arguments and answers more with a sentence of our own.
func atMost(n int, sentence string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) > n {
			return errors.New(sentence)
		}
		return nil
	}
}
