package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/replay"
	"github.com/tare-oci/tare/ui/cli"
)

// asTare makes the test binary the program that it tests.
const asTare = "TARE_CORPUS_AS_TARE"

func TestMain(m *testing.M) {
	if os.Getenv(asTare) != "" {
		cli.Main()
		return
	}
	os.Exit(m.Run())
}

// asProgram has the test's own program be tare, in a home that it returns.
func asProgram(t *testing.T) (home string) {
	t.Helper()
	home = t.TempDir()
	for name, value := range map[string]string{asTare: "1", "HOME": home, "XDG_CACHE_HOME": home, "DOCKER_CONFIG": home} {
		t.Setenv(name, value)
	}
	return home
}

// TestFixesKeepDockerfilesWorking follows the Dockerfiles of testdata before and after
// each strategy of tare fix: every diff applies, what it makes parses, is smaller, and fails at
// nothing at which the original does not.
func TestFixesKeepDockerfilesWorking(t *testing.T) {
	asProgram(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/*.Dockerfile")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d Dockerfiles, %v", len(files), err)
	}
	files = files[:imagetest.Rounds(2, 2, len(files))]
	r := &runner{tare: self, out: t.TempDir(), archive: replay.Debian()}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			rows := r.one(f)
			if len(rows) != len(strategies) {
				t.Fatalf("%+v", rows)
			}
			for _, w := range rows {
				check(t, r, w)
			}
		})
	}
}

// TestRepositories: a Dockerfile that lies in a repository is built with what is there, and edited beside it.
func TestRepositories(t *testing.T) {
	home := asProgram(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	const dockerfile = "FROM debian:bookworm\nRUN apt-get update && apt-get install -y --no-install-recommends git\nCOPY tools /tools\nRUN /tools/setup.sh\nCMD [\"git\"]\n"
	for child, want := range map[string]string{"FROM example.org/base\nRUN apt-get install -y jq\n": "", "FROM example.org/base\n": "rm -rf /var/lib/apt/lists/*"} {
		files, repositories := t.TempDir(), t.TempDir()
		for name, text := range map[string]string{
			files + "/o__r__docker_Dockerfile":                          dockerfile,
			repositories + "/o__r__docker_Dockerfile/.git/HEAD":         "x",
			repositories + "/o__r__docker_Dockerfile/docker/Dockerfile": dockerfile,
			repositories + "/o__r__docker_Dockerfile/child/Dockerfile":  child,
			repositories + "/o__r__docker_Dockerfile/tools/setup.sh":    "#!/bin/sh\necho x > /etc/x\n",
		} {
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(text), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		r := &runner{tare: self, files: files, out: filepath.Join(home, "out"), repositories: repositories, strategy: "default", archive: replay.Debian()}
		rows := r.one(filepath.Join(files, "o__r__docker_Dockerfile"))
		text, err := os.ReadFile(filepath.Join(r.out, "o__r__docker_Dockerfile", "default.txt"))
		if err != nil || len(rows) != 1 {
			t.Fatal(rows, err)
		}
		diff, _, _ := strings.Cut(string(text), "\n-----")
		if got := strings.Contains(diff, "rm -rf /var/lib/apt/lists/*"); got != (want != "") || strings.Contains(diff, "&& /tools/setup.sh") {
			t.Errorf("beside %q:\n%s", child, text)
		}
		if want != "" && (rows[0].applies != "yes" || !strings.HasPrefix(diff, "--- a/docker/Dockerfile")) {
			t.Errorf("%+v\n%s", rows[0], text)
		}
	}
}

// said is what the program says that the image will be.
var said = regexp.MustCompile(`(?m)^([0-9.]+ [kMG]B) → ([0-9.]+ [kMG]B) \(`)

// checkPrediction wants the size that was predicted for an edited image to be true to one
// percent of the image, and to be none that the edit does not reach.
func checkPrediction(t *testing.T, w row, text []byte) {
	t.Helper()
	m := said.FindSubmatch(text)
	if m == nil {
		t.Errorf("%s: no size is predicted: %s", w.strategy, text)
		return
	}
	saves := bytesOf(t, string(m[1])) - bytesOf(t, string(m[2]))
	if high := float64(w.after) - (float64(w.before) - saves); high > float64(w.before)/100 {
		t.Errorf("%s: %s is predicted; the image goes from %d to %d bytes, so %.1f %% of it is promised for nothing", w.strategy, m[0], w.before, w.after, 100*high/float64(w.before))
	}
}

func bytesOf(t *testing.T, text string) float64 {
	t.Helper()
	number, unit, _ := strings.Cut(text, " ")
	n, err := strconv.ParseFloat(number, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n * map[string]float64{"kB": 1e3, "MB": 1e6, "GB": 1e9}[unit]
}

func check(t *testing.T, r *runner, w row) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(r.out, w.file, w.strategy+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case w.status != 0 || w.hunks == 0:
		t.Errorf("%s: status %d, %d hunks: %s", w.strategy, w.status, w.hunks, text)
	case w.applies != "yes" || w.parses != "yes":
		t.Errorf("%s: the diff applies: %s, its Dockerfile parses: %s: %s", w.strategy, w.applies, w.parses, text)
	case len(w.problems) > 0:
		t.Errorf("%s: the edited Dockerfile would fail: %q\n%s", w.strategy, w.problems, text)
	case w.after >= w.before:
		t.Errorf("%s: %d bytes instead of %d\n%s", w.strategy, w.after, w.before, text)
	}
	checkPrediction(t, w, text)
}

// TestRatings: each rating is of a Dockerfile in the list, and of a kind that the page on savings
// counts.
func TestRatings(t *testing.T) {
	list, err := os.ReadFile("testdata/list.tsv")
	if err != nil {
		t.Fatal(err)
	}
	known := make(map[string]bool)
	for line := range strings.Lines(string(list)) {
		if at := strings.LastIndexByte(line, '\t'); at > 0 {
			known[line[:at]] = true
		}
	}
	ratings, err := os.ReadFile("testdata/ratings.tsv")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(ratings)) {
		columns := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if n++; n == 1 {
			continue // what the columns are called
		}
		if len(columns) != 6 || !known[columns[0]+"\t"+columns[1]] || columns[5] == "" ||
			!slices.Contains([]string{"default", "cache-mount", "multi-stage"}, columns[2]) ||
			!slices.Contains([]string{"first", "again"}, columns[3]) || !slices.Contains([]string{"merged", "change", "wrong", "sim"}, columns[4]) {
			t.Errorf("line %d: %q", n, columns)
		}
	}
	if n < 2 {
		t.Error("there are no ratings")
	}
}
