package leftovers

import (
	"testing"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/model"
)

// TestCalledFromOutside: where another file of the project calls npm in a container of the image, what is for
// development stays.
func TestCalledFromOutside(t *testing.T) {
	for _, outside := range []bool{false, true} {
		b := &rules.Build{Cmd: []string{"node", "x.js"}, Instructions: []model.Instruction{{Keyword: "CMD"}}, Neighbours: []rules.Neighbour{{Name: "base.Dockerfile", Builds: true}, {Name: "compose.yaml", RunsNode: outside}}}
		if got := calledByHand(b); got != outside {
			t.Errorf("RunsNode %t: called by hand %t", outside, got)
		}
	}
}
