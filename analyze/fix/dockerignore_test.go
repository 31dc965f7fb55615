package fix

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/model"
)

// TestLeaveOut keeps what the image shows and does not need out of the build
// context.
func TestLeaveOut(t *testing.T) {
	git := leftover("vcs-metadata", 8e6, 1, "app/.git/objects/pack/a", "app/.git/HEAD")
	dumps := leftover("core-dumps", 5e6, 1, "app/core.7", "app/run/hs_err_pid1.log")
	for _, test := range []struct {
		name, dockerfile string
		ignore           string // "-": there is none
		finding          model.Finding
		opt              Options
		want             string // the new .dockerignore; "" where it must stay
		why              string // that it stays, a part of it
	}{
		{name: "made", dockerfile: "FROM a\nCOPY . /app\n", ignore: "-", finding: git, want: ".git\n"},
		{name: "appended", dockerfile: "FROM a\nCOPY . /app\n", ignore: "node_modules\n", finding: git, want: "node_modules\n.git\n"},
		{name: "no final newline", dockerfile: "FROM a\nCOPY . /app\n", ignore: "node_modules", finding: git, want: "node_modules\n.git\n"},
		{name: "empty", dockerfile: "FROM a\nCOPY . /app\n", ignore: "", finding: git, want: ".git\n"},
		{name: "CRLF", dockerfile: "FROM a\r\nCOPY . /app\r\n", ignore: "# mine\r\n*.md\r\n", finding: git, want: "# mine\r\n*.md\r\n.git\r\n"},
		{name: "nested WORKDIR", dockerfile: "FROM a\nWORKDIR /srv\nWORKDIR app\nCOPY . ./\n", ignore: "-",
			finding: leftover("vcs-metadata", 8e6, 1, "srv/app/.git/HEAD"), want: ".git\n"},
		{name: "WORKDIR unknown", dockerfile: "FROM a\nWORKDIR app\nCOPY . .\n", ignore: "-", finding: git, why: "Add"},
		{name: "no WORKDIR at all", dockerfile: "FROM a\nCOPY . app\n", ignore: "-", opt: Options{Build: &rules.Build{}}, finding: git, want: ".git\n"},
		{name: "a directory", dockerfile: "FROM a\nCOPY --chown=1 services/web/ /app/\n", ignore: "-",
			finding: leftover("vcs-metadata", 8e6, 1, "app/lib/.git/HEAD", "app/.svn/x"), want: "services/web/.svn\nservices/web/lib/.git\n"},
		{name: "JSON form", dockerfile: "FROM a\nCOPY [\"my web\", \"/app\"]\n", ignore: "-", finding: git, want: "my web/.git\n"},
		{name: "files by name", dockerfile: "FROM a\nCOPY . /app\n", ignore: "-", finding: dumps, want: "core.7\nrun/hs_err_pid1.log\n"},
		{name: "the directory stays", dockerfile: "FROM a\nCOPY rootfs /\n", ignore: "-",
			finding: leftover("logs", 9e6, 1, "var/log/app/a.log", "var/log/b.log"), want: "rootfs/var/log/app/a.log\nrootfs/var/log/b.log\n"},
		{name: "a cache", dockerfile: "FROM a\nCOPY . /root\n", ignore: "-", finding: leftover("npm-cache", 9e6, 1, "root/.npm/_cacache/a", "root/.npm/_cacache/b"), want: ".npm/_cacache\n"},
		{name: "many directories of one name", dockerfile: "FROM a\nCOPY src /app\n", ignore: "-",
			finding: leftover("vcs-metadata", 9e6, 1, split("app/%/.git/HEAD", "abcdefghi")...), want: "src/**/.git\n"},
		{name: "many files", dockerfile: "FROM a\nCOPY . /app\n", ignore: "-",
			finding: leftover("backup-files", 9e6, 1, split("app/%/%~", "abcdefghi")...), why: "more than 8"},
		{name: "ADD of a directory", dockerfile: "FROM a\nADD . /app\n", ignore: "-", finding: git, want: ".git\n"},
		{name: "ADD of what may be an archive", dockerfile: "FROM a\nADD src /app\n", ignore: "-", finding: git, why: "Add"},
		{name: "several sources", dockerfile: "FROM a\nCOPY a b /app/\n", ignore: "-", finding: git, why: "Add"},
		{name: "wildcards", dockerfile: "FROM a\nCOPY sr* /app/\n", ignore: "-", finding: git, why: "Add"},
		{name: "the file itself", dockerfile: "FROM a\nCOPY core.7 /app\n", ignore: "-", finding: leftover("core-dumps", 5e6, 1, "app/core.7"), why: "Add"},
		{name: "parents", dockerfile: "FROM a\nCOPY --parents src /app\n", ignore: "-", finding: git, why: "Add"},
		{name: "quotes", dockerfile: "FROM a\nCOPY \"src\" /app\n", ignore: "-", finding: git, why: "Add"},
		{name: "a name that no line can say", dockerfile: "FROM a\nCOPY . /app\n", ignore: "-", finding: leftover("core-dumps", 5e6, 1, "app/a\n!b/core.7"), why: "Add"},
		{name: "a name with an asterisk", dockerfile: "FROM a\nCOPY . /app\n", ignore: "-", finding: leftover("core-dumps", 5e6, 1, "app/*/core.7"), why: "Add"},
		{name: "a comment's name", dockerfile: "FROM a\nCOPY . /app\n", ignore: "-", finding: leftover("backup-files", 5e6, 1, "app/#x~"), why: "Add"},
		{name: "unknown beside", dockerfile: "FROM a\nCOPY . /app\n", ignore: "-", opt: Options{IgnoreUnknown: true}, finding: git, why: "pass the Dockerfile with -f"},

		// RUNs behind the COPY.
		{name: "packages", dockerfile: "FROM a\nCOPY . /app\nRUN apt-get update && apt-get install -y curl && useradd app && chown app /app\n", ignore: "-", finding: git, want: ".git\n"},
		{name: "git describe", dockerfile: "FROM a\nCOPY . /app\nRUN cd /app && git describe > version\n", ignore: "-", finding: git, why: "line 3 may need them (git describe)"},
		{name: "git describe inside", dockerfile: "FROM a\nCOPY . /app\nRUN echo \"$(git -C /app describe)\" > /version\n", ignore: "-", finding: git, why: "git -C /app describe"},
		{name: "a build tool", dockerfile: "FROM a\nCOPY . /app\nRUN pip install /app\n", ignore: "-", finding: git, why: "may need them (pip install /app)"},
		{name: "a script", dockerfile: "FROM a\nCOPY . /app\nRUN /app/setup.sh\n", ignore: "-", finding: git, why: "/app/setup.sh"},
		{name: "named", dockerfile: "FROM a\nCOPY . /app\nRUN cat /app/.git/HEAD > /version\n", ignore: "-", finding: git, why: "cat /app/.git/HEAD"},
		{name: "hidden files", dockerfile: "FROM a\nCOPY . /app\nRUN cat /app/.g*/HEAD\n", ignore: "-", finding: git, why: "cat /app/.g*/HEAD"},
		{name: "before", dockerfile: "FROM a\nRUN git init /x\nCOPY . /app\n", ignore: "-", finding: leftover("vcs-metadata", 8e6, 2, "app/.git/HEAD"), want: ".git\n"},
		{name: "no shell", dockerfile: "FROM a\nCOPY . /app\nRUN if\n", ignore: "-", finding: git, why: "cannot parse"},
		{name: "exec form", dockerfile: "FROM a\nCOPY . /app\nRUN [\"make\", \"-C\", \"/app\"]\n", ignore: "-", finding: git, why: "make -C /app"},
		{name: "dumps do not disturb a build", dockerfile: "FROM a\nCOPY . /app\nRUN make -C /app\n", ignore: "-", finding: dumps, want: "core.7\nrun/hs_err_pid1.log\n"},
		{name: "dumps that are read", dockerfile: "FROM a\nCOPY . /app\nRUN gdb -c /app/core.7\n", ignore: "-", finding: dumps, why: "gdb -c /app/core.7"},
		{name: "ONBUILD", dockerfile: "FROM a\nCOPY . /app\nONBUILD RUN git log\n", ignore: "-", finding: git, why: "git log"},

		// What the container has.
		{name: "git that no RUN uses", dockerfile: "FROM a\nRUN apk add --no-cache git\nCOPY . /app\n", ignore: "-", finding: leftover("vcs-metadata", 8e6, 2, "app/.git/HEAD"), why: "no RUN has a use for git"},
		{name: "git that npm uses", dockerfile: "FROM a\nRUN apk add --no-cache git && npm install -g x\nCOPY . /app\n", ignore: "-", finding: leftover("vcs-metadata", 8e6, 2, "app/.git/HEAD"), want: ".git\n"},
		{name: "a container that builds", dockerfile: "FROM a\nCOPY . /app\n", ignore: "-", opt: Options{Build: &rules.Build{Cmd: []string{"sh", "-c", "cd /app && ant test"}}}, finding: git, why: "the container runs ant"},
		{name: "a container that serves", dockerfile: "FROM a\nCOPY . /app\n", ignore: "-", opt: Options{Build: &rules.Build{Cmd: []string{"node", "/app"}}}, finding: git, want: ".git\n"},

		// Others who take from the context.
		{name: "other files", dockerfile: "FROM a AS b\nCOPY package*.json go.mod /x/\nFROM a\nCOPY . /app\nCOPY --from=b /x /x\n", ignore: "-", finding: git, want: ".git\n"},
		{name: "another stage", dockerfile: "FROM a AS b\nCOPY . /src\nFROM a\nCOPY . /app\n", ignore: "-", finding: git, why: "line 1 also takes them"},
		{name: "the very directory", dockerfile: "FROM a AS b\nCOPY .git/HEAD /x\nFROM a\nCOPY . /app\n", ignore: "-", finding: git, why: "line 1 also takes them"},
		{name: "by wildcard", dockerfile: "FROM a AS b\nCOPY .g* /x/\nFROM a\nCOPY . /app\n", ignore: "-", finding: git, why: "line 1 also takes them"},
		{name: "by variable", dockerfile: "FROM a AS b\nARG X\nCOPY $X /x/\nFROM a\nCOPY . /app\n", ignore: "-", finding: git, why: "line 1 also takes them"},
		{name: "a mount of all", dockerfile: "FROM a AS b\nRUN --mount=target=/src make -C /src\nFROM a\nCOPY . /app\n", ignore: "-", finding: git, why: "line 1 also takes them"},
		{name: "a mount of one file", dockerfile: "FROM a AS b\nRUN --mount=type=bind,source=go.mod,target=/go.mod go mod download\nFROM a\nCOPY . /app\n", ignore: "-", finding: git, want: ".git\n"},
		{name: "a mount of a stage", dockerfile: "FROM a AS b\nFROM a\nCOPY . /app\nRUN --mount=from=b,target=/x touch /y\n", ignore: "-", finding: git, want: ".git\n"},
		{name: "a here-document", dockerfile: "FROM a\nCOPY . /app\nCOPY <<EOF /motd\nhello\nEOF\n", ignore: "-", finding: git, want: ".git\n"},

		// What the file says already.
		{name: "asked for", dockerfile: "FROM a\nCOPY . /app\n", ignore: "*\n!.git/HEAD\n", finding: git, why: "line !.git/HEAD asks to keep .git/HEAD"},
		{name: "asked for by glob", dockerfile: "FROM a\nCOPY . /app\n", ignore: "**/*\n!**/.gi?\n", finding: git, why: "line !**/.gi? asks"},
		{name: "the directory around is let in", dockerfile: "FROM a\nCOPY . /app\n", ignore: "*\n!src\n!lib/**\n",
			finding: leftover("vcs-metadata", 8e6, 1, "app/src/.git/HEAD", "app/lib/.git/HEAD"), want: "*\n!src\n!lib/**\nlib/.git\nsrc/.git\n"},
		{name: "out already", dockerfile: "FROM a\nCOPY . /app\n", ignore: "**/.git\n", finding: git, why: "build it again"},
		{name: "one of them out already", dockerfile: "FROM a\nCOPY . /app\n", ignore: "core.*\n", finding: dumps, want: "core.*\ncore.7\nrun/hs_err_pid1.log\n"},
		{name: "a broken ignore file", dockerfile: "FROM a\nCOPY . /app\n", ignore: "[\n", finding: git, why: "cannot read the ignore file"},
		{name: "only if asked", dockerfile: "FROM a\nCOPY . /app\n", ignore: "-", finding: possible("python-bytecode", 1, "app/a/__pycache__/x.pyc")},
		{name: "asked", dockerfile: "FROM a\nCOPY . /app\n", ignore: "-", opt: Options{Rules: []string{"python-bytecode"}},
			finding: possible("python-bytecode", 1, "app/a/__pycache__/x.pyc", "app/__pycache__/y.pyc"), want: "__pycache__\na/__pycache__\n"},
		{name: "bytecode that may be the program", dockerfile: "FROM a\nCOPY . /app\n", ignore: "-", opt: Options{Rules: []string{"python-bytecode"}},
			finding: possible("python-bytecode", 1, "app/x.pyc"), why: "is the program itself"},
		{name: "an editor's folder", dockerfile: "FROM a\nCOPY . /app\nRUN make -C /app\n", ignore: "-", finding: leftover("context-files", 5e6, 1, "app/.idea/a", "app/web/.pytest_cache/b"), want: ".idea\nweb/.pytest_cache\n"},
		{name: "a virtual environment of another machine", dockerfile: "FROM a\nCOPY . /app\nRUN pip install -r /app/requirements.txt\n", ignore: "-", finding: leftover("context-files", 5e6, 1, "app/.venv/bin/x"), want: ".venv\n"},
		{name: "a report by its file", dockerfile: "FROM a\nCOPY . /app\n", ignore: "-", finding: leftover("context-files", 5e6, 1, "app/coverage/lcov.info"), want: "coverage/lcov.info\n"},
		{name: "a virtual environment that a RUN names", dockerfile: "FROM a\nCOPY . /app\nRUN . /app/.venv/bin/activate && pip install x\n", ignore: "-", finding: leftover("context-files", 5e6, 1, "app/.venv/bin/x"), why: "may need them"},
		{name: "a virtual environment that a later line makes", dockerfile: "FROM a\nCOPY . /app\nWORKDIR /app\nRUN python -m venv .venv\n", ignore: "-", finding: leftover("context-files", 5e6, 1, "app/.venv/bin/x"), why: "may need them"},
		{name: "tests by default", dockerfile: "FROM a\nCOPY . /app\n", ignore: "-", finding: possible("test-files", 1, "app/tests/x")},
		{name: "tests when asked", dockerfile: "FROM a\nCOPY . /app\n", ignore: "-", opt: Options{Rules: []string{"test-files"}}, finding: possible("test-files", 1, "app/tests/x", "app/tests/a/y", "app/web/__tests__/z"), want: "tests\nweb/__tests__\n"},
		{name: "tests that a RUN may run", dockerfile: "FROM a\nCOPY . /app\nWORKDIR /app\nRUN npm run all\n", ignore: "-", opt: Options{Rules: []string{"test-files"}}, finding: possible("test-files", 1, "app/tests/x"), why: "may need them (npm run all)"},
		{name: "tests for another stage", dockerfile: "FROM a AS t\nCOPY . /app\nRUN pytest\nFROM a\nCOPY . /app\n", ignore: "-", opt: Options{Rules: []string{"test-files"}}, finding: possible("test-files", 1, "app/tests/x"), why: "line 1 also takes them"},
		{name: "libraries", dockerfile: "FROM a\nCOPY . /app\n", ignore: "-", opt: Options{Rules: []string{"static-libraries"}},
			finding: possible("static-libraries", 1, "app/x.a"), why: "Add"},
	} {
		t.Run(test.name, func(t *testing.T) {
			opt := test.opt
			if test.ignore != "-" {
				opt.Ignore = []byte(test.ignore)
			}
			r := reportOf(t, test.dockerfile, test.finding)
			result, err := Plan(r, []byte(test.dockerfile), opt)
			if err != nil {
				t.Fatal(err)
			}
			diff, err := result.Diff("Dockerfile", ".dockerignore")
			if err != nil {
				t.Fatal(err)
			}
			patch(t, result, diff)
			if string(result.New) != test.dockerfile {
				t.Errorf("the Dockerfile changed: %q", result.New)
			}
			got := string(result.NewIgnore)
			if string(result.OldIgnore) == got && (result.OldIgnore == nil) == (result.NewIgnore == nil) {
				got = ""
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Errorf(".dockerignore (-want +got):\n%s\nleft: %+v", d, result.Left)
			}
			saved := int64(0)
			if test.want != "" {
				saved = test.finding.Bytes
			}
			if result.SavedBytes != saved || len(result.Applied) > 0 != (saved > 0) {
				t.Errorf("saves %d bytes by %+v, want %d", result.SavedBytes, result.Applied, saved)
			}
			why := ""
			if len(result.Left) > 0 {
				why = result.Left[0].Why
			}
			if !strings.Contains(why, test.why) || test.why == "" && why != "" {
				t.Errorf("it is left because %q, want %q", why, test.why)
			}
		})
	}
}

// split puts each letter in place of the %.
func split(path, letters string) (paths []string) {
	for _, letter := range letters {
		paths = append(paths, strings.ReplaceAll(path, "%", string(letter)))
	}
	return paths
}

// possible is a finding of bytes that count as live.
func possible(rule string, layer int, paths ...string) model.Finding {
	f := leftover(rule, 4e6, layer, paths...)
	f.Verdict, f.Cause, f.Confidence = model.Ptr(model.Live), nil, model.Possible
	return f
}

// TestLeaveOutRemoved keeps what a later RUN removes out of the build context,
// unless that RUN looks at it first.
func TestLeaveOutRemoved(t *testing.T) {
	git := shadowed("vcs-metadata", "deleted", 8e6, 1, 2, "app/.git/HEAD")
	for _, test := range []struct{ name, dockerfile, ignore, want, why string }{
		{"removed", "FROM a\nCOPY . /app\nRUN rm -rf /app/.git\n", "", ".git\n", ""},
		{"removed with all the rest", "FROM a\nCOPY . /app\nRUN cp /app/src/a /b && rm -rf /app\n", "", ".git\n", ""},
		{"removed with all the rest, looked at", "FROM a\nCOPY . /app\nRUN git -C /app describe > /b && rm -rf /app\n", "", "", "git -C /app describe"},
		{"looked at", "FROM a\nCOPY . /app\nRUN git -C /app describe > /version && rm -rf /app/.git\n", "", "", "git -C /app describe"},
		{"asked for", "FROM a\nCOPY . /app\nRUN rm -rf /app/.git\n", "*\n!.git\n", "", "asks to keep"},
		{"twice", "FROM a\nCOPY . /app\nRUN rm -rf /app/.git /app/.git\n", "x\n", "x\n.git\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			result, err := Plan(reportOf(t, test.dockerfile, git), []byte(test.dockerfile), Options{Ignore: []byte(test.ignore)})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.TrimPrefix(string(result.NewIgnore), string(result.OldIgnore)); got != strings.TrimPrefix(test.want, test.ignore) {
				t.Errorf(".dockerignore gets %q, want %q; left: %+v", got, test.want, result.Left)
			}
			if test.why != "" && (len(result.Left) != 1 || !strings.Contains(result.Left[0].Why, test.why)) {
				t.Errorf("left: %+v, want %q", result.Left, test.why)
			}
		})
	}
}

// TestLeaveOutStored: what a RUN stored once more, with another owner, goes from
// both layers where the COPY does not bring it.
func TestLeaveOutStored(t *testing.T) {
	const file = "FROM a\nCOPY . /app\nRUN chown -R 5:5 /app\n"
	brought := shadowed("vcs-metadata", "copied", 8e6, 1, 2, "app/.git/HEAD", "app/.git/index")
	again := leftover("vcs-metadata", 8e6, 2, "app/.git/HEAD", "app/.git/index")
	more := leftover("vcs-metadata", 9e6, 2, "app/.git/HEAD", "app/.git/index", "x/.git/HEAD")
	other := leftover("vcs-metadata", 9e6, 2, "app/.git/HEAD")
	twice := shadowed("vcs-metadata", "copied", 8e6, 2, 3, "app/.git/HEAD", "app/.git/index")
	thrice := leftover("vcs-metadata", 8e6, 3, "app/.git/HEAD", "app/.git/index")
	copies := shadowed("metadata-copy", "copied", 9e6, 1, 2, "app/.git/HEAD", "app/.git/index", "app/main")
	changed := shadowed("vcs-metadata", "replaced", 8e6, 1, 2, "app/.git/HEAD", "app/.git/index")
	for _, test := range []struct {
		name, dockerfile string
		findings         []model.Finding
		want             string
		saved            int64
	}{
		{"both", file, []model.Finding{brought, again}, ".git\n", 16e6},
		{"the later one first", file, []model.Finding{again, brought}, ".git\n", 16e6},
		{"more were stored than the COPY brought", file, []model.Finding{brought, more}, ".git\n", 8e6},
		{"brought as another rule's finding", file, []model.Finding{copies, again}, ".git\n", 8e6},
		{"more than another rule's finding", file, []model.Finding{copies, more}, "", 0},
		{"fewer", file, []model.Finding{brought, other}, "", 0},
		{"parts of two COPYs", "FROM a\nCOPY a /srv/a\nCOPY b /srv/b\nRUN chown -R 5:5 /srv\n", []model.Finding{
			shadowed("vcs-metadata", "copied", 4e6, 1, 3, "srv/a/.git/HEAD"), shadowed("vcs-metadata", "copied", 5e6, 2, 3, "srv/b/.git/HEAD"), leftover("vcs-metadata", 9e6, 3, "srv/a/.git/HEAD", "srv/b/.git/HEAD"),
		}, "a/.git\nb/.git\n", 18e6},
		{"three layers", file + "RUN chmod -R g+w /app\n", []model.Finding{thrice, brought, twice}, ".git\n", 24e6},
		{"others in the image now", file, []model.Finding{changed, again}, "", 0},
		{"looked at", "FROM a\nCOPY . /app\nRUN git -C /app log && chown -R 5:5 /app\n", []model.Finding{brought, again}, "", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := reportOf(t, test.dockerfile, test.findings...)
			for i := range r.Findings { // what the rule says that knows the image
				r.Findings[i].Fix = &model.Fix{Strategy: model.Dockerignore, Summary: "Add .git to .dockerignore."}
			}
			result, err := Plan(r, []byte(test.dockerfile), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if string(result.NewIgnore) != test.want || string(result.New) != test.dockerfile || result.SavedBytes != test.saved {
				t.Errorf("ignored %q, %d bytes saved; want %q, %d\nthe Dockerfile: %s\nleft: %+v", result.NewIgnore, result.SavedBytes, test.want, test.saved, result.New, result.Left)
			}
		})
	}
}
