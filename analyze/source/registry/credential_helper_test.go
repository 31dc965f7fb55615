//go:build unix

package registry

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

// helperOf puts a credential helper named x, a shell script, into the path.
func helperOf(t *testing.T, script string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "docker-credential-x"), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
}

// TestHelpers: what a helper answers counts; one that fails, hangs or writes
// without end is given up, and nothing that it prints is in the error.
func TestHelpers(t *testing.T) {
	const answer = `cat >/dev/null; echo '{"Username":"ann","Secret":"s3cret"}'`
	for what, test := range map[string]struct {
		script string
		user   string
		token  string
		err    string // "" for none
	}{
		"answers":                {script: answer, user: "ann"},
		"answers with a token":   {script: `echo '{"Username":"<token>","Secret":"s3cret"}'`, token: "s3cret"},
		"knows nothing":          {script: "echo credentials not found in native keychain; exit 1"},
		"fails":                  {script: "echo s3cret; echo s3cret >&2; exit 3", err: "failed with exit status 3"},
		"is ended":               {script: "kill -9 $$", err: "failed with signal: killed"},
		"talks":                  {script: "echo s3cret", err: "answers with something other than a credential"},
		"hangs":                  {script: "sleep 1000", err: "has not answered within"},
		"hangs, with a child":    {script: "sleep 1000 & wait", err: "has not answered within"},
		"hangs and hears no one": {script: "trap '' TERM INT PIPE; while :; do sleep 1000; done", err: "has not answered within"},
		"writes without end":     {script: "exec yes s3cret", err: "wrote more than 64 KiB"},
		"complains without end":  {script: "exec yes s3cret >&2", err: "has not answered within"},
		"leaves a child behind":  {script: "sleep 5 & " + answer, user: "ann"},
	} {
		t.Run(what, func(t *testing.T) {
			helperOf(t, test.script)
			wait := 50 * time.Millisecond
			if test.err == "" || !strings.Contains(test.err, "within") {
				wait = time.Minute
			}
			if what == "leaves a child behind" { // the grace passes in any case
				before := helperGrace
				helperGrace = 100 * time.Millisecond
				defer func() { helperGrace = before }()
			}
			c, err := askHelper(t.Context(), "x", []string{"r.example"}, wait)
			if test.err == "" && err != nil || test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
				t.Errorf("%v, want %q", err, test.err)
			}
			if err != nil && (strings.Contains(err.Error(), "s3cret") || !strings.Contains(err.Error(), "docker-credential-x")) {
				t.Errorf("the error is %q", err)
			}
			if c.user != test.user || c.identity != test.token {
				t.Errorf("it is %+v", c)
			}
		})
	}
}

// TestAHelpersChildrenEnd: what a helper has started ends with it.
func TestAHelpersChildrenEnd(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pid")
	helperOf(t, "sleep 1000 & echo $! > "+file+"; wait")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := askHelper(ctx, "x", []string{"r.example"}, time.Hour)
		done <- err
	}()
	var pid int
	for pid == 0 {
		text, _ := os.ReadFile(file)
		pid, _ = strconv.Atoi(strings.TrimSpace(string(text)))
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-done; err == nil {
		t.Error("a cancelled helper answers")
	}
	for syscall.Kill(pid, 0) == nil {
		if status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat"); err == nil && strings.Contains(string(status), ") Z ") {
			break // ended, and nobody has looked yet
		}
		time.Sleep(time.Millisecond)
	}
}

// TestWhichHelperIsAsked, and for what.
func TestWhichHelperIsAsked(t *testing.T) {
	helperOf(t, `server=$(cat); echo "{\"Username\":\"x for $server\",\"Secret\":\"s\"}"`)
	for _, test := range []struct {
		file map[string]any
		repo string
		want string
	}{
		{map[string]any{"credHelpers": map[string]string{"r.example": "x"}}, "r.example/team/app", "x for r.example"},
		{map[string]any{"credHelpers": map[string]string{"r.example": "none", "r.example/team": "x"}}, "r.example/team/app", "x for r.example/team"},
		{map[string]any{"credHelpers": map[string]string{"r.example/team": "x"}}, "r.example/app", ""},
		{map[string]any{"credHelpers": map[string]string{"docker.io": "x"}}, "debian", "x for https://index.docker.io/v1/"},
		{map[string]any{"credHelpers": map[string]string{"https://index.docker.io/v1/": "x"}}, "debian", "x for https://index.docker.io/v1/"},
		{map[string]any{"credsStore": "x"}, "r.example/team/app", "x for r.example"},
		{map[string]any{"credsStore": "x", "auths": auths("r.example")["auths"]}, "r.example/team/app", "x for r.example"},
		{map[string]any{"credsStore": "x", "auths": auths("r.example/team", "r.example")["auths"]}, "r.example/team/app", "r.example/team"},
		{map[string]any{"credHelpers": map[string]string{"r.example": "x"}, "auths": auths("r.example/team")["auths"]}, "r.example/team/app", "x for r.example"},
		{map[string]any{"credsStore": "none", "credHelpers": map[string]string{"r.example": "x"}}, "r.example/team/app", "x for r.example"},
		{map[string]any{"credsStore": "x", "auths": map[string]any{"r.example": map[string]string{}}}, "r.example/app", "x for r.example"},
	} {
		sourcetest.AuthFilesOf(t, map[string]any{"docker": test.file})
		c, err := findCredential(t.Context(), repositoryOf(t, test.repo), time.Minute)
		if err != nil || c.user != test.want {
			t.Errorf("%v, %s: %q, want %q (%v)", test.file, test.repo, c.user, test.want, err)
		}
	}
	helperOf(t, "echo credentials not found in native keychain; exit 1")
	file := auths("r.example")
	file["credsStore"] = "x"
	sourcetest.AuthFilesOf(t, map[string]any{"docker": file})
	if c, err := findCredential(t.Context(), repositoryOf(t, "r.example/app"), time.Minute); err != nil || c.user != "r.example" {
		t.Errorf("the helper knows nothing, and the file does: %q (%v)", c.user, err)
	}
}
