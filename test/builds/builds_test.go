package builds

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/model"
)

var update = flag.Bool("update", false, "write what was measured into docs/savings.md")

// standIn is what the Dockerfiles name as their base image.
const standIn = "debian:bookworm-slim"

// mayBeOff is how far a predicted size may be off, in per cent.
const mayBeOff = 1

// base is what they are built from.
var base = cmp.Or(os.Getenv("TARE_BUILDS_BASE"), "127.0.0.1:5057/debian:slim")

func TestBuilds(t *testing.T) {
	if os.Getenv("TARE_REAL") != "1" {
		t.Skip("needs a real engine and registry: eval \"$(.ci/real-up)\" and set TARE_REAL=1")
	}
	folders, err := filepath.Glob("testdata/*/Dockerfile")
	if err != nil || len(folders) == 0 {
		t.Fatalf("no builds in testdata (%v)", err)
	}
	var page sync.Mutex
	for _, file := range folders {
		name := filepath.Base(filepath.Dir(file))
		t.Run(name, func(t *testing.T) {
			// Half of a build is waiting for packages to arrive; no two serve at one port.
			t.Parallel()
			r := measure(t, name)
			t.Logf("%+v", r)
			if *update {
				page.Lock()
				defer page.Unlock()
				if err := writeRow("../../docs/savings.md", r); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// measure builds the four images of a build and tries each.
func measure(t *testing.T, name string) row {
	original := context(t, name, "Dockerfile")
	r := row{name: name}
	first, err := build(t, name+":original", original, "Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	r.original = first.Report.Image.Size
	r.try(t, "original", smoke(t, name, "original"))
	for _, v := range []struct {
		tag  string
		opt  fix.Options
		size *int64
		off  *float64
	}{
		{"fix", fix.Options{Stage: fix.SureStage}, &r.fixed, &r.fixedOff},
		{"multi-stage", fix.Options{Stage: fix.AnyStage}, &r.staged, &r.stagedOff},
	} {
		v.opt.Floor = model.Floor(first.Report.Summary.Own.Size)
		v.opt.Build = first.Build
		after, predicted, err := edited(t, name, v.tag, first, original, v.opt)
		if err == nil {
			err = smoke(t, name, v.tag)
		}
		if r.try(t, v.tag, err); err != nil {
			continue
		}
		*v.size = after
		*v.off = 100 * float64(predicted-after) / float64(after)
		if max(*v.off, -*v.off) > mayBeOff {
			t.Errorf("%s: predicted %d bytes, and it has %d", v.tag, predicted, after)
		}
	}
	best, err := build(t, name+":best", context(t, name, "Dockerfile.best"), "")
	if err != nil {
		t.Fatal(err)
	}
	r.best = best.Report.Image.Size
	r.try(t, "best", smoke(t, name, "best"))
	return r
}

// try notes whether an image was built and works.
func (r *row) try(t *testing.T, image string, err error) {
	if err == nil {
		return
	}
	t.Errorf("%s: %v", image, err)
	r.broken = append(r.broken, image)
}

// edited applies the edits of a plan with patch, as a reader of the diff does, and
// builds what comes of it.
func edited(t *testing.T, name, tag string, a *analyze.Result, original string, opt fix.Options) (size, predicted int64, err error) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(original, "Dockerfile"))
	if err != nil {
		return 0, 0, err
	}
	result, err := fix.Plan(a.Report, text, opt)
	if err != nil {
		return 0, 0, err
	}
	diff, err := result.Diff("Dockerfile", ".dockerignore")
	if err != nil {
		return 0, 0, err
	}
	t.Logf("%s:\n%s", tag, diff)
	for _, l := range result.Left {
		t.Logf("%s leaves %s (%d bytes): %s", tag, l.Rule, l.Bytes, l.Why)
	}
	dir := context(t, name, "Dockerfile")
	if diff != "" {
		if _, err := run(dir, strings.NewReader(diff), "patch", "-p1", "--fuzz=0"); err != nil {
			return 0, 0, err
		}
	}
	after, err := build(t, name+":"+tag, dir, "Dockerfile")
	if err != nil {
		return 0, 0, err
	}
	again(t, tag, after, dir, opt)
	return after.Report.Image.Size, result.Size, nil
}

// again checks that nothing is left in an edited image that the edits of the same
// strategy could still do.
func again(t *testing.T, tag string, a *analyze.Result, dir string, opt fix.Options) {
	t.Helper()
	opt.Floor, opt.Build = model.Floor(a.Report.Summary.Own.Size), a.Build
	text, err := os.ReadFile(filepath.Join(dir, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	if opt.Ignore, err = os.ReadFile(filepath.Join(dir, ".dockerignore")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	result, err := fix.Plan(a.Report, text, opt)
	if err != nil {
		t.Fatal(err)
	}
	diff, err := result.Diff("Dockerfile", ".dockerignore")
	if err != nil {
		t.Fatal(err)
	}
	if diff != "" {
		t.Errorf("%s: the edited image asks for another edit:\n%s", tag, diff)
	}
	for _, l := range result.Left {
		t.Logf("%s: still there: %s (%d bytes): %s", tag, l.Rule, l.Bytes, l.Why)
	}
}

// context copies a build's folder, with one of its Dockerfiles as Dockerfile.
func context(t *testing.T, name, dockerfile string) string {
	t.Helper()
	from, dir := filepath.Join("testdata", name), t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(from, dockerfile))
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.ReplaceAll(text, []byte("FROM "+standIn), []byte("FROM "+base))
	err = os.WriteFile(filepath.Join(dir, "Dockerfile"), text, 0o644)
	for _, ours := range []string{"smoke", "Dockerfile.best"} {
		err = errors.Join(err, os.Remove(filepath.Join(dir, ours)))
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// build builds an image in a folder and analyses it, with its Dockerfile if that is
// named. The engine has no bridge, so steps use the host's network. With TARE_BUILDS_KEEP the
// images stay, and one that was made of the same files is not made again.
func build(t *testing.T, reference, dir, dockerfile string) (*analyze.Result, error) {
	t.Helper()
	reference = "tare-builds/" + reference
	sum, err := sumOf(dir)
	if err != nil {
		return nil, err
	}
	kept := reference + "-" + sum
	if _, err := run(dir, nil, "docker", "tag", kept, reference); err != nil {
		if _, err := run(dir, nil, "docker", "build", "-q", "--network", "host", "-t", reference, "-t", kept, "."); err != nil {
			return nil, err
		}
	}
	if os.Getenv("TARE_BUILDS_KEEP") == "" {
		t.Cleanup(func() { _ = exec.Command("docker", "rmi", "-f", reference, kept).Run() })
	}
	if dockerfile != "" {
		dockerfile = filepath.Join(dir, dockerfile)
	}
	return analyze.Analyze(t.Context(), "docker:"+reference, analyze.Options{Dockerfile: dockerfile, NeedBuild: dockerfile != ""})
}

// sumOf is a digest of the files in a folder.
func sumOf(dir string) (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		body, err := os.ReadFile(filepath.Join(dir, name))
		fmt.Fprintf(sum, "%q %q\n", name, body)
		return err
	})
	return fmt.Sprintf("%.6x", sum.Sum(nil)), err
}

// smoke runs a build's smoke command on one of its images.
func smoke(t *testing.T, name, tag string) error {
	t.Helper()
	script := fmt.Sprintf("set -euo pipefail; source smoke.sh; image=tare-builds/%s:%s; source testdata/%s/smoke", name, tag, name)
	_, err := run(".", nil, "bash", "-c", script)
	return err
}

func run(dir string, in *strings.Reader, name string, args ...string) (string, error) {
	var out bytes.Buffer
	c := exec.Command(name, args...)
	c.Dir, c.Stdout, c.Stderr = dir, &out, &out
	if in != nil {
		c.Stdin = in
	}
	c.Env = append(os.Environ(), "DOCKER_BUILDKIT=1")
	if err := c.Run(); err != nil {
		text := out.String()
		if len(text) > 4000 {
			text = "…" + text[len(text)-4000:]
		}
		return "", fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, text)
	}
	return out.String(), nil
}
