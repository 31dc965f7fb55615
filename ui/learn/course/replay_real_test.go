package course_test

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/learn/course"
	"github.com/tare-oci/tare/ui/learn/lesson"
)

// base is what the engine builds from where a lesson says debian:bookworm-slim.
var base = cmp.Or(os.Getenv("TARE_BUILDS_BASE"), "127.0.0.1:5057/debian:slim")

// verdict is what a lesson teaches of a line: which rules find something there that is
// worth a person's time, and from which line's layer on it is hidden.
type verdict struct {
	rule   string
	line   int
	hidden int // the line that hides it; 0 for what stays visible
}

func (v verdict) String() string { return fmt.Sprintf("%s@%d-%d", v.rule, v.line, v.hidden) }

// taught are the rules that the lessons on apt, chown, rm and stages are about. Others,
// such as files that apt backs up, differ by some kilobytes.
var taught = []string{"apt-lists", "apt-recommends", "build-tools", "metadata-copy", "removed-later", "split-update", "temp-files", "missing-library", "runs-as-root"}

// worth is how many bytes a finding has at least; findings without bytes count.
const worth = 1_000_000

// TestReplayIsHonest builds what the lessons replay, and compares the verdicts: which
// line wastes, and which line hides it.
func TestReplayIsHonest(t *testing.T) {
	if os.Getenv("TARE_REAL") != "1" {
		t.Skip("needs a real engine and registry: eval \"$(.ci/real-up)\" and set TARE_REAL=1")
	}
	for _, name := range []string{"02-one-run", "03-cache", "06-copies", "07-stages"} {
		l := course.Lessons()[slices.IndexFunc(course.Lessons(), func(l *lesson.Lesson) bool { return l.Name == name })]
		all := map[string]lesson.Files{"start": l.Start, "solution": l.Solution}
		for _, w := range l.Wrong {
			if w.Fails != lesson.BuildFails {
				all["wrong "+w.Name] = w.Files
			}
		}
		for _, which := range slices.Sorted(maps.Keys(all)) {
			t.Run(name+"/"+which, func(t *testing.T) {
				t.Parallel() // half of a build is waiting for packages to arrive
				v, err := lesson.Judge(t.Context(), l, all[which])
				if err != nil {
					t.Fatal(err)
				}
				replayed := verdicts(v.Report)
				built := verdicts(build(t, l, all[which]))
				if !slices.Equal(replayed, built) {
					t.Errorf("the replay says %v, the engine's image %v", replayed, built)
				}
			})
		}
	}
}

// verdicts are what a report says of the lines.
func verdicts(r *model.Report) []verdict {
	line := func(i *int) int {
		if i == nil || r.Instructions[*i].Location == nil {
			return 0
		}
		return r.Instructions[*i].Location.Line
	}
	found := map[verdict]int64{}
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Inherited || !slices.Contains(taught, f.Rule) {
			continue
		}
		v := verdict{rule: f.Rule, line: line(f.Instruction)}
		if f.HiddenBy != nil {
			for j := range r.Instructions {
				if at := r.Instructions[j].Layer; at != nil && *at == *f.HiddenBy {
					v.hidden = line(&j)
				}
			}
		}
		found[v] += f.Bytes
	}
	maps.DeleteFunc(found, func(_ verdict, bytes int64) bool { return bytes > 0 && bytes < worth })
	return slices.SortedFunc(maps.Keys(found), func(a, b verdict) int { return strings.Compare(a.String(), b.String()) })
}

// build builds the files with the engine, and analyses the image with the Dockerfile.
func build(t *testing.T, l *lesson.Lesson, files lesson.Files) *model.Report {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, body []byte) {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, body, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, f := range l.Context {
		switch {
		case f.Body != nil:
			write(name, f.Body)
		default:
			write(name, noise(name, f.Size))
		}
	}
	for name, text := range files {
		write(name, []byte(strings.ReplaceAll(text, "debian:bookworm-slim", base)))
	}
	tag := "tare-lesson-" + strings.ToLower(strings.NewReplacer("/", "-", " ", "-").Replace(t.Name()))
	t.Cleanup(func() { _ = exec.Command("docker", "rmi", "-f", tag).Run() })
	cmd := exec.Command("docker", "build", "--network", "host", "-t", tag, dir)
	cmd.Env = append(os.Environ(), "DOCKER_BUILDKIT=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	r, err := analyze.Image(t.Context(), "docker:"+tag, analyze.Options{Dockerfile: filepath.Join(dir, "Dockerfile")})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// noise is a content of its own for each name.
func noise(name string, size int64) []byte {
	b := make([]byte, size)
	seed := uint64(len(name))
	for _, c := range []byte(name) {
		seed = seed*1099511628211 + uint64(c)
	}
	for i := range b {
		seed ^= seed << 13
		seed ^= seed >> 7
		seed ^= seed << 17
		b[i] = byte(seed)
	}
	return b
}
