package leftovers_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// TestContextFiles: only what came out of the build context, and what neither the program
// nor a package manager of a language has to do with.
func TestContextFiles(t *testing.T) {
	const run = "config {\"Cmd\": [\"/app/main\"]}"
	for _, test := range []struct{ name, image, want string }{
		{"an editor's folder", "COPY . /app\n+ app/.idea/a\n" + run, "context-files app/.idea/a"},
		{"caches of tools", "COPY . /app\n+ app/.mypy_cache/a\n+ app/x/.pytest_cache/b\n" + run, "context-files app/.mypy_cache/a app/x/.pytest_cache/b"},
		{"a virtual environment", "COPY . /app\n+ app/venv/lib/a\n" + run, "context-files app/venv/lib/a"},
		{"ADD", "ADD . /app\n+ app/.vscode/a\n" + run, "context-files app/.vscode/a"},
		{"tests", "COPY . /app\n+ app/tests/a\n+ app/web/__tests__/b\n" + run, "test-files app/tests/a app/web/__tests__/b"},

		{"a RUN made it", "RUN git clone x /app\n+ app/.github/a\n+ app/tests/b\n" + run, ""},
		{"out of a stage", "COPY --from=build /app /app\n+ app/venv/lib/a\n+ app/tests/b\n" + run, ""},
		{"a virtual environment in PATH", "COPY . /app\n+ app/venv/lib/a\nconfig {\"Cmd\": [\"/app/main\"], \"Env\": [\"PATH=/app/venv/bin:/bin\"]}", ""},
		{"a virtual environment that runs", "COPY . /app\n+ app/.venv/bin/python\nconfig {\"Cmd\": [\"/app/.venv/bin/python\", \"x.py\"]}", ""},
		{"of a module", "COPY . /app\n+ app/node_modules/a/.vscode/x\n+ app/node_modules/a/test/y\n" + run, ""},
		{"a like name", "COPY . /app\n+ app/coverage/index.php\n+ app/testing/x\n+ app/idea/y\n" + run, ""},
		{"tests that the container runs", "COPY . /app\n+ app/tests/a\nconfig {\"Cmd\": [\"pytest\", \"tests\"]}", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, f := range rulestest.Parse(t, test.image).Report(t).Findings {
				if f.Rule == "context-files" || f.Rule == "test-files" {
					got = append(got, f.Rule+" "+strings.Join(f.Paths, " "))
				}
			}
			if diff := cmp.Diff(test.want, strings.Join(got, "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
