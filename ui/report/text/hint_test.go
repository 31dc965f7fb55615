package text

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/ui/report/reporttest"
)

// TestLongCommandIsWhole: a command that has room only without what it does stands in a line of
// its own, to be copied.
func TestLongCommandIsWhole(t *testing.T) {
	r := reporttest.Located()
	r.Image.Reference = "registry.example.org/shop/" + strings.Repeat("a", 20) + ":1"
	r.Plan.Changes = 1
	text := reporttest.Render(t, Report{Width: 90}, r)
	file := r.Dockerfile.File
	if !strings.Contains(text, "\ntare fix "+r.Image.Reference+" -f "+file+"\n  writes the edits\n") {
		t.Errorf("the command is not whole:\n%s", text)
	}
}

// TestHintWithoutAFile: what the history tells is not what tare fix writes, so the report does not
// promise that.
func TestHintWithoutAFile(t *testing.T) {
	r := reporttest.Sample()
	for i := range r.Instructions {
		r.Instructions[i].Location = nil
	}
	page := reporttest.Render(t, Report{}, r)
	if !strings.Contains(page, "\ntare fix shop/api:2.4 -f Dockerfile works them out on the file, and writes them\n") {
		t.Errorf("the report says\n%s", page)
	}
}
