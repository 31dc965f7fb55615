package advice

import (
	"testing"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

func TestNamesAny(t *testing.T) {
	dirs := []string{"/root/.cache/pip"}
	for text, want := range map[string]bool{
		"RUN pip install flask && cp -r /root/.cache/pip /keep": true,
		"RUN pip install flask && du -sh ~/.cache/pip":          true,
		"RUN pip install flask && rm -rf /root/.cache/pip":      false,
		"RUN pip install flask && chown -R app ~/.cache/":       true,
		"RUN pip install flask && ls /root/.caches /root":       false,
		"RUN pip install flask":                                 false,
	} {
		run, err := rewrite.ParseRun(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := namesAny(run, dirs); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}
