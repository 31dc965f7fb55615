package compare

import (
	"slices"
	"strings"
	"testing"

	reports "github.com/tare-oci/tare/analyze/compare"
	"github.com/tare-oci/tare/ui/report/reporttest"
)

func TestNew(t *testing.T) {
	if got := Names(); !slices.Equal(got, []string{"text", "json", "markdown"}) {
		t.Errorf("the formats are %q", got)
	}
	c := reports.Reports(reporttest.Sample(), later())
	for name, want := range map[string]string{"text": "The new image wastes ", "json": `"schemaVersion"`, "markdown": compareMarker} {
		w, err := New(name, Options{ASCII: true})
		if err != nil {
			t.Fatal(err)
		}
		if text := render(t, w, c); !strings.Contains(text, want) {
			t.Errorf("%s lacks %q:\n%s", name, want, text)
		}
	}
	if w, err := New("sarif", Options{}); err == nil || w != nil {
		t.Errorf("an unknown format is %v, error %v", w, err)
	}
}
