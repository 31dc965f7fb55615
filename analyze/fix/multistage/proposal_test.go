package multistage_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/model"
)

var update = flag.Bool("update", false, "write the diffs and outcomes in testdata anew")

// TestProposal holds the edit of each recorded image against its golden diff. Somebody has
// read each diff and found it right.
func TestProposal(t *testing.T) { holdGoldens(t, "testdata/*.txtar") }

func holdGoldens(t *testing.T, pattern string) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures in %s: %v", pattern, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			holdGolden(t, file)
		})
	}
}

func holdGolden(t *testing.T, file string) {
	t.Helper()
	f := readFixture(t, file)
	r, build := f.analyze(t)
	result, err := fix.Plan(r, []byte(f.dockerfile), fix.Options{Stage: fix.AnyStage, Rules: f.rules(), Build: build})
	if err != nil {
		t.Fatal(err)
	}
	if err := valid(result.New); err != nil {
		t.Errorf("BuildKit refuses the result: %v\n%s", err, result.New)
	}
	diff, err := result.Diff("Dockerfile", ".dockerignore")
	if err != nil {
		t.Fatal(err)
	}
	outcome := outcomeOf(r, result)
	diff = strings.ReplaceAll(diff, "\r", "<CR>") // a txtar file has no bare CR
	if *update {
		f.write(t, file, diff, outcome)
		return
	}
	if d := cmp.Diff(f.sections["diff"], diff); d != "" {
		t.Errorf("the edit (-want +got):\n%s", d)
	}
	if d := cmp.Diff(f.sections["outcome"], outcome); d != "" {
		t.Errorf("what is said of it (-want +got):\n%s", d)
	}
}

// valid returns why BuildKit refuses a Dockerfile.
func valid(dockerfile []byte) error {
	parsed, err := parser.Parse(bytes.NewReader(dockerfile))
	if err != nil {
		return err
	}
	_, _, err = instructions.Parse(parsed.AST, nil)
	return err
}

// rules are those whose fixes are applied: build-tools alone, unless the comment of the
// fixture has a line "rules: all".
func (f *fixture) rules() []string {
	if strings.Contains(string(f.archive.Comment), "rules: all") {
		return nil
	}
	return []string{"build-tools"}
}

// outcomeOf is what is said of an edit: the summaries, why a finding of build tools is
// left alone, and the prediction.
func outcomeOf(r *model.Report, result *fix.Result) string {
	var b strings.Builder
	for _, a := range result.Applied {
		fmt.Fprintf(&b, "line %d: %s: %s\n", a.Line, a.Rule, a.Summary)
	}
	for _, doubt := range result.StageDoubts() {
		fmt.Fprintf(&b, "doubt: %s\n", doubt)
	}
	for _, l := range result.Left {
		if l.Rule == "build-tools" {
			fmt.Fprintf(&b, "left: %s\n", l.Why)
		}
	}
	if result.SavedBytes != 0 {
		fmt.Fprintf(&b, "saves %d of %d bytes\n", result.SavedBytes, r.Image.Size)
	}
	return b.String()
}

// write puts a diff and an outcome into the file of a fixture.
func (f *fixture) write(t *testing.T, file, diff, outcome string) {
	t.Helper()
	out := &txtar.Archive{Comment: f.archive.Comment}
	for _, section := range f.archive.Files {
		if section.Name != "diff" && section.Name != "outcome" {
			out.Files = append(out.Files, section)
		}
	}
	out.Files = append(out.Files, txtar.File{Name: "diff", Data: []byte(diff)}, txtar.File{Name: "outcome", Data: []byte(outcome)})
	if err := os.WriteFile(file, txtar.Format(out), 0o644); err != nil {
		t.Fatal(err)
	}
}
