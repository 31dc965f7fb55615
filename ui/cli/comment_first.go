package cli

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/forge"
)

// firstReport says that an image was compared with nothing, what is kept of it, and what the
// next run is compared with. given are the images that --against names; job is nil in no
// pipeline. Where the run is of a pull request, the notes of what is not there follow.
func firstReport(given []string, outputs []output, job *forge.Job) string {
	if len(given) == 0 {
		return "Nothing is compared: --against names the image before."
	}
	if job == nil || job.Number > 0 {
		return "This is the first report: there is nothing to compare with yet. As soon as one of these is there, the next run is compared with it:"
	}
	request := job.Request()
	alone := "This run belongs to no " + request + ", so it is compared with nothing. "
	artifact := slices.IndexFunc(given, func(name string) bool { return strings.HasPrefix(name, artifactPrefix) })
	image := slices.IndexFunc(given, func(name string) bool { return strings.Contains(name, "{branch}") })
	file := slices.IndexFunc(outputs, func(o output) bool { return o.format == "json" && o.file != "" })
	switch {
	case file >= 0 && artifact >= 0:
		name, _, _ := strings.Cut(strings.TrimPrefix(given[artifact], artifactPrefix), "/")
		return alone + "Its report is in " + display.OneLine(filepath.Base(outputs[file].file)) + "; the artifact " + display.OneLine(name) + " keeps it, and " + request + "s are compared with that."
	case image >= 0:
		return alone + "A " + request + " is compared with " + display.OneLine(given[image]) + "."
	case file >= 0:
		return alone + "Its report is in " + display.OneLine(filepath.Base(outputs[file].file)) + ", for " + request + "s to be compared with."
	}
	return alone + "Save its report (--files -o json=FILE) and keep that, so that " + request + "s can be compared with it."
}
