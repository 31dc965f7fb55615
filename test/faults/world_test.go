package faults

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/test/program"
)

// tare is the program under test.
var tare string

func TestMain(m *testing.M) {
	if os.Getenv("TARE_FAULTS") != "1" {
		os.Exit(m.Run())
	}
	code := program.Test(m, &tare)
	table.print(os.Stdout)
	os.Exit(code)
}

func needFaults(t *testing.T) {
	t.Helper()
	if os.Getenv("TARE_FAULTS") != "1" {
		t.Skip("breaks things around the real program: set TARE_FAULTS=1")
	}
}

// world is what one run of the program can see: directories of its own.
type world struct {
	t    *testing.T
	root string
	env  []string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, root: t.TempDir()}
	for _, dir := range []string{"home", "cache", "tmp", "work"} {
		if err := os.Mkdir(filepath.Join(w.root, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	w.env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + w.at("home"), "XDG_CACHE_HOME=" + w.at("cache"), "XDG_CONFIG_HOME=" + w.at("home"),
		"TMPDIR=" + w.at("tmp"), "DOCKER_CONFIG=" + w.at("home"), "LANG=C.UTF-8",
		"DOCKER_HOST=unix://" + w.at("no.sock"), "CONTAINER_HOST=unix://" + w.at("no.sock"),
	}
	return w
}

func (w *world) at(parts ...string) string {
	return filepath.Join(append([]string{w.root}, parts...)...)
}

// result is what a run came to.
type result struct {
	out, complaint string
	code           int
	took           time.Duration
}

// start makes a run that is not waited for.
func (w *world) start(ctx context.Context, args ...string) (*exec.Cmd, *bytes.Buffer, *bytes.Buffer) {
	w.t.Helper()
	var out, complaint bytes.Buffer
	c := exec.CommandContext(ctx, tare, args...)
	c.Dir, c.Env, c.Stdout, c.Stderr = w.at("work"), w.env, &out, &complaint
	if err := c.Start(); err != nil {
		w.t.Fatal(err)
	}
	return c, &out, &complaint
}

// run runs the program to its end, which must come within a limit.
func (w *world) run(limit time.Duration, args ...string) result {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), limit)
	defer cancel()
	begun := time.Now()
	c, out, complaint := w.start(ctx, args...)
	err := c.Wait()
	if ctx.Err() != nil {
		w.t.Errorf("it did not end within %v", limit)
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		w.t.Fatal(err)
	}
	return result{out.String(), complaint.String(), c.ProcessState.ExitCode(), time.Since(begun)}
}

// holds checks that a run gave the right answer or one clear error; it returns
// which, in a word or two.
func (r result) holds(t *testing.T, right string, code int) string {
	t.Helper()
	if code == 0 {
		if r.code != 0 || r.complaint != "" {
			t.Errorf("exit code %d, %s", r.code, r.complaint)
		}
		if diff := cmp.Diff(right, r.out); diff != "" {
			t.Errorf("another answer (-right +given):\n%.2000s", diff)
		}
		return "the right answer"
	}
	if r.code != code {
		t.Errorf("exit code %d, not %d: %s", r.code, code, r.complaint)
	}
	if r.out != "" {
		t.Errorf("half an answer: %.200q", r.out)
	}
	// A second Ctrl+C has nothing to say; everything else says why, in one line.
	line := strings.TrimSuffix(r.complaint, "\n")
	if code == 2 && (!strings.HasPrefix(line, "tare: ") || strings.Contains(line, "\n") || len(line) < 20) {
		t.Errorf("no clear line: %q", r.complaint)
	}
	if strings.Contains(r.complaint, "goroutine ") || strings.Contains(r.complaint, "panic") {
		t.Errorf("it panics: %s", r.complaint)
	}
	return strings.TrimPrefix(line, "tare: ")
}

// left checks that nothing is left in any directory but entries of the cache that
// hold, its key, and the files that the run was asked for.
func (w *world) left(asked ...string) {
	w.t.Helper()
	asked = append(asked, "cache/tare/key")
	var there []string
	err := filepath.WalkDir(w.root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(w.root, path)
		if entry := strings.HasPrefix(rel, filepath.Join("cache", "tare", "layers")); entry && !strings.HasPrefix(d.Name(), ".") {
			return err
		}
		if !slices.Contains(asked, filepath.ToSlash(rel)) && d.Type()&fs.ModeSocket == 0 {
			there = append(there, rel)
		}
		return err
	})
	if err != nil {
		w.t.Error(err)
	}
	if len(there) > 0 {
		w.t.Errorf("left behind: %q", there)
	}
	if r := w.run(time.Minute, "cache", "verify"); r.code != 0 || !strings.HasSuffix(r.out, ", 0 removed\n") {
		w.t.Errorf("the cache is damaged: %s%s", r.out, r.complaint)
	}
}

func (w *world) write(path, text string) {
	w.t.Helper()
	if err := os.WriteFile(w.at(filepath.FromSlash(path)), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}
