package releases

import (
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
)

func some(n int64) *int64 { return &n }

// TestListsHaveTheRow: the newest release stands first, and no text reaches a terminal as an
// image has it.
func TestListsHaveTheRow(t *testing.T) {
	when := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	r := &model.Releases{
		Read: true,
		Releases: []model.Release{
			{References: []string{"ghcr.io/shop/api:1.0"}, Created: &when, CompressedSize: some(9e6), PullBytes: some(9e6)},
			{References: []string{"ghcr.io/shop/api:1.1\x1b[31m"}, Error: "no such image\x1b[2J"},
			{References: []string{"ghcr.io/shop/api:1.2", "ghcr.io/shop/api:stable"}, Created: &when, CompressedSize: some(9e6), PullBytes: some(5e6), PulledAgainBytes: some(4e6)},
		},
		Lines:  []model.ReleasedLine{{Step: model.Step{Text: "RUN \x1b]0;x\x07make"}, Release: 2, Pulls: []int64{4e6, 0, 5e6}, Again: []int64{0, 0, 4e6}, Changes: 1, Bytes: some(5e6), AgainBytes: some(4e6)}},
		Totals: model.ReleaseTotals{PullBytes: some(5e6), PulledAgainBytes: some(4e6), OrderedBytes: some(1e6)},
		Order:  []int{0},
	}
	s := Screen(r, "", func(name string) string { return "registry:" + name })
	if len(s.Lists) != 3 || len(s.Lists[0].Rows) != 3 || s.Lists[0].Rows[0].Opens != "registry:ghcr.io/shop/api:1.2" || !s.Lists[0].Rows[1].Bad || len(s.Lists[1].Rows) != 1 || len(s.Lists[2].Rows) != 1 {
		t.Errorf("%+v", s.Lists)
	}
	for _, l := range s.Lists {
		for _, row := range l.Rows {
			if len(row.Figures) > len(l.Columns) {
				t.Errorf("%s: %+v", l.Name, row)
			}
			p := &draw.Page{Theme: draw.NewTheme("none", nil, false, true, time.Now()), Width: 50}
			row.Text(p)
			for _, text := range p.Rows {
				if plain := ansi.Strip(text); plain != display.Escape(plain) || display.Width(plain) != 50 {
					t.Errorf("%s: %q", l.Name, text)
				}
			}
		}
	}
	r.Read = false
	if n := len(Screen(r, "reading", func(string) string { return "" }).Lists); n != 2 {
		t.Errorf("%d lists of manifests", n)
	}
}
