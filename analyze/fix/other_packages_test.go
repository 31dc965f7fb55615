package fix

import (
	"testing"

	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/model"
)

// TestOtherStageCallsMore holds when a stage that continues the edited one stands in the way
// of an edit that takes packages.
func TestOtherStageCallsMore(t *testing.T) {
	for line, want := range map[string]bool{
		"RUN make test":                              true,
		"RUN ./configure":                            true,
		"RUN cd /app && npm test":                    true,
		"RUN $TOOL":                                  true,
		`CMD ["watch"]`:                              true,
		"HEALTHCHECK CMD curl -f localhost":          true,
		"RUN apt-get update && apt-get install -y y": false,
		"RUN mkdir -p /data && chown app /data":      false,
		"COPY tests /tests":                          false,
		"ENV A=b":                                    false,
		"USER app":                                   false,
	} {
		file, err := history.ParseDockerfile("", []byte("FROM base\n"+line+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		if got := callsMore(&file.Stages[0].Steps[0]); got != want {
			t.Errorf("%s: %v, want %v", line, got, want)
		}
	}
}

func TestTakesPackages(t *testing.T) {
	for rule, want := range map[string]bool{"apt-recommends": true, "unused-tools": true, "build-tools": true, "apt-lists": false, "removed-later": false} {
		if got := takesPackages(&model.Finding{Rule: rule, Packages: []string{"git"}}); got != want {
			t.Errorf("%s: %v", rule, got)
		}
	}
}
