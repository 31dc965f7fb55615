package gate

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/demo"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// TestOneAvoidable holds the gate to the reports: what it calls avoidable of the own bytes is
// the summary's figure to the byte, and what it counts is that, less what it names.
func TestOneAvoidable(t *testing.T) {
	for _, sample := range demo.Samples()[imagetest.Rounds(4, 7, 0):] {
		r, err := analyze.Image(t.Context(), "demo:"+sample.Name, analyze.Options{})
		if err != nil {
			t.Fatal(err)
		}
		s := newScale(r, model.ScopeOwn, newSuppression(r), nil)
		if got := s.avoided; got != r.Summary.AvoidableBytes {
			t.Errorf("%s: the gate finds %d bytes avoidable, the report %d", sample.Name, got, r.Summary.AvoidableBytes)
		}
		sum := s.together(model.Likely)
		if got := sum.bytes + sum.spared + s.prices[ofManagers] + s.prices[ofBase]; got != r.Summary.AvoidableBytes {
			t.Errorf("%s: %d bytes count and %d are named, of %d", sample.Name, sum.bytes, got-sum.bytes, r.Summary.AvoidableBytes)
		}
		if reason := s.reason(&sum); !strings.HasPrefix(reason, "avoidable "+display.Bytes(r.Summary.AvoidableBytes)) {
			t.Errorf("%s: %s", sample.Name, reason)
		}
	}
}
