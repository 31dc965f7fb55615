package pods_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// TestProbesOfChecks: the probe that a HEALTHCHECK becomes asks for the same, or runs the same.
func TestProbesOfChecks(t *testing.T) {
	for check, want := range map[string]string{
		`curl -f http://localhost:8080/health`:                      "httpGet: {path: /health, port: 8080}",
		`wget -qO- http://127.0.0.1/ || exit 1`:                     "httpGet: {path: /, port: 80}",
		`curl -fk https://localhost/x`:                              "httpGet: {path: /x, port: 443, scheme: HTTPS}",
		`curl -f http://localhost:${PORT}/health`:                   "exec:",
		`curl -f http://localhost:8080/health?deep=1`:               "exec:",
		`curl -f http://localhost:8080/$PAGE`:                       "exec:",
		`curl -f -X POST http://localhost:8080/health`:              "exec:",
		`curl -f -H 'Host: x' http://localhost:8080/health`:         "exec:",
		`curl -f http://localhost:1/a && curl http://localhost:2/b`: "exec:",
		`/check`: "exec:",
	} {
		image := fmt.Sprintf("RUN make\n+ app\nconfig {\"Cmd\": [\"/app\"], \"ExposedPorts\": {\"8080/tcp\": {}}, \"Healthcheck\": {\"Test\": [\"CMD-SHELL\", %q]}}\npod {containers: [{name: x, image: app}]}", check)
		got := ""
		for _, f := range rulestest.Parse(t, image).Findings(t, "no-probe") {
			got += f.Manifest.Edit
		}
		if !strings.HasPrefix(strings.TrimSpace(strings.TrimPrefix(got, "readinessProbe:")), want) {
			t.Errorf("%s: %q, want %q", check, got, want)
		}
	}
}

// TestProbedServers: no probe is asked for that the program cannot answer, and no port is called
// wrong that it may have besides.
func TestProbedServers(t *testing.T) {
	for _, test := range []struct {
		rule, cmd, container string
		found                bool
	}{
		{"no-probe", `"gunicorn", "-b", "0.0.0.0:8000", "app"`, "ports: [{containerPort: 8000}]", true},
		{"no-probe", `"gunicorn", "app"`, "ports: [{containerPort: 8000}]", false},
		{"no-probe", `"gunicorn", "-b127.0.0.1:8000", "app"`, "ports: [{containerPort: 8000}]", false},
		{"port-mismatch", `"gunicorn", "-b", "0.0.0.0:8000", "app"`, "ports: [{containerPort: 5000}]", true},
		{"port-mismatch", `"gunicorn", "-b", "0.0.0.0:8000", "app"`, "readinessProbe: {tcpSocket: {port: 5000}}", true},
		{"port-mismatch", `"gunicorn", "-b", "0.0.0.0:8000", "app"`, "ports: [{containerPort: 8000}, {containerPort: 9090}]", false},
		{"port-mismatch", `"gunicorn", "-b", "0.0.0.0:8000", "app"`, "ports: [{containerPort: 8000}, {name: metrics, containerPort: 9090}], readinessProbe: {httpGet: {path: /, port: metrics}}", false},
		{"port-mismatch", `"mysqld", "--port", "3307"`, "ports: [{containerPort: 33060}]", false},
		{"port-mismatch", `"java", "-Dserver.port=81", "-Dmanagement.server.port=82", "-jar", "a.jar"`, "readinessProbe: {tcpSocket: {port: 82}}", false},
		{"port-mismatch", `"redis-server", "--port", "0", "--tls-port", "6379"`, "ports: [{containerPort: 6379}]", false},
	} {
		found := rulestest.Parse(t, fmt.Sprintf("RUN make\n+ app\nconfig {\"Cmd\": [%s]}\npod {containers: [{name: x, image: app, %s}]}", test.cmd, test.container)).Findings(t, test.rule)
		if (len(found) > 0) != test.found {
			t.Errorf("%s, %s, %s: %+v", test.rule, test.cmd, test.container, found)
		}
	}
}
