package timeline

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/tuitest"
)

func TestMoments(t *testing.T) {
	b := tuitest.NewTree()
	b.Layer()
	b.File("a", 10, model.Live, 0)
	b.File("b", 20, model.Shadowed, 0).HiddenBy = 2
	b.Layer()
	b.File("c", 5, model.Shadowed, 0).HiddenBy = 1 // twice in one layer
	b.File("d", 7, model.Leftover, 0)
	b.Layer()
	b.File("b", 3, model.Live, 0)
	line := New(b.Done())
	want := []Moment{{Came: 30, Live: 30}, {Came: 12, Hid: 5, Live: 37, Dead: 5}, {Came: 3, Hid: 20, Live: 20, Dead: 25}}
	if d := cmp.Diff(want, line.Moments); d != "" || line.Size != 45 {
		t.Errorf("size %d\n%s", line.Size, d)
	}
	if New(nil) != nil || New(model.NewTree()) != nil {
		t.Error("an image without layers has a timeline")
	}
}
