package filetree

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/tuitest"
)

// outlined lists the visible rows of an outline: change, depth, name, size, wasted.
func outlined(o *Outline) []string {
	var rows []string
	for _, row := range o.Rows {
		e := o.Entries[row.Entry]
		rows = append(rows, fmt.Sprintf("%c %d %s %d %d", e.Change, row.Depth, o.Tree.Name(e.Node), e.Size, e.Wasted))
	}
	return rows
}

func TestLayerTree(t *testing.T) {
	b := tuitest.NewTree()
	b.Layer()
	b.Put("etc", model.Record{Kind: model.Directory})
	b.File("etc/passwd", 10, model.Shadowed, 0)
	b.File("etc/group", 5, model.Live, 0)
	b.File("old", 7, model.Shadowed, 0)
	b.Layer()
	b.Put("etc", model.Record{Kind: model.Directory}) // as before: tar lists it on the way
	b.File("etc/passwd", 12, model.Live, 0)
	b.Put("old", model.Record{Kind: model.Whiteout})
	b.Put("never", model.Record{Kind: model.Whiteout})
	b.File("etc/twice", 1, model.Shadowed, 0)
	b.File("etc/twice", 2, model.Live, 0)
	tree := b.Done()

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
			o := NewOutline(Build(tree, Span{test.first, test.last, test.first}, BySize))
			if diff := cmp.Diff(test.want, outlined(o)); diff != "" {
				t.Error(diff)
			}
		})
	}

	o := NewOutline(Build(tree, Span{1, 1, 1}, BySize))
	o.Open(0)
	want := []string{"  0 etc 15 1", "M 1 passwd 12 0", "A 1 twice 3 1", "  0 never 0 0", "D 0 old 0 0"}
	if diff := cmp.Diff(want, outlined(o)); diff != "" {
		t.Errorf("opened: %s", diff)
	}
	if got := o.Parent(2); got != 0 {
		t.Errorf("the parent of row 2 is row %d", got)
	}
	o.Close(0)
	if len(o.Rows) != 3 {
		t.Errorf("closed: %d rows", len(o.Rows))
	}
}

func TestOutlineGoesDownToTheFirstChoice(t *testing.T) {
	b := tuitest.NewTree()
	b.Layer()
	b.File("srv/app/a", 3, model.Live, 0)
	b.File("srv/app/b", 2, model.Live, 0)
	o := NewOutline(Build(b.Done(), Span{}, BySize))
	want := []string{"  0 srv 5 0", "  1 app 5 0", "A 2 a 3 0", "A 2 b 2 0"}
	if diff := cmp.Diff(want, outlined(o)); diff != "" {
		t.Error(diff)
	}
}
