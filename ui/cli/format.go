package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report"
)

// reportOptions are what the flags and the terminal ask of a report that goes to
// w; the check is nil where no gate was asked.
func reportOptions(w io.Writer, c *model.Check, f *flags, t terminal) report.Options {
	return report.Options{
		Check: c, Paths: t.paths(), Rules: catalogue(), Severity: f.severity, Older: f.older,
		Width: t.width(w), Color: t.color(w, f.color), ASCII: t.ascii(f.ascii), Verbose: f.verbose, Quiet: f.quiet,
		Files: f.files, OpenOnly: inActions(t),
	}
}

// needTree reports whether one of the outputs lists single files.
func needTree(outputs []output, f *flags) bool {
	return slices.ContainsFunc(outputs, func(o output) bool {
		w, err := report.New(o.format, report.Options{Files: f.files})
		return err == nil && report.NeedsTree(w)
	})
}

// withAnnotations adds GitHub's annotations to what a job of GitHub Actions gets
// to read, behind the text. Where -o asks for them itself, or standard output is
// a program's, there are none.
func withAnnotations(outputs []output, t terminal) []output {
	if !inActions(t) {
		return outputs
	}
	text := false
	for _, o := range outputs {
		if o.format == "github" {
			return outputs
		}
		text = text || o == output{format: "text"}
	}
	if !text {
		return outputs
	}
	return append(outputs, output{format: "github"})
}

// inActions reports whether this is a job of GitHub Actions.
func inActions(t terminal) bool { return t.env("GITHUB_ACTIONS") == "true" }

// catalogue is the rules as the writers take them.
func catalogue() []report.Rule {
	rules := analyze.Rules()
	out := make([]report.Rule, len(rules))
	for i := range rules {
		r := &rules[i]
		out[i] = report.Rule{
			ID: r.ID, Group: string(r.Group), Title: r.Title, Why: r.Why, Confidence: r.Confidence, Risk: r.Risk,
			See: r.See, Before: r.Before, After: r.After, OfManifest: r.OfManifest, WhenNot: r.WhenNot, Sources: r.Sources,
		}
	}
	return out
}

// paths says how to name files to a service that knows the repository: from the
// directory that its job checked out, where this is one, else from the current one.
func (t terminal) paths() report.Paths {
	here, err := os.Getwd()
	if err != nil {
		return report.Paths{}
	}
	for _, name := range []string{"GITHUB_WORKSPACE", "CI_PROJECT_DIR"} {
		root := t.env(name)
		if rel, err := filepath.Rel(root, here); filepath.IsAbs(root) && err == nil && filepath.IsLocal(rel) {
			return report.Paths{Dir: here, Root: root}
		}
	}
	return report.Paths{Dir: here, Root: here}
}

// listed spells names as a sentence has them: "text, json and html".
func listed(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return fmt.Sprintf("%s and %s", strings.Join(names[:last], ", "), names[last])
}
