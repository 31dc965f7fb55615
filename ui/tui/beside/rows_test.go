package beside

import (
	"testing"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/tuitest"
)

// TestPredictedAddsUp: of a finding that was to be settled, the new image's column is what it
// still has of the bytes, also where they count as no waste any more; these rows come first.
func TestPredictedAddsUp(t *testing.T) {
	from, to := tuitest.Report(), tuitest.After()
	held := int64(0) // by the finding in the old image
	for i := range from.Tree.Records {
		if r := &from.Tree.Records[i]; r.Kind == model.File && r.Ref == 1 {
			held += r.Size.Bytes()
		}
	}
	f := &from.Findings[1]
	f.Bytes = held
	to.Findings = to.Findings[:0]
	to.Tree = from.Tree // all of it is there, and nothing is called waste
	p := New(from, to, Expected{Saves: map[string]int64{f.ID: 1_000_000}})
	l := p.lists[1]
	row := l.at(0)
	if row.predicted == nil || *row.predicted != held-1_000_000 || row.bytes.New != held || row.counted != 0 || row.kind == model.Removed {
		t.Errorf("the first row is %q: %+v, predicted %v, counted %d", row.name, row.bytes, row.predicted, row.counted)
	}
	for i := 1; i < len(l.shown); i++ {
		if l.at(i).predicted != nil {
			t.Errorf("row %d was predicted, and comes behind another", i)
		}
	}
}
