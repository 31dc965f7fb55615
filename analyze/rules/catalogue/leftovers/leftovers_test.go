package leftovers_test

import (
	"testing"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

// TestFixtures tries each rule on the two images that it carries.
func TestFixtures(t *testing.T) { rulestest.Fixtures(t, rules.Leftovers) }

// TestFix tries the fixes of the rules that are of no family.
func TestFix(t *testing.T) {
	rulestest.Fixes(t, rules.Leftovers, fixes, func(r *rules.Rule) bool { return r.ID != "temp-files" })
}

var fix = rulestest.Case

var fixes = []rulestest.FixCase{
	fix("named", "temp-files", rulestest.Build("RUN curl -o /tmp/a.tgz https://x && tar xf /tmp/a.tgz"), rulestest.Leftover(0, "tmp/a.tgz"), model.SameRunCleanup,
		"RUN curl -o /tmp/a.tgz https://x && tar xf /tmp/a.tgz", "RUN curl -o /tmp/a.tgz https://x && tar xf /tmp/a.tgz \\\n    && rm -rf /tmp/a.tgz"),
	fix("random names", "temp-files", rulestest.Build("RUN make"), rulestest.Leftover(0, "tmp/tmp.Xh3"), model.SameRunCleanup, "RUN make", "RUN make \\\n    && rm -rf /tmp/*"),
	fix("used by the next RUN", "temp-files", rulestest.Build("RUN curl -o /tmp/a.tgz https://x", "RUN tar xf /tmp/a.tgz"), rulestest.Leftover(0, "tmp/a.tgz"), model.SameRunCleanup,
		"RUN curl -o /tmp/a.tgz https://x\nRUN tar xf /tmp/a.tgz", "RUN curl -o /tmp/a.tgz https://x \\\n    && tar xf /tmp/a.tgz \\\n    && rm -rf /tmp/a.tgz"),
	fix("used by the command", "temp-files", rulestest.Build("RUN cp x /tmp/a", "CMD cat /tmp/a"), rulestest.Leftover(0, "tmp/a"), model.Manual, "", ""),
	fix("copied", "temp-files", rulestest.Build("COPY a /tmp/a"), rulestest.Leftover(0, "tmp/a"), model.Manual, "", ""),
	fix("removed by the next RUN", "temp-files", rulestest.Build("RUN make", "RUN rm -rf /tmp/*"), rulestest.Shadowed(0, 1, "tmp/x"), model.SameRunCleanup,
		"RUN make\nRUN rm -rf /tmp/*", "RUN make \\\n    && rm -rf /tmp/*"),
}

// TestStaticLibraries: an image that links programs, or that somebody works in, has a use
// for static libraries.
func TestStaticLibraries(t *testing.T) {
	for _, test := range []struct {
		name, config string
		found        int
	}{
		{"a service", `{"Cmd": ["/app"]}`, 1},
		{"a service behind tini", `{"Entrypoint": ["tini", "--"], "Cmd": ["/app", "--serve"]}`, 1},
		{"a shell", `{"Cmd": ["bash"]}`, 0},
		{"a compiler", `{"Entrypoint": ["gcc"], "Cmd": ["--version"]}`, 0},
		{"a CI agent", `{"Entrypoint": ["tini", "--", "gitlab-runner", "run"]}`, 0},
		{"a workplace", `{"Cmd": ["sleep", "infinity"]}`, 0},
		{"a development container", `{"Cmd": ["/app"], "User": "vscode"}`, 0},
		{"nothing", `{}`, 0},
	} {
		img := rulestest.Parse(t, "COPY app /\n+ app\nRUN apt-get install a\n+ usr/lib/liba.a\nconfig "+test.config)
		if found := img.Findings(t, "static-libraries"); len(found) != test.found {
			t.Errorf("%s: %d findings, want %d", test.name, len(found), test.found)
		}
	}
}
