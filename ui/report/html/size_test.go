package html_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/html"
	"github.com/tare-oci/tare/ui/report/reporttest"
)

// maxPage is what the page of any image stays within.
const maxPage = 2_000_000

// vast is a report of everything there could be too much of, every text as long
// as it may get once it is escaped.
func vast(long string) *model.Report {
	r := sampleDockerfile()
	s := model.Ptr[string]
	for i := range 5000 {
		r.Notes = append(r.Notes, long)
		r.Instructions = append(r.Instructions, model.Instruction{Text: "RUN " + strings.Repeat(long[:min(len(long), 500)]+"\n", 10), Layer: model.Ptr(1), Size: 1, WastedBytes: 1})
		r.Layers = append(r.Layers, model.Layer{Index: i + 4, Size: 1 << 20, Instruction: nil})
		r.Dockerfile.Lines = append(r.Dockerfile.Lines, long)
	}
	for i := range 2000 {
		f := r.Findings[i%3]
		f.Title, f.Bytes, f.Paths, f.Packages = long, int64(i), nil, nil
		for range 30 {
			f.Paths = append(f.Paths, long)
			f.Packages = append(f.Packages, long)
		}
		f.Fix = &model.Fix{Summary: long, Before: s("RUN " + long), After: s(fmt.Sprintf("RUN %d && %s", i, long))}
		r.Findings = append(r.Findings, f)
		r.Packages = append(r.Packages, model.Package{Name: long, Version: long, Bytes: int64(i), Reason: "recommended", RecommendedBy: []string{long, long, long}, Layer: 1})
	}
	return r
}

func TestHTMLHasABound(t *testing.T) {
	for name, long := range map[string]string{
		"plain":     strings.Repeat("long ", 400),
		"escaped":   strings.Repeat("<&>\"'", 400),
		"invisible": strings.Repeat("\u202e", 700),
		"wide":      strings.Repeat("日本", 400),
		"one":       "x",
	} {
		if (name == "invisible" || name == "wide" || name == "plain") && imagetest.Rounds(0, 0, 1) == 0 {
			continue
		}
		r := vast(long)
		c := sampleCheck()
		for range 1000 {
			c.Thresholds = append(c.Thresholds, model.Threshold{Name: long, Figure: long, Limit: long, Reason: long, Findings: []int{1}})
			c.Ignored = append(c.Ignored, model.Ignored{What: long, Reason: long})
			c.Notes = append(c.Notes, long)
		}
		if n := len(reporttest.Render(t, html.Page{Check: c}, r)); n > maxPage {
			t.Errorf("%s: the page has %d bytes", name, n)
		} else if n < 200_000 {
			t.Errorf("%s: the page has %d bytes; the report is not as large as it should be for this test", name, n)
		}
	}
}

// million is a report of a million files in a hundred thousand directories.
func million() *model.Report {
	r := reporttest.Sample()
	t := model.NewTree()
	for i := range 100 {
		top := t.AddNode(model.Root, fmt.Sprintf("folder%02d", i))
		for j := range 1000 {
			below := t.AddNode(top, fmt.Sprintf("sub%03d", j))
			for k := range 10 {
				file := t.AddNode(below, fmt.Sprintf("file%d", k))
				t.Push(model.Record{
					Kind: model.File, Size: model.SizeOf(int64(1000*(i+1) + j + k)), Node: file, Layer: uint16(k % 3),
					Gone: model.StillThere, HiddenBy: model.StillThere, Ref: model.NoFinding, Verdict: model.Verdict(k % 4),
				})
			}
		}
	}
	t.Starts = []int{0, len(t.Records)}
	t.Packages = make([]int32, len(t.Records))
	r.Tree = t
	return r
}

func TestHTMLOfAMillionFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("a million files take a second")
	}
	if n := len(reporttest.Render(t, html.Page{}, million())); n > 300_000 {
		t.Errorf("the page has %d bytes", n)
	}
}

func BenchmarkHTMLMillion(b *testing.B) {
	r := million()
	for b.Loop() {
		if err := (html.Page{}).Write(io.Discard, r); err != nil {
			b.Fatal(err)
		}
	}
}
