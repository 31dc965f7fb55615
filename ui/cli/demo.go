package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/tare-oci/tare/analyze/demo"
)

// newDemo makes `tare demo [NAME]`.
func newDemo(f *flags, std Streams) *cobra.Command {
	var dockerfile bool
	cmd := &cobra.Command{
		Use:   "demo [NAME]",
		Short: "Look at a built-in sample image",
		Long: `Look at a built-in sample image, made in memory: it needs no network and no Docker.
Without a name it lists the samples and shows the first.`,
		Args: atMost(1, "one sample at a time; see tare demo --help"),
		RunE: func(cmd *cobra.Command, args []string) error {
			samples := demo.Samples()
			sample := samples[0]
			if len(args) == 1 {
				found, err := demo.Lookup(args[0])
				if err != nil {
					return err
				}
				sample = found
			}
			if dockerfile {
				_, err := io.WriteString(std.Out, sample.Dockerfile)
				return err
			}
			t := terminal{std}
			if len(args) == 0 && len(f.outputs) == 0 && !t.interactive() {
				listSamples(std.Out, samples)
			}
			return show(cmd.Context(), "demo:"+sample.Name, f, std)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return demo.Names(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.Flags().BoolVar(&dockerfile, "show-dockerfile", false, "print the sample's Dockerfile instead")
	return cmd
}

func listSamples(w io.Writer, samples []demo.Sample) {
	fmt.Fprintln(w, "Built-in samples (no real images; tare demo NAME shows one):")
	for _, s := range samples {
		fmt.Fprintf(w, "  %-16s %s\n", s.Name, s.Title)
	}
	fmt.Fprintln(w)
}
