package fix_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/model"
)

const base = "127.0.0.1:5057/debian:slim"

// promises are Dockerfiles as people write them; want is what the container
// says. Each is built, edited and built again.
var promises = []struct {
	name, dockerfile, want string
	rules                  []string // that must have nothing more to say
	opt                    fix.Options
}{
	{"recommends", "RUN apt-get update && apt-get install -y python3-pip git\nCMD [\"sh\", \"-c\", \"git --version && pip --version\"]\n", "pip ", []string{"apt-recommends", "apt-lists"}, fix.Options{}},
	{"context", "WORKDIR /app\nCOPY . .\nCMD [\"cat\", \"data/small\"]\n", "small", []string{"vcs-metadata"}, fix.Options{}},
	{"naive", "# lists\nRUN apt-get update\n# the tool\nRUN apt-get install -y --no-install-recommends jq\nRUN rm -rf /var/lib/apt/lists/*\nCMD [\"jq\", \"--version\"]\n", "jq-", []string{"apt-lists"}, fix.Options{}},
	{"chown", "RUN mkdir -p /srv/app\nCOPY data /srv/app/data\nRUN chown -R 1000:1000 /srv/app/data\nCMD stat -c %u:%g /srv/app/data/blob\n", "1000:1000", []string{"metadata-copy"}, fix.Options{}},
	{"owned", "WORKDIR /app\nRUN apt-get update && apt-get install -y --no-install-recommends file\nCOPY . .\nRUN chown -R 1000:1000 /app\nCMD [\"stat\", \"-c\", \"%u:%g\", \"/app\", \"/app/data/blob\"]\n", "1000:1000\n1000:1000", []string{"metadata-copy", "vcs-metadata", "apt-lists"}, fix.Options{}},
	{"later", "RUN head -c 8000000 /dev/urandom > /opt/blob && sha256sum /opt/blob > /etc/sum\nCOPY data/small /small\nRUN rm -rf /opt/blob\nCMD cat /small && test -s /etc/sum && echo fine\n", "fine", []string{"removed-later"}, fix.Options{}},
	{"left", "RUN apt-get update && \\\n    apt-get install -y --no-install-recommends file\nCMD [\"file\", \"--version\"]\n", "file-", []string{"apt-lists"}, fix.Options{}},
	{"temporary", "RUN head -c 6000000 /dev/urandom > /tmp/build.bin && \\\n  # keep its sum\n  sha256sum /tmp/build.bin > /etc/sum\nENV A=b\nCMD cat /etc/sum\n", "build.bin", []string{"temp-files"}, fix.Options{}},
	{"ignored", "WORKDIR /app\nCOPY . .\nRUN rm -rf data/big test\nCMD [\"cat\", \"data/small\"]\n", "small", []string{"removed-later"}, fix.Options{}},
	{"together", "RUN apt-get update\nRUN apt-get install -y --no-install-recommends file && head -c 3000000 /dev/urandom > /tmp/a.bin\nRUN head -c 2000000 /dev/urandom > /opt/b && rm -rf /var/lib/apt/lists/*\nRUN rm /opt/b\nCMD [\"file\", \"--version\"]\n", "file-", []string{"apt-lists", "temp-files", "removed-later"}, fix.Options{}},
}

// TestPredictedEqualsReal builds images with the real engine, edits their
// Dockerfiles with patch, builds again and compares what was promised with what
// came.
func TestPredictedEqualsReal(t *testing.T) {
	if os.Getenv("TARE_REAL") != "1" {
		t.Skip("needs a real engine and registry: set TARE_REAL=1 and DOCKER_HOST")
	}
	for _, p := range promises {
		t.Run(p.name, func(t *testing.T) {
			dir := buildContext(t)
			file := filepath.Join(dir, "Dockerfile")
			text := []byte("FROM " + base + "\n" + p.dockerfile)
			if err := os.WriteFile(file, text, 0o644); err != nil {
				t.Fatal(err)
			}
			built := build(t, dir, p.name+"-before", file)
			before := built.Report
			if p.name == "recommends" {
				namesRecommends(t, before)
			}
			opt := p.opt
			opt.Build = built.Build
			result, err := fix.Plan(before, text, opt)
			if err != nil {
				t.Fatal(err)
			}
			diff, err := result.Diff("Dockerfile", ".dockerignore")
			if err != nil {
				t.Fatal(err)
			}
			if diff == "" {
				t.Fatalf("nothing is fixed; left: %+v", result.Left)
			}
			run(t, dir, strings.NewReader(diff), "patch", "-p1", "--fuzz=0")
			after := build(t, dir, p.name+"-after", file).Report
			saved := before.Image.Size - after.Image.Size
			t.Logf("promised %d bytes, saved %d\n%s", result.SavedBytes, saved, diff)
			if off := saved - result.SavedBytes; max(off, -off)*50 > result.SavedBytes {
				t.Errorf("promised %d bytes and saved %d, which is off by more than 2 %%", result.SavedBytes, saved)
			}
			if got := says(t, tag(p.name+"-after")); !strings.Contains(got, p.want) {
				t.Errorf("the container says %q, want %q", got, p.want)
			}
			for _, f := range after.Findings {
				for _, rule := range p.rules {
					if f.Rule == rule && !f.Inherited && f.Wasted() && f.Bytes > 0 {
						t.Errorf("after the fix there still is %s with %d bytes in %q", f.ID, f.Bytes, f.Paths)
					}
				}
			}
			if p.name != "naive" {
				return // compressing is slow
			}
			pull := measured(t, "docker:"+tag(p.name+"-before"), before, result)
			actual := measured(t, "docker:"+tag(p.name+"-after"), after, &fix.Result{Saved: make([]bool, len(after.Findings))})
			t.Logf("measured pull size %d, really %d", pull, actual)
			if off := pull - actual; max(off, -off)*50 > actual {
				t.Errorf("measured a pull size of %d, and it is %d", pull, actual)
			}
		})
	}
}

// namesRecommends: most of an image with recommended packages is waste, and the
// one that brought the compilers is named.
func namesRecommends(t *testing.T, r *model.Report) {
	t.Helper()
	var wasted int64
	for _, f := range r.Findings {
		if f.Wasted() && !f.Inherited {
			wasted += f.Bytes
		}
	}
	t.Logf("%d of %d own bytes are wasted", wasted, r.Summary.Own.Size)
	if wasted*10 <= r.Summary.Own.Size*4 {
		t.Errorf("the findings hold %d bytes of %d, not more than 40 %%", wasted, r.Summary.Own.Size)
	}
	for _, p := range r.Packages {
		if p.Name != "build-essential" {
			continue
		}
		if p.Reason != "recommended" || !slices.Equal(p.RecommendedBy, []string{"python3-pip"}) {
			t.Errorf("build-essential is %s by %q, want recommended by python3-pip", p.Reason, p.RecommendedBy)
		}
		return
	}
	t.Error("build-essential is not there")
}

func tag(name string) string { return "tare-fix-test:" + name }

// buildContext makes a directory with a few files.
func buildContext(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	random := rand.NewChaCha8([32]byte{1})
	for name, size := range map[string]int{"data/blob": 5_000_000, "data/big/x": 4_000_000, "test/y": 1_000_000, ".git/objects/pack/a.pack": 3_000_000} {
		content := make([]byte, size)
		_, _ = random.Read(content)
		write(t, filepath.Join(dir, name), content)
	}
	write(t, filepath.Join(dir, "data/small"), []byte("small\n"))
	return dir
}

func write(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// build builds an image and analyses it with its Dockerfile, as tare fix does.
func build(t *testing.T, dir, name, file string) *analyze.Result {
	t.Helper()
	run(t, dir, nil, "docker", "build", "-q", "--network", "host", "-t", tag(name), ".")
	t.Cleanup(func() { _ = exec.Command("docker", "rmi", "-f", tag(name)).Run() })
	result, err := analyze.Analyze(t.Context(), "docker:"+tag(name), analyze.Options{Dockerfile: file, NeedBuild: true})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func run(t *testing.T, dir string, in *strings.Reader, name string, args ...string) string {
	t.Helper()
	var out, complaints bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &complaints
	if in != nil {
		cmd.Stdin = in
	}
	// The classic builder: BuildKit asks for rights to use the host's network.
	cmd.Env = append(os.Environ(), "DOCKER_BUILDKIT=0")
	if err := cmd.Run(); err != nil {
		t.Fatal(fmt.Errorf("%s %s: %w\n%s%s", name, strings.Join(args, " "), err, out.Bytes(), complaints.Bytes()))
	}
	return out.String()
}

// says is what a container of an image writes, to standard output and to standard error.
func says(t *testing.T, image string) string {
	t.Helper()
	out, err := exec.Command("docker", "run", "--rm", "--network", "host", image).CombinedOutput()
	if err != nil {
		t.Fatalf("running %s: %v\n%s", image, err, out)
	}
	return string(out)
}

// measured is what fix.Measure says of an image of the engine.
func measured(t *testing.T, reference string, r *model.Report, result *fix.Result) int64 {
	t.Helper()
	image, err := source.Open(t.Context(), reference, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer image.Close()
	pull, err := fix.Measure(t.Context(), image, r, result)
	if err != nil {
		t.Fatal(err)
	}
	return pull
}
