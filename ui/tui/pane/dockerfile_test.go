package pane

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/ui/tui/tuitest"
)

func TestRebuiltDockerfileShowsLayersThatNothingExplains(t *testing.T) {
	r := tuitest.Rebuilt()
	r.Instructions[3].Layer = nil // nobody explains layer 2 now
	r.Instructions[3].Size = 0
	v, p := &Dockerfile{}, &Instructions{}
	showIn(p, r)
	showIn(v, r)
	pressIn(v, "G")
	if got := pictureOf(v); !strings.Contains(got, "rebuilt from the image's history") || !strings.Contains(got, "# layer 2, instruction unknown") {
		t.Errorf("%s", got)
	}
	v.Lead(p)
	if s := p.Chosen(); s.Number != -1 || s.first != 2 {
		t.Errorf("the instructions stand at %+v", s)
	}
}
