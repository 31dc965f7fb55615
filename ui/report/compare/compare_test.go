package compare

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tare-oci/tare/analyze"
	reports "github.com/tare-oci/tare/analyze/compare"
	_ "github.com/tare-oci/tare/analyze/imagetest/quick"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/reporttest"
)

// render writes a comparison in one format.
func render(t *testing.T, w Writer, c *model.Comparison) string {
	t.Helper()
	var b bytes.Buffer
	if err := w.Write(&b, c); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// later is the sample one release on: its RUN was fixed, a package came, one
// has another version, and a file grew.
func later() *model.Report {
	r := reporttest.Sample()
	r.Image.Reference = "shop/api:2.5"
	r.Image.Size -= 390_000_000
	r.Summary.WastedBytes -= 392_000_000
	r.Summary.LeftoverBytes = 0
	r.Summary.LiveBytes += 2_000_000
	r.Summary.Efficiency = model.Efficiency(r.Summary.WastedBytes, r.Image.Size)
	r.Summary.Own = model.Scope{Size: r.Summary.Own.Size - 390_000_000, WastedBytes: r.Summary.WastedBytes}
	r.Image.CompressedSize = model.Ptr[int64](71_500_000)
	r.Layers[1].Size, r.Layers[1].WastedBytes = 445_000_000-390_000_000, 21_000_000
	r.Instructions[2].Text = "RUN apt-get update && apt-get install -y --no-install-recommends python3-pip git jq"
	r.Instructions[2].Size = r.Layers[1].Size
	r.Findings = r.Findings[1:3]
	r.Findings[1].Bytes += 1_000_000
	r.Findings[0].Bytes -= 1_000_000
	r.Packages = []model.Package{
		{Manager: "dpkg", Name: "jq", Version: "1.7.1-3", Arch: "amd64", Layer: 1, Bytes: 2_000_000, Reason: "manual"},
	}
	r.Tree = nil
	return r
}

// demos compares two samples, once for all tests.
func demos(t testing.TB) *model.Comparison {
	t.Helper()
	if demosCompared == nil {
		order, err := analyze.Image(t.Context(), "demo:order", analyze.Options{Version: "1.0.0"})
		if err != nil {
			t.Fatal(err)
		}
		compiler, err := analyze.Image(t.Context(), "demo:compiler", analyze.Options{Version: "1.0.0"})
		if err != nil {
			t.Fatal(err)
		}
		demosCompared = reports.Reports(order, compiler)
	}
	return demosCompared
}

var demosCompared *model.Comparison

func comparisons(t testing.TB) map[string]*model.Comparison {
	hostileLater := reporttest.Hostile()
	hostileLater.Findings = hostileLater.Findings[:1]
	hostileLater.Findings[0].Bytes++
	hostileLater.Layers[1].Size++
	hostileLater.Packages[0].Version += "\x1b[2J"
	return map[string]*model.Comparison{
		"release": reports.Reports(reporttest.Sample(), later()),
		"same":    reports.Reports(reporttest.Sample(), reporttest.Sample()),
		"clean":   reports.Reports(reporttest.Sample(), reporttest.Clean()),
		"hostile": reports.Reports(reporttest.Hostile(), hostileLater),
		"demos":   demos(t),
	}
}

func TestComparisonText(t *testing.T) {
	all := comparisons(t)
	for _, c := range []struct {
		name, what string
		text       Text
	}{
		{"release", "release", Text{}},
		{"release color verbose", "release", Text{Color: true, Verbose: true, Width: 120}},
		{"release 40 ascii", "release", Text{ASCII: true, Width: 40}},
		{"same", "same", Text{}},
		{"clean", "clean", Text{}},
		{"hostile", "hostile", Text{Verbose: true}},
		{"demos", "demos", Text{}},
	} {
		t.Run(c.name, func(t *testing.T) { golden.RequireEqual(t, render(t, c.text, all[c.what])) })
	}
}

// A comparison fits its width, and nothing of an image reaches the terminal raw.
func TestComparisonTextKeepsToTheScreen(t *testing.T) {
	for name, c := range comparisons(t) {
		for _, width := range []int{40, 57, 80, 120} {
			for _, ascii := range []bool{false, true} {
				for _, verbose := range []bool{false, true} {
					text := Text{Width: width, ASCII: ascii, Verbose: verbose}
					what := fmt.Sprintf("%s %+v", name, text)
					plain := render(t, text, c)
					for _, line := range strings.Split(strings.TrimSuffix(plain, "\n"), "\n") {
						if display.Width(line) > width {
							t.Errorf("%s: %d cells: %q", what, display.Width(line), line)
						}
						if line != display.Escape(line) || ascii && line != display.EscapeASCII(line) {
							t.Errorf("%s: not escaped: %q", what, line)
						}
						if line != strings.TrimRight(line, " ") {
							t.Errorf("%s: blanks at the end: %q", what, line)
						}
					}
					text.Color = true
					if got := ansi.Strip(render(t, text, c)); got != plain {
						t.Errorf("%s: colour changes the text:\n%s\n%s", what, got, plain)
					}
				}
			}
		}
	}
}

func comparisonSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for _, name := range []string{"compare.schema.json", "report.schema.json"} {
		text, err := os.ReadFile("../../../docs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource("https://github.com/tare-oci/tare/docs/"+name, doc); err != nil {
			t.Fatal(err)
		}
	}
	s, err := c.Compile("https://github.com/tare-oci/tare/docs/compare.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestComparisonJSON(t *testing.T) {
	s := comparisonSchema(t)
	for name, c := range comparisons(t) {
		t.Run(name, func(t *testing.T) {
			text := render(t, JSON{}, c)
			if name == "release" || name == "hostile" {
				golden.RequireEqual(t, text)
			}
			if err := reporttest.Validate(s, text); err != nil {
				t.Errorf("against the schema: %v", err)
			}
			for i, line := range strings.Split(text, "\n") {
				if line != display.Escape(line) {
					t.Errorf("line %d would be obeyed by a terminal: %q", i+1, line)
				}
			}
		})
	}
	good := render(t, JSON{}, comparisons(t)["release"])
	for _, c := range [][2]string{
		{`"notes": []`, `"notes": null`},
		{`"growth": `, `"grown": `},
		{`"kind": "shrank"`, `"kind": "less"`},
		{`"paths": null`, `"paths": 0`},
		{`"partial": false`, `"partial": 0`},
		{`"rest": {`, `"more": 1, "rest": {`},
	} {
		if bad := strings.Replace(good, c[0], c[1], 1); bad == good {
			t.Errorf("the comparison has no %s", c[0])
		} else if reporttest.Validate(s, bad) == nil {
			t.Errorf("the schema takes %s for %s", c[1], c[0])
		}
	}
}

func TestComparisonWriteErrors(t *testing.T) {
	c := reports.Reports(reporttest.Sample(), later())
	for _, w := range []Writer{Text{}, JSON{}} {
		if err := w.Write(reporttest.Failing{}, c); err != io.ErrClosedPipe {
			t.Errorf("%T: error %v", w, err)
		}
	}
}
