package cli

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/nearest"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report"
	"github.com/tare-oci/tare/ui/report/formats"
)

// output is one -o: a format and where it goes; "" is standard output.
type output struct {
	format, file string
}

// parseOutputs reads FORMAT[=FILE], where the format is one of names; a file of
// "-" is standard output.
func parseOutputs(values, names []string) ([]output, error) {
	var outputs []output
	var destinations []destination // of outputs
	for _, v := range values {
		format, file, _ := strings.Cut(v, "=")
		if !slices.Contains(names, format) {
			hint := ""
			if near := nearest.Name(strings.ToLower(format), names); near != "" {
				hint = " (did you mean " + near + "?)"
			}
			return nil, fmt.Errorf("-o %s: there is no format %q%s; the formats are %s", v, format, hint, listed(names))
		}
		if file == "-" {
			file = ""
		}
		if file != "" {
			file = filepath.Clean(file)
		}
		to := destinationOf(file)
		if i := slices.IndexFunc(destinations, to.same); i >= 0 {
			where := cmp.Or(file, "standard output")
			return nil, fmt.Errorf("-o %s: %s already gets the %s report; write one of them to another file: -o %s=FILE", v, where, outputs[i].format, format)
		}
		destinations = append(destinations, to)
		outputs = append(outputs, output{format, file})
	}
	return outputs, nil
}

// write writes a report to one output, with what the gate said of it; c is nil
// where nobody asked the gate.
func (o output) write(r *model.Report, c *model.Check, f *flags, t terminal) error {
	return o.send(t, func(w, to io.Writer) error {
		format, err := report.New(o.format, reportOptions(to, c, f, t))
		if err != nil {
			return err // parseOutputs refused the name already
		}
		return format.Write(w, r)
	})
}

// writeAll writes one value to all outputs, in the format that writer makes for each.
func writeAll[V any](outputs []output, value V, f *flags, t terminal, writer func(string, formats.Text) (formats.Writer[V], error)) error {
	for _, o := range outputs {
		err := o.send(t, func(w, to io.Writer) error {
			format, err := writer(o.format, formats.Text{Width: t.width(to), Color: t.color(to, f.color), ASCII: t.ascii(f.ascii), Verbose: f.verbose})
			if err != nil {
				return err // parseOutputs refused the name already
			}
			return format.Write(w, value)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// send lets write say something to one output. w is buffered; to is where it
// goes in the end, to be asked whether it is a terminal.
func (o output) send(t terminal, write func(w, to io.Writer) error) error {
	if o.file == "" {
		return o.buffer(t.std.Out, write)
	}
	return writeOutput(o.file, func(to *os.File) error { return o.buffer(to, write) })
}

func (o output) buffer(to io.Writer, write func(w, to io.Writer) error) error {
	w := bufio.NewWriter(to)
	if err := write(w, to); err != nil {
		return fmt.Errorf("writing the %s report: %w", o.format, err)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("writing the %s report: %w", o.format, err)
	}
	return nil
}
