package tui

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/timeline"
)

// layeredReport is an image of layers with so many files each, of which every layer
// writes a tenth of those of the layer below anew.
func layeredReport(layers, files int) *model.Report {
	t := model.NewTree()
	owner := t.Intern(model.Attributes{Mode: 0o644})
	r := &model.Report{Image: model.Image{Reference: "layered", Layers: layers, Files: layers * files}, Tree: t}
	var before []model.NodeID
	for layer := range layers {
		t.Starts = append(t.Starts, len(t.Records))
		dir := t.AddNode(model.Root, fmt.Sprintf("layer-%03d", layer))
		nodes := make([]model.NodeID, files)
		for i := range files {
			if nodes[i] = model.NoNode; i < len(before)/10 {
				nodes[i] = before[i]
				below := &t.Records[t.Nodes[nodes[i]].Last]
				below.Gone, below.HiddenBy, below.Verdict = uint16(layer), uint16(layer), model.Shadowed
			} else {
				nodes[i] = t.AddNode(dir, fmt.Sprintf("file-%05d", i))
			}
			t.Push(model.Record{
				Kind: model.File, Node: nodes[i], Layer: uint16(layer), Size: model.SizeOf(int64(i)), Gone: model.StillThere, HiddenBy: model.StillThere,
				Owner: owner, Ref: model.NoFinding,
			})
		}
		before = nodes
		at := layer
		r.Layers = append(r.Layers, model.Layer{Index: layer, Instruction: &at})
		r.Instructions = append(r.Instructions, model.Instruction{Index: layer, Keyword: "RUN", Text: "RUN make", Layer: &at})
	}
	t.Starts = append(t.Starts, len(t.Records))
	return r
}

// BenchmarkStepThroughTime is a key that goes a step of the build on, in an image of a
// hundred layers with ten thousand files each: what the interface does before it can take
// the next key. The tree of the moment is built beside it.
func BenchmarkStepThroughTime(b *testing.B) {
	benchSteps(b, func(tea.Cmd, *root) {})
}

// BenchmarkStepUntilFilesShow is the same key, until the files of the moment are on the
// screen.
func BenchmarkStepUntilFilesShow(b *testing.B) {
	benchSteps(b, func(cmd tea.Cmd, m *root) { finish(m, cmd) })
}

// benchSteps goes through all steps, back and forth. It tells what 99 of 100 take at most,
// which other programs can disturb less than the slowest, and the live heap with the image's report, the interface and the tree of a moment.
func benchSteps(b *testing.B, after func(cmd tea.Cmd, m *root)) {
	empty := liveHeap()
	report := layeredReport(100, 10_000)
	m := newRoot(Options{}, newScan(b.Context(), nil))
	m.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
	m.Update(doneMsg{report: report})
	m.Update(timelineMsg{report, timeline.New(report.Tree)})
	finish(m, typedCmd(m, "]"))
	key, took := "[", []time.Duration(nil)
	for b.Loop() {
		if m.notice != "" { // the build ends here
			if key == "[" {
				key = "]"
			} else {
				key = "["
			}
		}
		begun := time.Now()
		after(typedCmd(m, key), m)
		_ = m.View()
		took = append(took, time.Since(begun))
	}
	live := liveHeap()
	runtime.KeepAlive(m)
	b.ReportMetric(float64(live-min(empty, live))/1e6, "MB-live")
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100])/1e6, "ms-p99")
}

func liveHeap() uint64 {
	var s runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&s)
	return s.HeapAlloc
}

// BenchmarkTimeline works the moments of such an image out, which happens once.
func BenchmarkTimeline(b *testing.B) {
	report := layeredReport(100, 10_000)
	for b.Loop() {
		timeline.New(report.Tree)
	}
}
