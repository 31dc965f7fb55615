package tui

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/model"
)

// outlined lists the visible rows of an outline: change, depth, name, size, wasted.
func outlined(o *outline) []string {
	var rows []string
	for _, row := range o.rows {
		e := o.entries[row.entry]
		rows = append(rows, fmt.Sprintf("%c %d %s %d %d", e.change, row.depth, o.tree.Name(e.node), e.size, e.wasted))
	}
	return rows
}

func TestLayerTree(t *testing.T) {
	b := newTreeBuilder()
	b.layer()
	b.put("etc", model.Record{Kind: model.Directory})
	b.file("etc/passwd", 10, model.Shadowed, 0)
	b.file("etc/group", 5, model.Live, 0)
	b.file("old", 7, model.Shadowed, 0)
	b.layer()
	b.put("etc", model.Record{Kind: model.Directory}) // as before: tar lists it on the way
	b.file("etc/passwd", 12, model.Live, 0)
	b.put("old", model.Record{Kind: model.Whiteout})
	b.put("never", model.Record{Kind: model.Whiteout})
	b.file("etc/twice", 1, model.Shadowed, 0)
	b.file("etc/twice", 2, model.Live, 0)
	tree := b.done()

	tests := []struct {
		name        string
		first, last int
		want        []string
	}{
		{"the first layer", 0, 0, []string{"A 0 etc 15 10", "A 0 old 7 7"}},
		{"the second layer", 1, 1, []string{"  0 etc 15 1", "  0 never 0 0", "D 0 old 0 0"}},
		{"both", 0, 1, []string{"A 0 etc 30 11", "D 0 old 7 7", "  0 never 0 0"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := newOutline(buildLayerTree(tree, layerSpan{test.first, test.last, test.first}, bySize))
			if diff := cmp.Diff(test.want, outlined(o)); diff != "" {
				t.Error(diff)
			}
		})
	}

	o := newOutline(buildLayerTree(tree, layerSpan{1, 1, 1}, bySize))
	o.open(0)
	want := []string{"  0 etc 15 1", "M 1 passwd 12 0", "A 1 twice 3 1", "  0 never 0 0", "D 0 old 0 0"}
	if diff := cmp.Diff(want, outlined(o)); diff != "" {
		t.Errorf("opened: %s", diff)
	}
	if got := o.parent(2); got != 0 {
		t.Errorf("the parent of row 2 is row %d", got)
	}
	o.close(0)
	if len(o.rows) != 3 {
		t.Errorf("closed: %d rows", len(o.rows))
	}
}

func TestOutlineGoesDownToTheFirstChoice(t *testing.T) {
	b := newTreeBuilder()
	b.layer()
	b.file("srv/app/a", 3, model.Live, 0)
	b.file("srv/app/b", 2, model.Live, 0)
	o := newOutline(buildLayerTree(b.done(), layerSpan{}, bySize))
	want := []string{"  0 srv 5 0", "  1 app 5 0", "A 2 a 3 0", "A 2 b 2 0"}
	if diff := cmp.Diff(want, outlined(o)); diff != "" {
		t.Error(diff)
	}
}

func TestOutlineReveals(t *testing.T) {
	m := opened(t, 120, 36, Options{}, sampleReport())
	typed(m, "2")
	m.files.reveal("usr/lib/gcc/x86_64-linux-gnu/12/lto1")
	if got := m.files.path(); got != "/usr/lib/gcc/x86_64-linux-gnu/12/lto1" {
		t.Errorf("revealed %q", got)
	}
	m.files.reveal("no/such/path")
	if got := m.files.path(); got != "/usr/lib/gcc/x86_64-linux-gnu/12/lto1" {
		t.Errorf("a path that is not there moved the cursor to %q", got)
	}
}

// bigReport is an image whose one instruction adds n files in directories of 100.
func bigReport(n int) *model.Report {
	r := sampleReport()
	b := newTreeBuilder()
	for layer := range 4 {
		b.layer()
		if layer != 1 {
			continue
		}
		for i := range n {
			b.file(fmt.Sprintf("data/%03d/%02d/file-%06d.bin", i/10_000, i/100%100, i), int64(i%5000), model.Live, 0)
		}
	}
	r.Tree = b.done()
	return r
}

func TestLargeLayersAreGatheredOutsideUpdate(t *testing.T) {
	m := opened(t, 120, 36, Options{}, bigReport(atOnce+1))
	_, cmd := m.Update(keyNamed("2"))
	if m.files.current != nil || cmd == nil {
		t.Fatal("a large layer is gathered in Update")
	}
	if !strings.Contains(picture(m), "Sorting the files") {
		t.Errorf("nothing is said meanwhile:\n%s", picture(m))
	}
	built := cmd()
	m.Update(keyNamed("tab"))
	m.Update(keyNamed("down")) // another instruction: the tree comes too late
	m.Update(built)
	if m.files.span != (layerSpan{2, 2, 2}) || m.files.current == nil || m.files.current.span.first != 2 {
		t.Errorf("shows layers %+v", m.files.span)
	}
}
