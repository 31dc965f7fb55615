package cli

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

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
Without a name it lists the samples and shows the first. -o docker-archive=FILE writes a
sample for docker load, -o oci-archive=FILE for other engines.`,
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
			if format, file, ok := savedAs(f.outputs); ok {
				return saveSample(std, sample, format, file)
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

// savedAs is the format and the file of the one -o that asks for an archive.
func savedAs(outputs []string) (format, file string, ok bool) {
	if len(outputs) != 1 {
		return "", "", false
	}
	format, file, _ = strings.Cut(outputs[0], "=")
	return format, file, slices.Contains(demo.Formats, format)
}

// saveSample writes a sample as an archive.
func saveSample(std Streams, sample demo.Sample, format, file string) error {
	if file == "" || file == "-" {
		if _, screen := fd(std.Out); screen {
			return fmt.Errorf("an archive is not for a terminal; write it into a file: -o %s=%s.tar", format, sample.Name)
		}
		return demo.Save(std.Out, sample.Name, format)
	}
	if err := writeOutput(file, func(f *os.File) error { return demo.Save(f, sample.Name, format) }); err != nil {
		return err
	}
	next := "docker load -i " + file
	if format == "oci-archive" {
		next = "skopeo copy oci-archive:" + file + " docker-daemon:demo/" + sample.Name + ":latest"
	}
	fmt.Fprintf(std.Err, "%s holds demo/%s:latest; next: %s\n", file, sample.Name, next)
	return nil
}
