package packages_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

const (
	withTools = "*nginx\n*git; Depends: perl, libcurl\nperl\nlibcurl\n*vim; Depends: vim-runtime\nvim-runtime\n*curl; Depends: libcurl; Recommends: ca-certificates\nca-certificates"
	all       = update + "nginx git vim curl"
)

// toolCases are images, and what becomes of the install in their first step; "" is that the
// rule finds nothing, "hint" that it proposes no edit.
var toolCases = []struct {
	name  string
	steps func(*testing.T) []rulestest.Step
	cmd   string
	want  string // behind the -y
}{
	{"nothing calls them", steps(all, withTools), "/usr/bin/nginx", "nginx ca-certificates"},
	{"the RUN calls one", steps(all+" && curl -o /x https://x.example", withTools), "/usr/bin/nginx", "nginx curl ca-certificates && curl -o /x https://x.example && apt-get purge -y --auto-remove curl"},
	{"a later RUN calls one", steps(all, withTools, runs("RUN curl -o /x https://x.example")), "/usr/bin/nginx", "nginx curl"},
	{"git for npm in the same RUN", steps(update+"nginx git && npm ci", withTools), "/usr/bin/nginx", "nginx git && npm ci && apt-get purge -y --auto-remove git"},
	{"a version", steps(update+"nginx vim=2:9.0", withTools), "/usr/bin/nginx", "nginx"},
	{"a language that runs", steps(update+"nginx git && npm ci", withTools), "node /app/x.js", "nginx git && npm ci && apt-get purge -y --auto-remove git"},

	{"nothing else is installed", steps(update+"vim", "*vim; Depends: vim-runtime\nvim-runtime"), "/usr/bin/env", "hint"},
	{"an image for people", steps(all, withTools), "bash", ""},
	{"an image that people log in to", steps(all+" openssh-server", withTools), "/usr/sbin/sshd -D", ""},
	{"a notebook", steps(all, withTools), "jupyter notebook", ""},
	{"a program in a volume", steps(all, withTools), "/work/run", ""},
	{"removed by its author", steps(update+"nginx curl && curl x && apt-get purge -y curl", withTools), "/usr/bin/nginx", ""},
	{"an image of a supervisor", steps(all, withTools), "supervisord", ""},
	{"an entry point that nobody can read", steps(update+"nginx git", withTools), "/run.sh", ""},
	{"a health check", steps(update+"nginx curl", withTools, runs("HEALTHCHECK CMD curl -f http://localhost")), "/usr/bin/nginx", ""},
	{"a build on top", steps(update+"nginx curl", withTools, runs("ONBUILD RUN curl -o /x https://x.example")), "/usr/bin/nginx", ""},
	{"an editor of the environment", steps(update+"nginx vim", withTools, runs("ENV EDITOR=/usr/bin/vim")), "/usr/bin/nginx", ""},
	{"git for npm", steps(update+"nginx git", withTools, runs("RUN npm ci")), "/usr/bin/nginx", ""},
	{"git for pip", steps(update+"nginx git", withTools, runs("RUN pip install -r requirements.txt")), "/usr/bin/nginx", ""},
	{"git of a Python module", steps(update+"nginx git", withTools, runs("COPY --from=x / /", imagetest.Text("usr/lib/python3/site-packages/GitPython-3.1.dist-info/METADATA", "x"))), "python3 /app.py", ""},
	{"make, which may call anything", steps(update+"nginx git curl", withTools, runs("RUN make")), "/usr/bin/nginx", ""},
	{"a script of the build that nobody can read", steps(update+"nginx git curl", withTools, runs("RUN ./build")), "/usr/bin/nginx", ""},
	{"a script that the program may call", steps(update+"nginx git", withTools, runs("COPY hook.sh /app/", imagetest.Text("app/hook.sh", "#!/bin/sh\ngit pull\n"))), "/usr/bin/nginx", ""},
	{"a variable", steps(update+"nginx git", withTools, runs("RUN $TOOL clone https://x.example/x")), "/usr/bin/nginx", ""},
	{"something else needs it", steps(update+"nginx git", strings.Replace(withTools, "*nginx", "*nginx; Depends: git", 1)), "/usr/bin/nginx", ""},
	{"perl runs, and git brought it", steps(update+"git", "*git; Depends: perl\nperl"), "perl /app.pl", "perl"},
	{"a variable names the packages", steps(update+"$TOOLS", withTools), "/usr/bin/nginx", ""},
	{"no tool", steps(update+"nginx", "*nginx"), "/usr/bin/nginx", ""},
}

func TestUnusedTools(t *testing.T) {
	for _, test := range toolCases {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			base := rulestest.Does(t, "ADD rootfs.tar /", "usr/bin/env", "usr/bin/node", "usr/bin/python3")
			all := append([]rulestest.Step{base, rulestest.Does(t, `CMD ["bash"]`)}, test.steps(t)...)
			r := image(strings.Fields(test.cmd), append(all, rulestest.Does(t, "CMD "+test.cmd))...).Report(t)
			got := ""
			for i := range r.Findings {
				if f := &r.Findings[i]; f.Rule == "unused-tools" {
					if got = strings.ReplaceAll(rulestest.Text(f.Fix.After), " \\\n   ", ""); got == "" {
						got = "hint"
					} else {
						got = got[len(update):]
					}
					if f.Verdict == nil || *f.Verdict != model.Live || f.Confidence != model.Possible || f.Bytes == 0 || got != "hint" && f.Fix.Risk == "" {
						t.Errorf("%+v", f)
					}
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
