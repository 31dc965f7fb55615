package leftovers_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// TestPackageExtrasLeaveWhatIsNamed: what a module's package.json names as what programs load or run
// is no extra of it, nor what lies beside that in a directory of tests.
func TestPackageExtrasLeaveWhatIsNamed(t *testing.T) {
	for _, c := range []struct{ name, json, files, want string }{
		{"nothing", `{"name": "a"}`, "index.ts test/x.js", "index.ts test/x.js"},
		{"main", `{"name": "a", "main": "./src/index.ts"}`, "src/index.ts src/other.ts", "src/other.ts"},
		{"main without an ending", `{"name": "a", "main": "examples/run"}`, "examples/run.js examples/part.js test/x.js", "test/x.js"},
		{"a directory", `{"name": "a", "main": "test"}`, "test/index.js", ""},
		{"types", `{"name": "a", "types": "index.d.ts"}`, "index.d.ts x.js.map", "x.js.map"},
		{"one program", `{"name": "a", "bin": "test/run.js"}`, "test/run.js tests/x.js", "tests/x.js"},
		{"programs", `{"name": "a", "bin": {"a": "tests/run.js", "b": "x.ts"}}`, "tests/run.js x.ts y.ts", "y.ts"},
		{"exports", `{"name": "a", "exports": {".": {"import": {"types": "./a.d.mts", "default": "./a.mjs"}, "require": ["./b.cts", null]}}}`, "a.d.mts b.cts c.cts", "c.cts"},
		{"a pattern of exports", `{"name": "a", "exports": {"./features/*": "./src/*/index.ts"}}`, "src/x/index.ts src/x/other.ts", "src/x/other.ts"},
		{"all", `{"name": "a", "exports": {"./*": "./*"}}`, "x.ts", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			image := "COPY app /app\n+ app/node_modules/a/package.json " + c.json + "\n"
			for _, file := range strings.Fields(c.files) {
				image += "+ app/node_modules/a/" + file + "\n"
			}
			var got []string
			for _, f := range rulestest.Parse(t, image+`config {"Cmd": ["node", "server.js"]}`).Findings(t, "package-extras") {
				for _, name := range f.Paths {
					got = append(got, strings.TrimPrefix(name, "app/node_modules/a/"))
				}
			}
			slices.Sort(got)
			if text := strings.Join(got, " "); text != c.want {
				t.Errorf("%q are extras, want %q", text, c.want)
			}
		})
	}
}

// TestPipsRestsAreBackups: what pip renamed and did not remove is a leftover.
func TestPipsRestsAreBackups(t *testing.T) {
	found := rulestest.Parse(t, `
		RUN pip install -U pip
		+ usr/lib/python3/site-packages/pip/x.py
		+ usr/lib/python3/site-packages/~ip/x.py
		+ usr/lib/python3/site-packages/~ip-23.dist-info/METADATA text Name: pip|Version: 23|
		config {"Cmd": ["python3", "server.py"]}`).Findings(t, "backup-files")
	if len(found) != 1 || len(found[0].Paths) != 2 {
		t.Errorf("%+v", found)
	}
}
