package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tare-oci/tare/analyze/atomicfile"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/settings"
)

// newInit makes `tare init IMAGE`.
func newInit(f *flags, std Streams) *cobra.Command {
	var schema bool
	cmd := &cobra.Command{
		Use:   "init IMAGE",
		Short: "Write a " + settings.Name + " with thresholds that the image passes today",
		Long: `Write a ` + settings.Name + ` into the current directory, for tare check. It explains every key,
and sets thresholds that the image passes today, with room to breathe. One more
package, another RUN that installs, or a rebuild with newer packages a month later
passes; a forgotten clean-up, a compiler or a secret does not. With tare check
--against, new waste and new risks fail; the size may grow unless the file's
max-size-growth, or the flag, says how much. The file keeps --base, --platform and -f.
tare does not overwrite an existing file.

--schema writes the file's JSON Schema to standard output instead, for editors that
complete and check YAML.`,
		Example: `  tare init app:1 -f Dockerfile
  tare init --schema > .tare.schema.json`,
		Args: func(_ *cobra.Command, args []string) error {
			if schema {
				return noImage(args)
			}
			if len(args) != 1 {
				return errors.New("tare init takes one image, whose figures become the thresholds; see tare init --help")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if schema {
				_, err := std.Out.Write(settings.Schema)
				return err
			}
			return runInit(cmd.Context(), args[0], f, terminal{std})
		},
	}
	cmd.Flags().BoolVar(&schema, "schema", false, "write the JSON Schema of a "+settings.Name+" to standard output")
	return cmd
}

// noImage refuses what stands beside --schema.
func noImage(args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("--schema is the same for every %s and takes no image; leave %q out", settings.Name, args[0])
	}
	return nil
}

func runInit(ctx context.Context, reference string, f *flags, t terminal) error {
	if err := f.check(); err != nil {
		return err
	}
	if len(f.outputs) > 0 {
		return fmt.Errorf("-o: tare init writes %s and nothing else; leave it out", settings.Name)
	}
	if _, err := os.Lstat(settings.Name); err == nil {
		return errTaken
	}
	r, err := loadReport(ctx, reference, f, t)
	if err != nil {
		return err
	}
	text := settings.Draft(r, settings.Settings{Base: asFile(f.base), Platform: f.platform, Dockerfile: f.file})
	if err := writeNew(settings.Name, text); err != nil {
		return err
	}
	if !f.quiet {
		fmt.Fprintf(t.std.Out, "wrote %s; tare check %s passes with it\n", settings.Name, display.Escape(reference))
		for _, told := range []string{settings.TellWaste(r), settings.TellRisks(r)} {
			if told != "" {
				fmt.Fprintf(t.std.Out, "%s; tare %s shows it\n", told, display.Escape(reference))
			}
		}
	}
	return nil
}

// asFile marks the name of a file as one: the settings are read from the directories
// below too, where the same name would be a registry's.
func asFile(reference string) string {
	if _, err := os.Lstat(reference); err != nil || filepath.IsAbs(reference) || strings.HasPrefix(reference, ".") {
		return reference
	}
	return "./" + reference
}

var errTaken = fmt.Errorf("writing %s: it already exists; edit it, or move it away first", settings.Name)

// writeNew writes a file that nobody has written meanwhile.
func writeNew(name string, text []byte) error {
	err := atomicfile.Create(name, 0o644, func(to *os.File) error { _, err := to.Write(text); return err })
	switch {
	case errors.Is(err, fs.ErrExist):
		return errTaken
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("writing %s: permission denied; go to a directory that you may write to", name)
	case err != nil:
		return notWritten(name, err)
	}
	return nil
}
