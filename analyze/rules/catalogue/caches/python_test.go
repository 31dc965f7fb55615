package caches_test

import (
	"testing"

	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

// TestFlagThatAnOldPipLacks: a pip from before 6.0 ends at --no-cache-dir.
func TestFlagThatAnOldPipLacks(t *testing.T) {
	for version, strategy := range map[string]model.Strategy{
		"1.5.4-1ubuntu4": model.SameRunCleanup, "8.1.1-2": model.Flag, "23.0.1+dfsg-1": model.Flag,
	} {
		found := rulestest.Parse(t, `
			COPY app /
			+ app
			RUN apt-get install -y python-pip
			+ var/lib/dpkg/status text Package: python-pip|Status: install ok installed|Version: `+version+`|Architecture: all||
			RUN pip install a
			+ root/.cache/pip/http/a
			config {"Cmd": ["/app"]}`).Findings(t, "pip-cache")
		if len(found) != 1 || found[0].Fix.Strategy != strategy {
			t.Errorf("%q: %+v", version, found[0].Fix)
		}
	}
}
