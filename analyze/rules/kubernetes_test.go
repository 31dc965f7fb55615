package rules

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/model"
)

// TestObservations tries the rules that look at the config on configs that the
// fixtures leave out. want is a part of the fix, "" where nothing is found.
func TestObservations(t *testing.T) {
	sh := func(text string) []string { return []string{"/bin/sh", "-c", text} }
	with := func(b *Build, change func(*Build)) *Build { change(b); return b }
	for _, test := range []struct {
		name, rule string
		build      *Build
		want       string
	}{
		{"variables", "shell-form-entrypoint", with(build("CMD java $OPTS -jar a.jar"), func(b *Build) { b.Cmd = sh("java $OPTS -jar a.jar") }), "CMD exec java $OPTS -jar a.jar"},
		{"two commands", "shell-form-entrypoint", with(build("ENTRYPOINT a && b"), func(b *Build) { b.Entrypoint = sh("a && b") }), "Write ENTRYPOINT with brackets"},
		{"an entry point of its own", "shell-form-entrypoint", &Build{Entrypoint: []string{"/tini", "--"}, Cmd: sh("app")}, ""},
		{"the base's", "shell-form-entrypoint", with(build("CMD app", "--", "COPY a /a"), func(b *Build) { b.Cmd = sh("app") }), "Write CMD with brackets"},
		{"exec", "shell-form-entrypoint", &Build{Cmd: sh("migrate && exec app")}, ""},
		{"no command", "shell-form-entrypoint", &Build{}, ""},
		{"systemd", "init-system", &Build{Cmd: []string{"/lib/systemd/systemd"}}, "instead of /lib/systemd/systemd"},
		{"s6's", "init-system", &Build{Entrypoint: []string{"/init"}}, "instead of /init"},
		{"tini", "init-system", &Build{Entrypoint: []string{"/sbin/tini", "--", "app"}}, ""},
		{"in a script", "many-services", &Build{Entrypoint: []string{"/run.sh"}, Captured: map[string][]byte{"run.sh": []byte("service nginx start\nexec php-fpm -F\n")}}, "Run one service"},
		{"supervisor in a script", "many-services", &Build{Entrypoint: []string{"run.sh"}, Captured: map[string][]byte{"usr/local/bin/run.sh": []byte("exec supervisord -n\n")}}, "supervisord starts"},
		{"one service", "many-services", &Build{Cmd: []string{"nginx", "-g", "daemon off;"}}, ""},
		{"root by number", "runs-as-root", &Build{Cmd: []string{"app"}, User: "0:0"}, "USER 10001"},
		{"drops privileges", "runs-as-root", &Build{Entrypoint: []string{"/e.sh"}, Cmd: []string{"postgres"}, Captured: map[string][]byte{"e.sh": []byte("exec gosu postgres \"$@\"")}}, ""},
		{"a base to build upon", "runs-as-root", &Build{Cmd: []string{"bash"}}, ""},
		{"an option", "logs-to-files", &Build{Cmd: []string{"app", "--log-file=/var/log/app.log"}}, "/var/log/app.log"},
		{"an option to stdout", "logs-to-files", &Build{Cmd: []string{"app", "--log-file=/dev/stdout"}}, ""},
		{"a variable", "logs-to-files", &Build{Cmd: []string{"app"}, Env: []string{"APP_LOG_FILE=/var/log/app.log"}}, "Set APP_LOG_FILE"},
		{"no port", "no-healthcheck", &Build{Cmd: []string{"app"}}, ""},
		{"a port", "no-healthcheck", with(build("EXPOSE 80"), func(b *Build) { b.Cmd, b.Ports = []string{"app"}, []string{"80/tcp"} }), "port 80,"},
		{"full debian", "base-image", &Build{Cmd: []string{"app"}, Base: model.Base{Reference: model.Ptr("debian:bookworm")}}, "Start from debian:bookworm-slim"},
		{"slim debian", "base-image", &Build{Cmd: []string{"app"}, Base: model.Base{Reference: model.Ptr("docker.io/library/debian:bookworm-slim")}}, ""},
		{"requirements", "layer-order", build("COPY . /app", "RUN pip install --no-cache-dir -r requirements.txt"), "Copy requirements.txt alone"},
		{"a package by name", "layer-order", build("COPY . /app", "RUN npm install -g serve && pip install gunicorn"), ""},
		{"the project itself", "layer-order", build("COPY . /app", "RUN pip install ."), ""},
		{"from a stage", "layer-order", build("COPY --from=a . /app", "RUN npm ci"), ""},
		{"go modules", "layer-order", build("COPY . .", "RUN go mod download && go build"), "Copy go.mod and go.sum alone"},
		{"a COPY between", "split-update", build("RUN apt-get update", "COPY a /a", "RUN apt-get install b"), "in one RUN"},
		{"no install", "split-update", build("RUN apt-get update", "RUN make"), ""},
	} {
		rule, ok := ByID(test.rule)
		if !ok {
			t.Fatalf("no rule %s", test.rule)
		}
		got := ""
		for _, o := range rule.Observe(test.build, model.NewTree()) {
			got += o.Fix.Summary + text(o.Fix.After)
		}
		if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%s/%s: %q, want %q", test.rule, test.name, got, test.want)
		}
	}
}

func TestResolve(t *testing.T) {
	s := newSprout()
	link := func(path, to string) {
		s.add(path, model.Record{Kind: model.Symlink, Ref: s.tree.AddText(to)})
	}
	s.add("opt/app/v2/run", model.Record{Kind: model.File, Size: model.SizeOf(1)})
	s.add("opt/app/v2", model.Record{Kind: model.Directory})
	s.add("opt/app", model.Record{Kind: model.Directory})
	s.add("opt", model.Record{Kind: model.Directory})
	s.add("usr", model.Record{Kind: model.Directory})
	s.add("usr/bin", model.Record{Kind: model.Directory})
	link("opt/app/current", "v2")
	link("usr/bin/run", "../../opt/app/current/run")
	link("bin", "usr/bin")
	link("loop", "loop")
	link("away", "/no/where")
	b := &Build{tree: s.tree}
	for name, want := range map[string]string{"/bin/run": "opt/app/v2/run", "/usr/bin/run": "opt/app/v2/run", "/opt/app/v2/run": "", "/loop": "", "/away": "", "/none": "", "/": ""} {
		got, ok := b.resolve(name)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%s leads to %q (%v), want %q", name, got, ok, want)
		}
	}
}
