package main

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/tare-oci/tare/analyze/replay"
)

// runner tries one program on a directory of Dockerfiles.
type runner struct {
	tare, files, out, only string
	repositories           string // "" for none
	strategy               string // the only one to try; "" tries all
	parallel               int
	keep                   bool // images that an earlier run left
	archive                *replay.Archive
}

// strategy is a way of tare fix.
type strategy struct {
	name string
	args []string
}

// strategies are the ways of tare fix, by the name of their files.
var strategies = []strategy{{"default", nil}, {"cache-mount", []string{"--strategy", "cache-mount"}}, {"multi-stage", []string{"--strategy", "multi-stage"}}}

// row is what came of one Dockerfile with one strategy.
type row struct {
	file, strategy string
	status         int
	hunks          int
	applies        string // yes, no, or - without a diff
	parses         string
	before, after  int64 // of the images
	problems       []string
	said           string // the last line on standard error
}

func (r *runner) run() error {
	files, err := filepath.Glob(filepath.Join(r.files, "*"))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(r.out, 0o755); err != nil {
		return err
	}
	files = slices.DeleteFunc(files, func(f string) bool { return !strings.Contains(filepath.Base(f), r.only) })
	rows := make([][]row, len(files))
	var wait sync.WaitGroup
	slots := make(chan struct{}, r.parallel)
	for i, f := range files {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			rows[i] = r.one(f)
		})
	}
	wait.Wait()
	var table strings.Builder
	table.WriteString("file\tstrategy\tstatus\thunks\tapplies\tparses\tbefore\tafter\tnew problems\tsaid\n")
	for _, w := range slices.Concat(rows...) {
		fmt.Fprintf(&table, "%s\t%s\t%d\t%d\t%s\t%s\t%d\t%d\t%s\t%s\n", w.file, w.strategy, w.status, w.hunks, w.applies, w.parses, w.before, w.after, strings.Join(w.problems, "; "), w.said)
	}
	return os.WriteFile(filepath.Join(r.out, "table.tsv"), []byte(table.String()), 0o644)
}

// one makes the image of a file and tries the strategies on it.
func (r *runner) one(file string) []row {
	name := filepath.Base(file)
	failed := func(err error) []row {
		return []row{{file: name, strategy: "-", status: -1, applies: "-", parses: "-", said: err.Error()}}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return failed(err)
	}
	p := &project{}
	if r.repositories != "" {
		if p, err = findProject(filepath.Join(r.repositories, name), data); err != nil {
			return failed(err)
		}
	}
	opt := replay.Options{Archive: r.archive, Below: isBelow(name), Known: p.known}
	img, err := replay.Replay(data, opt)
	if err != nil {
		return failed(err)
	}
	dir := filepath.Join(r.out, name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return failed(err)
	}
	if err := clean(dir); err != nil {
		return failed(err)
	}
	if err := r.image(filepath.Join(dir, "image"), img); err != nil {
		return failed(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "Dockerfile"), data, 0o644); err != nil {
		return failed(err)
	}
	notes := fmt.Sprintf("problems:\n%s\nno model:\n%s\n", strings.Join(img.Problems, "\n"), strings.Join(img.Unmodelled, "\n"))
	if err := os.WriteFile(filepath.Join(dir, "notes"), []byte(notes), 0o644); err != nil {
		return failed(err)
	}
	var rows []row
	for _, s := range r.strategies() {
		w := row{file: name, strategy: s.name, before: img.Size(), applies: "-", parses: "-"}
		r.fix(&w, dir, p, s.args, img, opt)
		rows = append(rows, w)
	}
	return rows
}

// strategies are those to try: all of them, one, or the edits of one rule.
func (r *runner) strategies() []strategy {
	if r.strategy == "" {
		return strategies
	}
	if i := slices.IndexFunc(strategies, func(s strategy) bool { return s.name == r.strategy }); i >= 0 {
		return strategies[i : i+1]
	}
	return []strategy{{r.strategy, []string{"--rule", r.strategy}}}
}

// clean removes what an earlier run left beside the image.
func clean(dir string) error {
	old, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range old {
		if e.Name() != "image" {
			if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// image writes an image, unless an earlier run did and -keep says to take that.
func (r *runner) image(dir string, img *replay.Image) error {
	if _, err := os.Stat(filepath.Join(dir, "oci-layout")); err == nil && r.keep {
		return nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return img.WriteOCI(dir, nil)
}

var hunk = regexp.MustCompile(`(?m)^@@ `)

// fix runs the program and tries what it printed.
func (r *runner) fix(w *row, dir string, p *project, args []string, before *replay.Image, opt replay.Options) {
	image, err := filepath.Abs(filepath.Join(dir, "image"))
	if err != nil {
		w.said = err.Error()
		return
	}
	place := p.dir
	if place == "" {
		place = dir
	}
	cmd := exec.Command(r.tare, append([]string{"fix", image, "-f", cmp.Or(p.dockerfile, "Dockerfile"), "-v", "--offline"}, args...)...)
	cmd.Dir = place
	var diff, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &diff, &said
	_ = cmd.Run() // its exit status says how it went
	w.status = cmd.ProcessState.ExitCode()
	lines := strings.Split(strings.TrimSpace(said.String()), "\n")
	w.said = strings.ReplaceAll(lines[len(lines)-1], "\t", " ")
	report := diff.String() + "\n" + strings.Repeat("-", 72) + "\n" + said.String()
	w.hunks = len(hunk.FindAllString(diff.String(), -1))
	if w.hunks > 0 {
		report += r.try(w, dir, p, diff.Bytes(), before, opt)
	}
	if err := os.WriteFile(filepath.Join(dir, w.strategy+".txt"), []byte(report), 0o644); err != nil {
		w.said = err.Error()
	}
}

// try patches a copy of the Dockerfile and follows it again.
func (r *runner) try(w *row, dir string, p *project, diff []byte, before *replay.Image, opt replay.Options) string {
	patched := filepath.Join(dir, w.strategy)
	defer os.RemoveAll(patched)
	data, err := os.ReadFile(filepath.Join(dir, "Dockerfile"))
	dockerfile := filepath.Join(patched, cmp.Or(p.dockerfile, "Dockerfile"))
	if err == nil {
		err = os.MkdirAll(filepath.Dir(dockerfile), 0o755)
	}
	if err == nil {
		err = os.WriteFile(dockerfile, data, 0o644)
	}
	for name, f := range p.known {
		if strings.HasSuffix(name, ".dockerignore") && err == nil {
			if err = os.MkdirAll(filepath.Dir(filepath.Join(patched, name)), 0o755); err == nil {
				err = os.WriteFile(filepath.Join(patched, name), f.Body, 0o644)
			}
		}
	}
	if err != nil {
		return err.Error()
	}
	cmd := exec.Command("patch", "-p1", "--fuzz=0", "--no-backup-if-mismatch")
	cmd.Dir, cmd.Stdin = patched, bytes.NewReader(diff)
	said, err := cmd.CombinedOutput()
	w.applies = "yes"
	if err != nil || bytes.Contains(said, []byte("offset")) {
		w.applies = "no"
		return "\npatch: " + string(said)
	}
	if data, err = os.ReadFile(dockerfile); err != nil {
		return err.Error()
	}
	if err := os.WriteFile(filepath.Join(dir, "Dockerfile."+w.strategy), data, 0o644); err != nil {
		return err.Error()
	}
	after, err := replay.Replay(data, opt)
	w.parses = "yes"
	if err != nil {
		w.parses = "no"
		return "\nthe patched Dockerfile: " + err.Error()
	}
	w.after = after.Size()
	text := fmt.Sprintf("\nsimulated: %d -> %d bytes\n", w.before, w.after)
	for _, p := range after.Problems {
		if !slices.ContainsFunc(before.Problems, func(q string) bool { return plain(q) == plain(p) }) {
			w.problems = append(w.problems, p)
			text += "NEW PROBLEM: " + p + "\n"
		}
	}
	for _, line := range before.Compare(after) {
		text += line + "\n"
		if problem, ok := strings.CutPrefix(line, "NEW PROBLEM: "); ok {
			w.problems = append(w.problems, problem)
		}
	}
	return text
}

// plain is a problem without its line.
func plain(problem string) string {
	_, rest, _ := strings.Cut(problem, ": ")
	return rest
}

// isBelow reports whether a file of a corpus, OWNER__REPOSITORY__PATH with _ for each / of the path, lay
// in a directory of its repository.
func isBelow(name string) bool {
	parts := strings.SplitN(name, "__", 3)
	return len(parts) == 3 && !strings.HasPrefix(strings.ToLower(parts[2]), "dockerfile") && !strings.HasPrefix(strings.ToLower(parts[2]), "containerfile")
}
