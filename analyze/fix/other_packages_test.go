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

// TestChildStageCallsPackages: recommended packages stay in a stage where one that continues it may
// call what they brought, and leave it where it calls nothing of the kind.
func TestChildStageCallsPackages(t *testing.T) {
	for _, test := range []struct {
		name, child string
		edited      bool
	}{
		{"a build", "RUN make -C /src", false},
		{"a program of its own", `CMD ["watch"]`, false},
		{"files", "RUN mkdir -p /data && chown www-data /data", true},
		{"an install", "RUN apt-get update && apt-get install -y jq", true},
		{"settings", "ENV A=b\nUSER www-data", true},
	} {
		dockerfile := "FROM debian AS base\nRUN apt-get update && apt-get install -y groff && rm -rf /var/lib/apt/lists/*\nFROM base AS other\n" + test.child + "\nFROM base\nCMD [\"/app/run\"]\n"
		finding := leftover("apt-recommends", 5e6, 1, "usr/bin/less")
		finding.Packages = []string{"less", "patch"}
		result, err := Plan(reportOf(t, dockerfile, finding), []byte(dockerfile), Options{})
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		if result.Changed() != test.edited {
			t.Errorf("%s: edited %v, want %v; left: %+v", test.name, result.Changed(), test.edited, result.Left)
		}
	}
}
