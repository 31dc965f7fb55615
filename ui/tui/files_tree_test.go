package tui

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/filetree"
	"github.com/tare-oci/tare/ui/tui/tuitest"
)

func TestOutlineReveals(t *testing.T) {
	m := opened(t, 120, 36, Options{}, tuitest.Report())
	typed(m, "2")
	m.files.Reveal("usr/lib/gcc/x86_64-linux-gnu/12/lto1")
	if got := m.files.Path(); got != "/usr/lib/gcc/x86_64-linux-gnu/12/lto1" {
		t.Errorf("revealed %q", got)
	}
	m.files.Reveal("no/such/path")
	if got := m.files.Path(); got != "/usr/lib/gcc/x86_64-linux-gnu/12/lto1" {
		t.Errorf("a path that is not there moved the cursor to %q", got)
	}
}

// bigReport is an image whose one instruction adds n files in directories of 100.
func bigReport(n int) *model.Report {
	r := tuitest.Report()
	b := tuitest.NewTree()
	for layer := range 4 {
		b.Layer()
		if layer != 1 {
			continue
		}
		for i := range n {
			b.File(fmt.Sprintf("data/%03d/%02d/file-%06d.bin", i/10_000, i/100%100, i), int64(i%5000), model.Live, 0)
		}
	}
	r.Tree = b.Done()
	return r
}

func TestLargeLayersAreGatheredOutsideUpdate(t *testing.T) {
	m := opened(t, 120, 36, Options{}, bigReport(5000))
	_, cmd := m.Update(keyNamed("2"))
	if m.files.Outline() != nil || cmd == nil {
		t.Fatal("a large layer is gathered in Update")
	}
	if !strings.Contains(picture(m), "Sorting the files") {
		t.Errorf("nothing is said meanwhile:\n%s", picture(m))
	}
	built := cmd()
	m.Update(keyNamed("tab"))
	m.Update(keyNamed("down")) // another instruction: the tree comes too late
	m.Update(built)
	if m.files.Span() != (filetree.Span{First: 2, Last: 2, From: 2}) || m.files.Outline() == nil || m.files.Outline().Span.First != 2 {
		t.Errorf("shows layers %+v", m.files.Span())
	}
}
