package compare

import (
	"bytes"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	reports "github.com/tare-oci/tare/analyze/compare"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/reporttest"
	"github.com/tare-oci/tare/ui/report/view"
)

func compared(t testing.TB, c *model.Comparison) string {
	t.Helper()
	var b bytes.Buffer
	if err := (Markdown{Paths: view.Paths{Dir: "/home/ci/shop", Root: "/home/ci/shop"}}).Write(&b, c); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestComparisonMarkdown(t *testing.T) {
	older := reporttest.Located()
	older.Image.Reference = "shop/api:2.3"
	older.Findings = older.Findings[1:]
	older.Summary.WastedBytes, older.Image.Size = older.Summary.WastedBytes-392_000_000, older.Image.Size-392_000_000
	older.Layers[1].Size, older.Instructions[2].Size = older.Layers[1].Size-392_000_000, older.Instructions[2].Size-392_000_000
	older.Packages = nil
	monstrous, _ := reporttest.Monster()
	for _, c := range []struct {
		name     string
		from, to *model.Report
	}{
		{"grew", older, reporttest.Located()},
		{"shrank", reporttest.Located(), older},
		{"the same", reporttest.Located(), reporttest.Located()},
		{"hostile", reporttest.Located(), reporttest.Hostile()},
		{"empty", &model.Report{}, &model.Report{}},
		{"monster", older, monstrous},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := compared(t, reports.Reports(c.from, c.to))
			reporttest.CheckComment(t, text)
			if c.name == "monster" {
				if !strings.Contains(text, "A comment has no room for ") {
					t.Error("it does not say that it leaves something out")
				}
				return
			}
			golden.RequireEqual(t, text)
		})
	}
	if err := (Markdown{}).Write(reporttest.Failing{}, reports.Reports(older, reporttest.Located())); err != io.ErrClosedPipe {
		t.Errorf("error %v", err)
	}
}

// FuzzComparisonMarkdown compares reports full of hostile texts.
func FuzzComparisonMarkdown(f *testing.F) {
	for i, word := range reporttest.HostileWords {
		f.Add(uint64(i), word)
	}
	f.Fuzz(func(t *testing.T, seed uint64, given string) {
		random := rand.New(rand.NewPCG(seed, 2))
		from, to := reporttest.Located(), reporttest.Located()
		reporttest.Scramble(from, reporttest.Judged(), random, given)
		reporttest.Scramble(to, reporttest.Judged(), random, given)
		for _, r := range []*model.Report{from, to} {
			for i := range r.Instructions {
				r.Instructions[i].Layer = nil
			}
			for i := range r.Findings {
				f := &r.Findings[i]
				f.Layer, f.Instruction, f.HiddenBy = model.Ptr(random.IntN(4)), model.Ptr(random.IntN(6)), nil
			}
			r.Packages[0].Name, r.Packages[0].Version, r.Packages[0].Bytes = given, given+"1", random.Int64N(1000)
		}
		c := reports.Reports(from, to)
		reporttest.CheckComment(t, compared(t, c))
	})
}
