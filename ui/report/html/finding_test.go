package html

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/view"
)

// TestEditSaysWhatItLeavesOut: lines lose the mark of their kind, and the line that says
// how many are left out, which has none, loses nothing.
func TestEditSaysWhatItLeavesOut(t *testing.T) {
	h := builder{text: view.New(&model.Report{}), left: findingRoom}
	got := h.edit(&model.Fix{
		Before: model.Ptr("RUN a \\\n    && b"),
		After:  model.Ptr("RUN a \\\n    && c" + strings.Repeat(" \\\n    && d", maxStepLines+40)),
	})
	first, last := got[:4], got[len(got)-1]
	want := []editLine{{"same", "RUN a \\"}, {"del", "    && b"}, {"add", "    && c \\"}, {"add", "    && d \\"}}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if want := (editLine{"same", "(43 more lines)"}); last != want {
		t.Errorf("%d lines, the last %+v, want %+v", len(got), last, want)
	}
}
