package releases_test

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/releases"
	"github.com/tare-oci/tare/ui/report/reporttest"
)

func row(read bool) *model.Releases {
	created := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	r := &model.Releases{
		SchemaVersion: model.ReleasesVersion, Tool: model.Tool{Name: "tare", Version: "1.0"}, Notes: []string{"a note"}, Read: read,
		Releases: []model.Release{
			{References: []string{"ghcr.io/shop/api:1.0"}, Created: &created, Platform: "linux/amd64", Layers: 3, CompressedSize: model.Ptr(int64(120e6)), PullBytes: model.Ptr(int64(120e6))},
			{References: []string{"ghcr.io/shop/api:1.1\x1b[31m"}, Error: "the registry has no such image"},
			{References: []string{"ghcr.io/shop/api:1.2", "ghcr.io/shop/api:stable"}, Created: &created, Platform: "linux/amd64", Layers: 3, CompressedSize: model.Ptr(int64(121e6)), PullBytes: model.Ptr(int64(74e6))},
		},
		Lines: []model.ReleasedLine{
			{Step: model.Step{Instruction: model.Ptr(0), Layer: model.Ptr(0), Keyword: "FROM", Text: "FROM debian", Inherited: true}, Release: 2, Pulls: []int64{47e6, 0, 0}, Bytes: new(int64)},
			{Step: model.Step{Instruction: model.Ptr(1), Layer: model.Ptr(1), Keyword: "COPY", Text: "COPY . /app", Number: 2}, Release: 2, Pulls: []int64{3e6, 0, 4e6}, Changes: 1, Own: 1, Bytes: model.Ptr(int64(4e6))},
			{Step: model.Step{Instruction: model.Ptr(2), Layer: model.Ptr(2), Keyword: "RUN", Text: "RUN npm ci\x1b]0;x\x07", Location: &model.Location{File: "Dockerfile", Line: 7, EndLine: 7}, Number: 3}, Release: 2, Pulls: []int64{70e6, 0, 70e6}, Changes: 1, Bytes: model.Ptr(int64(70e6))},
		},
		Totals: model.ReleaseTotals{PullBytes: model.Ptr(int64(74e6))},
	}
	if read {
		r.Releases[2].PulledAgainBytes, r.Totals.PulledAgainBytes, r.Totals.OrderedBytes = model.Ptr(int64(70e6)), model.Ptr(int64(70e6)), model.Ptr(int64(4e6))
		r.Order = []int{2, 1}
		for i := range r.Lines {
			r.Lines[i].Again, r.Lines[i].AgainBytes = []int64{0, 0, 0}, model.Ptr(int64(0))
		}
		r.Lines[2].Again, r.Lines[2].AgainBytes = []int64{0, 0, 70e6}, model.Ptr(int64(70e6))
	}
	return r
}

func written(t *testing.T, format string, o releases.Options, r *model.Releases) string {
	t.Helper()
	w, err := releases.New(format, o)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := w.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFormats(t *testing.T) {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	schema, err := c.Compile("../../../docs/releases.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]bool{"manifests": false, "read": true} {
		for _, format := range releases.Names() {
			t.Run(format+"-"+name, func(t *testing.T) {
				text := written(t, format, releases.Options{Width: 100}, row(read))
				golden.RequireEqual(t, text)
				for line := range strings.Lines(text) {
					if line = strings.TrimSuffix(line, "\n"); line != display.Escape(line) {
						t.Errorf("%q reaches a terminal as it is", line)
					}
				}
				if format == "json" {
					if err := reporttest.Validate(schema, text); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
}

// TestEmptyRow: no image at all is no reason to stop working.
func TestEmptyRow(t *testing.T) {
	for _, format := range releases.Names() {
		if written(t, format, releases.Options{ASCII: true}, &model.Releases{}) == "" {
			t.Errorf("%s says nothing", format)
		}
	}
}

// TestWidths: no line is wider than it may be.
func TestWidths(t *testing.T) {
	for width := 40; width <= 120; width += 7 {
		for line := range strings.Lines(written(t, "text", releases.Options{Width: width, Verbose: true}, row(true))) {
			if n := display.Width(strings.TrimSuffix(line, "\n")); n > width {
				t.Errorf("%d cells of %d: %q", n, width, line)
			}
		}
	}
}

// TestPageIsWhole: a page loads nothing, has nothing of an image that a browser would run, and
// does not grow without end.
func TestPageIsWhole(t *testing.T) {
	many := row(true)
	long := strings.Repeat("\x1b]0;<img src=x onerror=alert(1)>", 40)
	for range 2000 {
		many.Releases = append(many.Releases, model.Release{References: []string{"x/y:" + long}, CompressedSize: model.Ptr(int64(5e6)), PullBytes: model.Ptr(int64(1e6)), PulledAgainBytes: model.Ptr(int64(1e6))})
		many.Lines = append(many.Lines, model.ReleasedLine{Step: model.Step{Text: "RUN " + long}, Changes: 3, Bytes: model.Ptr(int64(1e6)), AgainBytes: model.Ptr(int64(0))})
	}
	for i := range many.Lines {
		for len(many.Lines[i].Pulls) < len(many.Releases) {
			many.Lines[i].Pulls = append(many.Lines[i].Pulls, 1)
		}
		many.Lines[i].Again = make([]int64, len(many.Releases))
	}
	for name, r := range map[string]*model.Releases{"sample": row(true), "manifests": row(false), "empty": {}, "many": many} {
		text := written(t, "html", releases.Options{}, r)
		if strings.Contains(text, "<img") || strings.Contains(text, "<script") || strings.Contains(text, "href=\"http") || strings.Contains(text, "src=") && !strings.Contains(text, "&lt;img src=") {
			t.Errorf("%s: the page has what is not its own", name)
		}
		if len(text) > 2<<20 {
			t.Errorf("%s: the page has %d bytes", name, len(text))
		}
	}
}
