package fleet

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
)

func some(n int64) *int64 { return &n }

func sample() *model.Fleet {
	when := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return &model.Fleet{
		Read: true, By: "namespace",
		Totals: model.FleetTotals{Images: 2, Failed: 1, Layers: 3, SharedLayers: 1, AloneBytes: some(50e6), PullBytes: some(40e6), Size: some(90e6), WastedBytes: some(5e6)},
		Images: []model.FleetImage{
			{References: []string{"ghcr.io/shop/api:1", "ghcr.io/shop/api:2\x1b[31m"}, Source: "registry", Created: &when, Teams: []string{"shop"}, Layers: []int{0, 1}, Base: model.Ptr(0), CompressedSize: some(20e6), OwnBytes: some(10e6), WastedBytes: some(5e6), AvoidableBytes: some(5e6)},
			{References: []string{"ghcr.io/shop/bad:1"}, Error: "opening ghcr.io/shop/bad:1: no such image\x1b[2J"},
			{References: []string{"ghcr.io/shop/web:1"}, Source: "registry", Layers: []int{0, 2}, Base: model.Ptr(0), CompressedSize: some(30e6), OwnBytes: some(20e6), WastedBytes: some(0), AvoidableBytes: some(0)},
		},
		Layers: []model.FleetLayer{
			{CompressedSize: some(10e6), Images: []int{0, 2}, Base: true, WastedCompressedBytes: some(0)},
			{CompressedSize: some(10e6), Images: []int{0}, Keyword: "RUN", Text: "RUN \x1b]0;x\x07make", WastedCompressedBytes: some(5e6)},
			{CompressedSize: some(20e6), Images: []int{2}, Keyword: "COPY", Text: "COPY . ."},
		},
		Bases:        []model.FleetBase{{Names: []string{"debian\x1b[7m"}, Title: "debian\x1b[7m", How: "annotation", Created: &when, Layers: []int{0}, CompressedSize: some(10e6), Images: []int{0, 2}}},
		Rules:        []model.FleetRule{{Rule: "pip-cache", Bytes: 5e6, CompressedBytes: some(5e6), Layers: 1, Images: 1}},
		Instructions: []model.FleetInstruction{{Text: "RUN \x1b]0;x\x07make", WastedBytes: 5e6, Layers: 1, Images: 1}},
		Changes:      []model.FleetChange{{Title: "remove pip's cache", Kind: model.EditChange, Confidence: model.Certain, Bytes: 5e6, CompressedBytes: some(5e6), Layers: []int{1}, Images: []model.FleetChangeIn{{Image: 0, ID: "pip-cache@1", Bytes: 5e6}}}},
		Teams:        []model.FleetTeam{{Name: "shop", Images: 1, Layers: 2, PullBytes: some(20e6)}, {Name: "", Images: 1, Layers: 2, PullBytes: some(30e6)}},
	}
}

// TestListsHaveTheFleet: each list has what the fleet has, and images open by what they were
// asked for.
func TestListsHaveTheFleet(t *testing.T) {
	f := sample()
	s := Screen(f, "", func(name string) string { return "registry:" + name })
	want := map[string]int{"Worth most": 1, "Images": 3, "Shared layers": 1, "Bases": 1, "Waste": 4, "Teams": 2}
	for _, l := range s.Lists {
		if len(l.Rows) != want[l.Name] || l.Empty == "" || len(l.Columns) == 0 {
			t.Errorf("%s: %d rows, want %d", l.Name, len(l.Rows), want[l.Name])
		}
		for _, row := range l.Rows {
			if len(row.Figures) > len(l.Columns) || row.Key == "" {
				t.Errorf("%s: %+v", l.Name, row)
			}
		}
	}
	images := s.Lists[1].Rows
	if images[0].Opens != "registry:ghcr.io/shop/api:1" || images[1].Opens != "" || !images[1].Bad || images[0].Name != "api:1 (+1)" {
		t.Errorf("%+v", images)
	}
	if s.Title == "" || !strings.Contains(s.Fact, "40 MB to pull") {
		t.Errorf("%q, %q", s.Title, s.Fact)
	}
}

// TestTextsAreHarmless: no text about a row reaches a terminal as an image has it, or is wider than
// the page.
func TestTextsAreHarmless(t *testing.T) {
	s := Screen(sample(), "", func(string) string { return "" })
	texts := 0
	for _, l := range s.Lists {
		for _, row := range l.Rows {
			p := &draw.Page{Theme: draw.NewTheme("none", nil, false, true, time.Now()), Width: 50}
			row.Text(p)
			for _, text := range p.Rows {
				texts++
				if plain := ansi.Strip(text); plain != display.Escape(plain) || display.Width(plain) != 50 {
					t.Errorf("%s: %q", l.Name, text)
				}
			}
		}
	}
	if texts < 20 {
		t.Errorf("%d rows of text", texts)
	}
}

// TestRowsSayWhatToDo: the text about a change has its lines, its images and the command that writes the edit, and no text has the
// codes of the JSON.
func TestRowsSayWhatToDo(t *testing.T) {
	f := sample()
	f.Bases[0].How = model.BaseByFleet
	s := Screen(f, "", func(string) string { return "" })
	said := func(list, row int) string {
		p := &draw.Page{Theme: draw.NewTheme("none", nil, false, true, time.Now()), Width: 100}
		s.Lists[list].Rows[row].Text(p)
		return ansi.Strip(strings.Join(p.Rows, "\n"))
	}
	for _, want := range []string{"tare fix ghcr.io/shop/api:1 -f Dockerfile", "make", "5.0 MB  api:1"} {
		if text := said(0, 0); !strings.Contains(text, want) {
			t.Errorf("%q is not in:\n%s", want, text)
		}
	}
	if text := said(3, 0); !strings.Contains(text, "one of these images") {
		t.Error(text)
	}
	if s.Lists[2].About != "1 shared of 3" || !s.Lists[4].Rows[0].Heading || !s.Lists[4].Rows[2].Heading {
		t.Errorf("%+v, %+v", s.Lists[2].About, s.Lists[4].Rows)
	}
}

// TestListsThatSayNothingAreLeftOut: one team is no list, and notes are one where there are any.
func TestListsThatSayNothingAreLeftOut(t *testing.T) {
	f := sample()
	f.Teams, f.Notes = f.Teams[:1], []string{"broken.yaml: it is no manifest"}
	s := Screen(f, "", func(string) string { return "" })
	last := s.Lists[len(s.Lists)-1]
	if len(s.Lists) != 6 || last.Name != "Notes" || len(last.Rows) != 1 || last.Rows[0].Name != f.Notes[0] {
		t.Errorf("%d lists, the last is %+v", len(s.Lists), last)
	}
}

// TestManifestsAlone: before the layers are read the lists that need them say so.
func TestManifestsAlone(t *testing.T) {
	f := sample()
	f.Read, f.Rules, f.Instructions, f.Changes = false, nil, nil, nil
	s := Screen(f, "reading images, 0 of 2", func(string) string { return "" })
	for _, i := range []int{0, 4} {
		if !strings.Contains(s.Lists[i].Empty, "when the layers are read") {
			t.Errorf("%s: %q", s.Lists[i].Name, s.Lists[i].Empty)
		}
	}
	if Screen(&model.Fleet{}, "", func(string) string { return "" }).Lists == nil {
		t.Error("an empty fleet has no lists")
	}
}
