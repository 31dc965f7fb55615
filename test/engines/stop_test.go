package engines

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// server is a program that finishes its work at SIGTERM, with exit code 0.
const server = `RUN printf 'use strict; $| = 1; $SIG{TERM} = sub { print "finished\\n"; exit 0 }; print "ready\\n"; sleep 1 while 1;\n' > /server.pl` + "\n"

// stopCases are images in which a signal does not reach the program, and the rule whose edit
// mends that.
var stopCases = []struct{ name, rule, dockerfile string }{
	{"shell-form", "shell-form-entrypoint", "FROM debian:slim\n" + server + "CMD perl /server.pl\n"},
	{"shell-form-of-two", "shell-form-entrypoint", "FROM debian:slim\n" + server + "CMD cd / && perl server.pl\n"},
	{"script", "script-without-exec", "FROM debian:slim\n" + server +
		`RUN printf '#!/bin/sh\nset -e\nperl /server.pl\n' > /start.sh && chmod +x /start.sh` + "\nENTRYPOINT [\"/start.sh\"]\n"},
	{"npm", "package-manager-start", "FROM debian:slim\nRUN apt-get update && apt-get install -y --no-install-recommends nodejs npm && rm -rf /var/lib/apt/lists/*\nWORKDIR /app\n" +
		`RUN printf '{"scripts": {"start": "node server.js"}}' > package.json && printf 'process.on("SIGTERM", () => { console.log("finished"); process.exit(0); }); setInterval(() => {}, 1000); console.log("ready");\n' > server.js` +
		"\nCMD npm start\n"},
}

// TestStopReachesTheProgram stops a container before and after the edit that tare fix writes:
// before, the program gets no signal and is killed when the grace period of ten seconds is
// over; after, it finishes its work at once.
func TestStopReachesTheProgram(t *testing.T) {
	needEngine(t)
	docker(t, "tag", registry+"/debian:slim", "debian:slim")
	for _, test := range stopCases {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "Dockerfile")
			if err := os.WriteFile(file, []byte(test.dockerfile), 0o600); err != nil {
				t.Fatal(err)
			}
			before := build(t, "stop-"+test.name, test.dockerfile)
			code, log, took := stop(t, before)
			t.Logf("before: %v, exit code %s", took.Round(10*time.Millisecond), code)
			if code != "137" || strings.Contains(log, "finished") {
				t.Errorf("before the edit the program gets the signal: exit code %s after %v\n%s", code, took, log)
			}
			diff := command(t, nil, nil, tare, "fix", "docker:"+before, "-f", file, "--rule", test.rule)
			patch := exec.Command("patch", "-p1")
			patch.Dir, patch.Stdin = dir, strings.NewReader(string(diff))
			if out, err := patch.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s\n%s", err, out, diff)
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			code, log, took = stop(t, build(t, "stop-"+test.name+"-fixed", string(text)))
			t.Logf("after: %v, exit code %s\n%s", took.Round(10*time.Millisecond), code, diff)
			if code != "0" || !strings.Contains(log, "finished") {
				t.Errorf("after the edit the program does not finish: exit code %s after %v\n%s", code, took, log)
			}
		})
	}
}

// stop starts a container, waits until its program is ready and stops it. It returns the exit
// code, what the program wrote, and how long docker stop took.
func stop(t *testing.T, reference string) (code, log string, took time.Duration) {
	t.Helper()
	id := docker(t, "run", "-d", "--network", "host", reference)
	defer docker(t, "rm", "-f", id)
	for range 300 {
		if log = docker(t, "logs", id); strings.Contains(log, "ready") {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if !strings.Contains(log, "ready") {
		t.Fatalf("the program does not start:\n%s", log)
	}
	start := time.Now()
	docker(t, "stop", id)
	took = time.Since(start)
	return docker(t, "inspect", id, "--format", "{{.State.ExitCode}}"), docker(t, "logs", id), took
}
