package engines

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/model"
)

// TestFixKeepsItsPromise reads the fix for package lists that were removed too
// late, applies it to the Dockerfile as text, builds that, and looks whether
// the bytes are gone.
func TestFixKeepsItsPromise(t *testing.T) {
	needEngine(t)
	before := analyze(t, nil, nil, "docker:"+image(t, "naive"))
	lists := own(before, "apt-lists")
	if len(lists) != 1 {
		t.Fatalf("findings apt-lists: %+v", lists)
	}
	f := lists[0]
	if f.Layer == nil || *f.Layer != 1 || f.HiddenBy == nil || *f.HiddenBy != 3 || f.Confidence != model.Certain {
		t.Fatalf("layer %v hidden by %v, %s: it is layer 1, hidden by 3, certain", f.Layer, f.HiddenBy, f.Confidence)
	}
	if f.Bytes < 5_000_000 {
		t.Errorf("the package lists of Debian weigh %d bytes", f.Bytes)
	}
	if f.Fix == nil || f.Fix.Strategy != model.SameRunCleanup || f.Fix.Before == nil || f.Fix.After == nil {
		t.Fatalf("the fix is %+v", f.Fix)
	}
	if runs(*f.Fix.Before) != 3 || runs(*f.Fix.After) != 1 {
		t.Errorf("the fix does not join three RUNs into one:\n%s\n->\n%s", *f.Fix.Before, *f.Fix.After)
	}
	old := dockerfile(t, "naive")
	if strings.Count(old, *f.Fix.Before) != 1 {
		t.Fatalf("the Dockerfile has not, or not once, what the fix replaces:\n%s", *f.Fix.Before)
	}

	fixed := build(t, "naive-fixed", strings.Replace(old, *f.Fix.Before, *f.Fix.After, 1))
	after := analyze(t, nil, nil, "docker:"+fixed)
	if left := own(after, "apt-lists"); left != nil {
		t.Errorf("after the fix there still is %s with %d bytes in %q", left[0].ID, left[0].Bytes, left[0].Paths)
	}
	// Other waste may go too, such as what the joined RUNs wrote twice.
	if saved := before.Summary.WastedBytes - after.Summary.WastedBytes; saved < f.Bytes {
		t.Errorf("the fix promised %d bytes and saved %d", f.Bytes, saved)
	}
	if saved := before.Image.Size - after.Image.Size; saved < f.Bytes*9/10 {
		t.Errorf("the image got smaller by %d of the promised %d bytes", saved, f.Bytes)
	}
}

// own lists the findings of a rule that are not inherited.
func own(d document, rule string) []model.Finding {
	var found []model.Finding
	for _, f := range d.Findings {
		if f.Rule == rule && !f.Inherited {
			found = append(found, f)
		}
	}
	return found
}

// runs counts the RUN instructions in a piece of a Dockerfile.
func runs(text string) int {
	n := 0
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "RUN ") {
			n++
		}
	}
	return n
}
