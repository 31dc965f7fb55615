package cli

import (
	"os"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/model"
)

// TestNothingByDefault: where nothing but a build stage on request saves anything, the page does not
// say that there is nothing to fix, nor that the stage would save more.
func TestNothingByDefault(t *testing.T) {
	offer := &fix.Offer{Bytes: 380e6, Why: "tare could not read the program that a container starts"}
	for _, test := range []struct {
		offer *fix.Offer
		want  string
	}{
		{nil, "There is nothing to fix in this Dockerfile.\n"},
		{offer, "By default there is nothing to fix in this Dockerfile.\n--strategy multi-stage would save 380 MB; not done by default: tare could not read the program that a container starts.\n"},
	} {
		var page strings.Builder
		if err := printFix(&page, &model.Report{}, &fix.Result{Offer: test.offer}, nil, terminal{Streams{Getenv: os.LookupEnv}}, &flags{}); err != nil {
			t.Fatal(err)
		}
		got := strings.ReplaceAll(strings.ReplaceAll(page.String(), "\n", " "), ". ", ".\n")
		if strings.TrimSpace(got) != strings.TrimSpace(test.want) {
			t.Errorf("with %+v it says\n%s\nwant\n%s", test.offer, got, test.want)
		}
	}
}
