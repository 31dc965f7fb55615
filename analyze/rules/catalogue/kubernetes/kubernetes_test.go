package kubernetes_test

import (
	"testing"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// TestFixtures tries each rule on the two images that it carries.
func TestFixtures(t *testing.T) { rulestest.Fixtures(t, rules.Kubernetes) }

// TestObservations tries the rules that look at the config on configs that the
// fixtures leave out. want is a part of the fix, "" where nothing is found.
func TestObservations(t *testing.T) {
	sh := func(text string) []string { return []string{"/bin/sh", "-c", text} }
	with := func(b *rules.Build, change func(*rules.Build)) *rules.Build { change(b); return b }
	for _, test := range []struct {
		name, rule string
		build      *rules.Build
		want       string
	}{
		{"variables", "shell-form-entrypoint", with(rulestest.Build("CMD java $OPTS -jar a.jar"), func(b *rules.Build) { b.Cmd = sh("java $OPTS -jar a.jar") }), "CMD exec java $OPTS -jar a.jar"},
		{"two commands", "shell-form-entrypoint", with(rulestest.Build("ENTRYPOINT a && b"), func(b *rules.Build) { b.Entrypoint = sh("a && b") }), "ENTRYPOINT a && exec b"},
		{"an entry point of its own", "shell-form-entrypoint", &rules.Build{Entrypoint: []string{"/tini", "--"}, Cmd: sh("app")}, ""},
		{"the base's", "shell-form-entrypoint", with(rulestest.Build("CMD app", "--", "COPY a /a"), func(b *rules.Build) { b.Cmd = sh("app") }), "Write CMD with brackets"},
		{"exec", "shell-form-entrypoint", &rules.Build{Cmd: sh("migrate && exec app")}, ""},
		{"no command", "shell-form-entrypoint", &rules.Build{}, ""},
		{"systemd", "init-system", &rules.Build{Cmd: []string{"/lib/systemd/systemd"}}, "instead of /lib/systemd/systemd"},
		{"s6's", "init-system", &rules.Build{Entrypoint: []string{"/init"}}, "instead of /init"},
		{"tini", "init-system", &rules.Build{Entrypoint: []string{"/sbin/tini", "--", "app"}}, ""},
		{"in a script", "many-services", &rules.Build{Entrypoint: []string{"/run.sh"}, Captured: map[string][]byte{"run.sh": []byte("service nginx start\nexec php-fpm -F\n")}}, "Run one service"},
		{"supervisor in a script", "many-services", &rules.Build{Entrypoint: []string{"run.sh"}, Captured: map[string][]byte{"usr/local/bin/run.sh": []byte("exec supervisord -n\n")}}, "supervisord starts"},
		{"one service", "many-services", &rules.Build{Cmd: []string{"nginx", "-g", "daemon off;"}}, ""},
		{"root by number", "runs-as-root", &rules.Build{Cmd: []string{"app"}, User: "0:0"}, "USER 10001"},
		{"drops privileges", "runs-as-root", &rules.Build{Entrypoint: []string{"/e.sh"}, Cmd: []string{"postgres"}, Captured: map[string][]byte{"e.sh": []byte("exec gosu postgres \"$@\"")}}, ""},
		{"a base to build upon", "runs-as-root", &rules.Build{Cmd: []string{"bash"}}, ""},
		{"an option", "logs-to-files", &rules.Build{Cmd: []string{"app", "--log-file=/var/log/app.log"}}, "/var/log/app.log"},
		{"an option to stdout", "logs-to-files", &rules.Build{Cmd: []string{"app", "--log-file=/dev/stdout"}}, ""},
		{"a variable", "logs-to-files", &rules.Build{Cmd: []string{"app"}, Env: []string{"APP_LOG_FILE=/var/log/app.log"}}, "Set APP_LOG_FILE"},
		{"no port", "no-healthcheck", &rules.Build{Cmd: []string{"app"}}, ""},
		{"a port", "no-healthcheck", with(rulestest.Build("EXPOSE 80"), func(b *rules.Build) { b.Cmd, b.Ports = []string{"app"}, []string{"80/tcp"} }), "port 80,"},
	} {
		t.Run(test.rule+"/"+test.name, func(t *testing.T) { rulestest.Observed(t, test.rule, test.build, test.want) })
	}
}
