package engine

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// TestRefusals: an engine that cannot be reached is told by why, with the next step.
func TestRefusals(t *testing.T) {
	at := endpoint{host: "unix:///run/docker.sock"}
	for want, c := range map[string]struct {
		err     error
		running bool
	}{
		"permission denied at unix:///run/docker.sock; run tare as a user":       {&url.Error{Err: fs.ErrPermission}, true},
		"not running: nothing is listening at unix:///run/docker.sock; start it": {&url.Error{Err: syscall.ECONNREFUSED}, false},
		"no answer from unix:///run/docker.sock; start it":                       {context.DeadlineExceeded, false},
		"no answer from unix:///run/docker.sock (it speaks Latin); start it": {
			&url.Error{Op: "Get", URL: "http://engine/_ping", Err: errors.New("it speaks Latin")}, false},
	} {
		err := at.refusal(c.err)
		if !strings.HasPrefix(err.Error(), want) || !errors.Is(err, errors.Unwrap(err)) {
			t.Errorf("got %v, want %s", err, want)
		}
		if NotRunning(err) == c.running {
			t.Errorf("%v: NotRunning is %v", err, !c.running)
		}
	}
}

// TestPodmanEndpoints: CONTAINER_HOST counts, else the usual places of a user and of
// the system; a directory that is relative is none.
func TestPodmanEndpoints(t *testing.T) {
	t.Setenv("CONTAINER_HOST", "tcp://there:8080")
	if got := hosts(t, podmanEndpoints); len(got) != 1 || got[0] != "tcp there:8080" {
		t.Errorf("with CONTAINER_HOST: %q", got)
	}
	if runtime.GOOS == "windows" {
		return
	}
	run := t.TempDir()
	t.Setenv("CONTAINER_HOST", "")
	t.Setenv("XDG_RUNTIME_DIR", run)
	t.Setenv("TMPDIR", "relative")
	got := strings.Join(hosts(t, podmanEndpoints), " ")
	if !strings.HasPrefix(got, "unix "+filepath.Join(run, "podman/podman.sock")) || !strings.Contains(got, "unix /run/podman/podman.sock") || strings.Contains(got, "relative") {
		t.Errorf("the usual places: %s", got)
	}
}

// TestEngineSpeaks compares versions as numbers, and knows an odd one for none.
func TestEngineSpeaks(t *testing.T) {
	for api, want := range map[string]bool{"1.49": true, "1.50": true, "2.0": true, "1.48": false, "1.9": false, "0.99": false, "": false, "x.1": false, "1.x": false} {
		if e := (&engine{api: api}); e.speaks(1, 49) != want {
			t.Errorf("%q: %v", api, !want)
		}
	}
}
