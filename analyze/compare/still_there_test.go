package compare_test

import (
	"slices"
	"testing"

	"github.com/tare-oci/tare/analyze/compare"
	"github.com/tare-oci/tare/model"
)

// TestStillThere: what an older finding held and the newer image still has is told by paths,
// whoever holds it there now, and no byte is told of two findings.
func TestStillThere(t *testing.T) {
	const recommended, lists, moved = 0, 1, 2
	report := func(put func(add func(path string, size int64, finding int))) *model.Report {
		b := newBuilder()
		put(func(path string, size int64, finding int) {
			r := model.Record{Kind: model.File, Size: model.SizeOf(size), Ref: model.NoFinding, Gone: model.StillThere, HiddenBy: model.StillThere}
			if finding >= 0 {
				r.Ref = uint32(finding)
			}
			b.add(path, r)
		})
		return &model.Report{Tree: b.Tree, Findings: make([]model.Finding, 4)}
	}
	from := report(func(add func(string, int64, int)) {
		add("usr/bin/gcc", 300, recommended) // kept, and named in the Dockerfile now
		add("usr/bin/pip", 50, recommended)  // goes
		add("usr/share/doc/copyright", 7, moved)
		add("var/lib/apt/lists/a", 20, lists)
		add("var/lib/dpkg/status", 10, -1)    // in use
		add("var/lib/dpkg/status", 11, lists) // another version of it
		add("var/lib/dpkg/status", 12, recommended)
		add("opt/was", 5, lists) // a directory now
	})
	to := report(func(add func(string, int64, int)) {
		add("usr/bin/gcc", 300, -1)
		add("usr/share/doc/copyright", 7, 3) // another rule has it
		add("var/lib/dpkg/status", 10, -1)
		add("var/lib/dpkg/status", 11, -1)
		add("opt/was/a", 5, -1)
		add("usr/bin/new", 1000, -1)
	})
	got := compare.StillThere(from, to, []int{lists, recommended, moved})
	if want := []int64{11, 300, 7}; !slices.Equal(got, want) {
		t.Errorf("got %d, want %d", got, want)
	}
	to.Tree = nil
	if got := compare.StillThere(from, to, []int{lists}); got != nil {
		t.Errorf("without files: %d", got)
	}
}
