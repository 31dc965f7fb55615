package leftovers_test

import (
	"testing"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue/leftovers"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// TestTempFilesExemptWhatRuns tries what an image can run from a temporary directory.
func TestTempFilesExemptWhatRuns(t *testing.T) {
	for _, test := range []struct {
		name  string
		build *rules.Build
		path  string
		want  bool
	}{
		{"entry point", &rules.Build{Entrypoint: []string{"/tmp/server"}}, "tmp/server", true},
		{"beside the entry point", &rules.Build{Entrypoint: []string{"/tmp/app/server"}}, "tmp/app/lib/x.so", true},
		{"not beside it", &rules.Build{Entrypoint: []string{"/tmp/server"}}, "tmp/other", false},
		{"inside a shell's text", &rules.Build{Cmd: []string{"/bin/sh", "-c", "exec /var/tmp/run --x"}}, "var/tmp/run", true},
		{"value of an option", &rules.Build{Cmd: []string{"java", "-Dx=/tmp/a.jar"}}, "tmp/a.jar", true},
		{"PATH", &rules.Build{Env: []string{"PATH=/usr/bin:/tmp/bin"}}, "tmp/bin/x", true},
		{"working folder", &rules.Build{WorkingDir: "/tmp/app"}, "tmp/app/x", true},
		{"relative to the working folder", &rules.Build{WorkingDir: "/tmp", Cmd: []string{"python3", "app.py"}}, "tmp/app.py", true},
		{"working folder is /tmp itself", &rules.Build{WorkingDir: "/tmp", Cmd: []string{"python3"}}, "tmp/x", false},
		{"elsewhere", &rules.Build{Entrypoint: []string{"/usr/bin/server"}}, "tmp/server", false},
		{"nothing known", nil, "tmp/x", false},
	} {
		if got := leftovers.TempFiles.Exempts(test.build, test.path); got != test.want {
			t.Errorf("%s: Exempts(%s) = %v, want %v", test.name, test.path, got, test.want)
		}
	}
}

// TestTempFilesThatAreLinkedTo: what a link leads to is no temporary file.
func TestTempFilesThatAreLinkedTo(t *testing.T) {
	for _, test := range []struct {
		name, link string
		want       bool // it is found
	}{
		{"a folder", "app/node_modules -> /tmp/node_modules", false},
		{"relative", "app/node_modules -> ../tmp/node_modules", false},
		{"something else", "app/node_modules -> /tmp/other", true},
		{"from a temporary file", "tmp/x -> /tmp/node_modules", true},
	} {
		found := rulestest.Parse(t, `
			COPY app /
			+ app/main.js
			RUN cd /tmp && npm install
			+ tmp/node_modules/a.js
			RUN ln -s x y
			+ `+test.link+`
			config {"Cmd": ["node", "/app/main.js"]}`).Findings(t, "temp-files")
		if got := len(found) > 0; got != test.want {
			t.Errorf("%s: found %v, want %v", test.name, got, test.want)
		}
	}
}
