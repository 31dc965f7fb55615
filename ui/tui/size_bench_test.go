package tui

import (
	"fmt"
	"runtime"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/pane"
)

// fileCounts are how many files the benchmarks look at.
var fileCounts = []int{1_000, 100_000, 1_000_000}

// largeReport is an image with so many files in one layer, in directories of about a
// hundred and one of a tenth of them all.
func largeReport(files int) *model.Report {
	t := model.NewTree()
	t.Starts = []int{0}
	owner := t.Intern(model.Attributes{Mode: 0o644})
	add := func(parent model.NodeID, name string, size int64) {
		n := t.AddNode(parent, name)
		t.Push(model.Record{
			Kind: model.File, Node: n, Size: model.SizeOf(size), Gone: model.StillThere, HiddenBy: model.StillThere, Owner: owner, Ref: model.NoFinding,
		})
	}
	flat := t.AddNode(model.Root, "flat")
	for i := range files / 10 {
		add(flat, fmt.Sprintf("file-%07d.txt", i), int64(i%1000))
	}
	usr := t.AddNode(model.Root, "usr")
	for dir := 0; len(t.Records) < files; dir++ {
		in := t.AddNode(usr, fmt.Sprintf("package-%05d", dir))
		for i := 0; i < 100 && len(t.Records) < files; i++ {
			add(in, fmt.Sprintf("lib%03d.so.%d", i, dir), int64(i*dir%5000))
		}
	}
	t.Starts = append(t.Starts, len(t.Records))
	at := 0
	return &model.Report{
		Image: model.Image{Reference: "large", Layers: 1, Files: files}, Tree: t,
		Layers:       []model.Layer{{Instruction: &at}},
		Instructions: []model.Instruction{{Keyword: "RUN", Text: "RUN make", Layer: &at}},
	}
}

// large opens the files of a large image and waits for the tree.
func large(b *testing.B, files int) *root {
	b.Helper()
	m := newRoot(Options{}, newScan(b.Context(), nil))
	m.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
	m.Update(doneMsg{report: largeReport(files)})
	finish(m, typedCmd(m, "2"))
	if m.files.Outline() == nil {
		b.Fatal("the tree is not there")
	}
	return m
}

func typedCmd(m *root, name string) tea.Cmd {
	_, cmd := m.Update(keyNamed(name))
	return cmd
}

// finish runs what a key set going, until nothing is.
func finish(m *root, cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			finish(m, c)
		}
	case pane.Message:
		_, next := m.Update(msg)
		finish(m, next)
	}
}

// BenchmarkKey is a key in the files, Update and View, in the middle
// of a long list.
func BenchmarkKey(b *testing.B) {
	for _, files := range fileCounts {
		b.Run(fmt.Sprint(files), func(b *testing.B) {
			m := large(b, files)
			m.files.GoTo(model.NodeID(1))
			typedCmd(m, "right")
			keys := []string{"down", "down", "pgdown", "up", "J", "G", "g", "down"}
			for i := 0; b.Loop(); i++ {
				typedCmd(m, keys[i%len(keys)])
				_ = m.View()
			}
		})
	}
}

// BenchmarkOpenDirectory is opening and closing the largest directory.
func BenchmarkOpenDirectory(b *testing.B) {
	for _, files := range fileCounts {
		b.Run(fmt.Sprint(files), func(b *testing.B) {
			m := large(b, files)
			node, _ := m.report.Tree.Lookup("flat")
			m.files.GoTo(node)
			for b.Loop() {
				typedCmd(m, "enter")
				_ = m.View()
			}
		})
	}
}

// BenchmarkFilter is a key typed into the filter: what the interface
// is held up for, and (answer) until the matches are shown.
func BenchmarkFilter(b *testing.B) {
	for _, files := range fileCounts {
		m := large(b, files)
		typedCmd(m, "/")
		b.Run(fmt.Sprint("key/", files), func(b *testing.B) {
			var cmd tea.Cmd
			for b.Loop() {
				b.StopTimer()
				finish(m, cmd)
				m.prompt.text = "so.1"
				b.StartTimer()
				cmd = typedCmd(m, "0")
				_ = m.View()
			}
		})
		b.Run(fmt.Sprint("answer/", files), func(b *testing.B) {
			for b.Loop() {
				m.prompt.text = "so.1"
				finish(m, typedCmd(m, "0"))
				_ = m.View()
			}
		})
	}
}

// BenchmarkOpen is from the report to the screen with the files on it.
func BenchmarkOpen(b *testing.B) {
	for _, files := range fileCounts {
		b.Run(fmt.Sprint(files), func(b *testing.B) {
			report := largeReport(files)
			for b.Loop() {
				m := newRoot(Options{}, newScan(b.Context(), nil))
				m.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
				m.Update(doneMsg{report: report})
				finish(m, typedCmd(m, "2"))
				_ = m.View()
			}
		})
	}
}

// BenchmarkHeap tells the live heap with the files on the screen,
// the report's tree included.
func BenchmarkHeap(b *testing.B) {
	for _, files := range fileCounts {
		b.Run(fmt.Sprint(files), func(b *testing.B) {
			for b.Loop() {
				m := large(b, files)
				var stats runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&stats)
				b.ReportMetric(float64(stats.HeapAlloc)/1e6, "MB-live")
				runtime.KeepAlive(m)
			}
		})
	}
}

// BenchmarkFirstFrame is what stands before any layer is read.
func BenchmarkFirstFrame(b *testing.B) {
	for b.Loop() {
		m := newRoot(Options{Reference: "app:1"}, newScan(b.Context(), nil))
		m.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
		_ = m.View()
	}
}
