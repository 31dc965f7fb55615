package workspace

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/demo"
	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/analyze/imagetest/quick"
	"github.com/tare-oci/tare/analyze/store"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/act"
)

// layers knows a sample's layers once a test has read them.
var layers *store.Store

func TestMain(m *testing.M) { os.Exit(withLayers(m)) }

func withLayers(m *testing.M) int {
	dir, err := os.MkdirTemp("", "tare-workspace")
	if err == nil {
		defer os.RemoveAll(dir)
		layers, err = store.Open(dir, store.DefaultSize)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// opened is a workspace in a directory of its own, with a sample's Dockerfile as change
// makes it.
func opened(t *testing.T, sample string, change func(string) string) (*Workspace, *model.Report) {
	t.Helper()
	found, err := demo.Lookup(sample)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	text := found.Dockerfile
	if change != nil {
		text = change(text)
	}
	if err := os.WriteFile("Dockerfile", []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
	w := New(Options{Dockerfile: "Dockerfile", Getenv: func(string) string { return "" }})
	return w, shown(t, w, "demo:"+sample)
}

// analysed is a sample with a Dockerfile, which many tests look at and none changes.
type analysed struct {
	handle *analyze.Handle
	result *analyze.Result
}

var analyses = make(map[string]analysed) // by reference and text of the Dockerfile

// shown analyses an image and hands it to a workspace.
func shown(t *testing.T, w *Workspace, reference string) *model.Report {
	t.Helper()
	key := reference + "\n" + held(t)
	a, ok := analyses[key]
	if !ok {
		var err error
		if a.handle, err = analyze.Open(context.Background(), reference, analyze.Options{Store: layers, Dockerfile: "Dockerfile", NeedBuild: true}); err != nil {
			t.Fatal(err)
		}
		if a.result, err = a.handle.Analyze(t.Context()); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(reference, "demo:") {
			analyses[key] = a // a sample holds nothing open
		} else {
			t.Cleanup(func() { a.handle.Close() })
		}
	}
	w.Show(t.Context(), a.handle.Image, a.result)
	return a.result.Report
}

func held(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// planned are the ids of the changes that the plan makes.
func planned(r *model.Report) (ids []string) {
	for i := range r.Changes {
		if c := &r.Changes[i]; c.Writable() && !c.BelowFloor && c.Confidence != model.Possible {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

func write(t *testing.T, w *Workspace, r *model.Report, ids ...string) act.Written {
	t.Helper()
	before := held(t)
	p, err := w.Propose(r, ids)
	if err != nil {
		t.Fatal(err)
	}
	if held(t) != before {
		t.Fatal("proposing has written")
	}
	written, err := w.Write(p)
	if err != nil {
		t.Fatal(err)
	}
	return written
}

// TestWritesWhatFixWrites: all changes of the plan, one by one in any order, make the
// file that tare fix makes, and undoing goes back step by step.
func TestWritesWhatFixWrites(t *testing.T) {
	for _, sample := range demo.Names()[:quick.Rounds(3, 3, len(demo.Names()))] {
		t.Run(sample, func(t *testing.T) {
			w, r := opened(t, sample, nil)
			before := held(t)
			whole, err := fix.Plan(r, []byte(before), fix.Options{Stage: fix.SureStage, Own: r.Summary.Own.Size, Build: w.result.Build})
			if err != nil {
				t.Fatal(err)
			}
			ids := planned(r)
			slices.Reverse(ids)
			texts := []string{before}
			var files [][]string
			for i, id := range ids {
				written := write(t, w, r, id)
				if files = append(files, written.Files); len(written.Files) == 0 {
					t.Errorf("nothing is said to be written for %s", id)
				}
				if texts = append(texts, held(t)); !slices.Equal(written.Changes, ids[:i+1]) || len(written.Saves) == 0 {
					t.Errorf("after %s the file is said to hold %v, saving %v", id, written.Changes, written.Saves)
				}
			}
			if got := held(t); got != string(whole.New) {
				t.Errorf("one by one the changes make\n%s\ntare fix makes\n%s", got, whole.New)
			}
			if len(ids) > 0 && w.told().Size != whole.Size {
				t.Errorf("predicted are %d bytes, tare fix says %d", w.told().Size, whole.Size)
			}
			for i := len(ids) - 1; i >= 0; i-- {
				if undone, err := w.Undo(); err != nil || held(t) != texts[i] || !slices.Equal(undone.Files, files[i]) {
					t.Errorf("undoing %d: %v, and the file is\n%s", i, err, held(t))
				}
			}
			if _, err := w.Undo(); err == nil {
				t.Error("there is nothing left to undo, and nothing said")
			}
		})
	}
}

// TestKeepsLineEndsAndMode: the file stays what it was but for the edit.
func TestKeepsLineEndsAndMode(t *testing.T) {
	w, r := opened(t, "naive-apt", func(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") })
	if err := os.Chmod("Dockerfile", 0o600); err != nil {
		t.Fatal(err)
	}
	write(t, w, r, planned(r)...)
	text := held(t)
	if n := strings.Count(text, "\n"); n != strings.Count(text, "\r\n") {
		t.Errorf("%d line ends, and not all are CRLF:\n%q", n, text)
	}
	if info, err := os.Stat("Dockerfile"); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the mode is %v now", info.Mode())
	}
	if names, err := filepath.Glob("*"); err != nil || len(names) != 1 {
		t.Errorf("the directory holds %v", names)
	}
}

// TestWritesOverNothingElse: a file that somebody changed since stays as it is, whenever
// that was.
func TestWritesOverNothingElse(t *testing.T) {
	w, r := opened(t, "naive-apt", nil)
	other := func() string {
		text := held(t) + "# mine\n"
		if err := os.WriteFile("Dockerfile", []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
		return text
	}
	p, err := w.Propose(r, planned(r))
	if err != nil {
		t.Fatal(err)
	}
	text := other()
	if _, err := w.Write(p); !act.IsChanged(err) || held(t) != text {
		t.Errorf("changed since the proposal: %v", err)
	}
	if changed, err := w.Reread(); err != nil || !changed {
		t.Errorf("Reread: %v, %v", changed, err)
	}
	if _, err := w.Propose(r, planned(r)); !act.IsChanged(err) {
		t.Errorf("changed before the proposal: %v", err)
	}
	r = shown(t, w, "demo:naive-apt")
	write(t, w, r, planned(r)...)
	if changed, err := w.Reread(); err != nil || changed {
		t.Errorf("Reread after our own writing: %v, %v", changed, err)
	}
	text = other()
	if _, err := w.Undo(); !act.IsChanged(err) || held(t) != text {
		t.Errorf("undo of a file that was changed since: %v", err)
	}
	w.Show(t.Context(), nil, w.result)
	if _, err := w.Undo(); err == nil || err.Error() != "cannot undo: Dockerfile was edited after tare wrote it" || held(t) != text {
		t.Errorf("read again as another image: undo says %v", err)
	}
}

// TestLinkOutOfTheProjectIsNotFollowed: nor is anything written beside it.
func TestLinkOutOfTheProjectIsNotFollowed(t *testing.T) {
	w, r := opened(t, "naive-apt", nil)
	away := filepath.Join(t.TempDir(), "Dockerfile")
	if err := os.Rename("Dockerfile", away); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(away, "Dockerfile"); err != nil {
		t.Skip(err)
	}
	if _, err := w.Propose(r, planned(r)); err == nil || !strings.Contains(err.Error(), "leads out of the project") {
		t.Errorf("a proposal: %v", err)
	}
}

func TestProposalsOfAnotherImageAreRefused(t *testing.T) {
	w, r := opened(t, "naive-apt", nil)
	if _, err := w.Propose(&model.Report{}, nil); err == nil {
		t.Error("a report that is not shown gets a proposal")
	}
	if _, err := w.Write(&act.Proposal{}); err == nil {
		t.Error("a proposal of nobody is written")
	}
	if p, err := w.Propose(r, planned(r)); err != nil || p.Line != 4 || !strings.Contains(p.Diff, "+RUN apt-get update") {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestWithoutAFileItSaysWhatItLacks(t *testing.T) {
	w := New(Options{Lacks: "name one with -f"})
	r := &model.Report{}
	w.Show(t.Context(), nil, &analyze.Result{Report: r})
	if w.Lacks() != "name one with -f" {
		t.Errorf("it lacks %q", w.Lacks())
	}
	for name, do := range map[string]func() error{
		"propose": func() error { _, err := w.Propose(r, nil); return err },
		"edit":    func() error { _, err := w.Editor(1); return err },
		"command": func() error { _, err := w.Command(r); return err },
	} {
		if err := do(); err == nil || err.Error() != "name one with -f" {
			t.Errorf("%s: %v", name, err)
		}
	}
	w = New(Options{Dockerfile: t.TempDir(), Lacks: "name one with -f"})
	w.Show(t.Context(), nil, &analyze.Result{Report: r})
	if !strings.Contains(w.Lacks(), "no file that can be written") {
		t.Errorf("of a directory it says %q", w.Lacks())
	}
}

func TestEditor(t *testing.T) {
	for _, c := range []struct {
		editor string
		line   int
		want   []string
	}{
		{"vim", 5, []string{"+5", "Dockerfile"}}, {"/usr/bin/nvim", 5, []string{"+5", "Dockerfile"}}, {"nano", 0, []string{"Dockerfile"}},
		{"code", 5, []string{"--wait", "--goto", "Dockerfile:5"}}, {"hx", 5, []string{"Dockerfile:5"}}, {"myeditor", 5, []string{"Dockerfile"}},
	} {
		if got := at(c.editor, "Dockerfile", c.line); !slices.Equal(got, c.want) {
			t.Errorf("%s at line %d: %q, want %q", c.editor, c.line, got, c.want)
		}
	}
	if got := at("vi", "-R", 0); got[0] == "-R" {
		t.Errorf("a file's name becomes an option: %q", got)
	}
	old, now := []byte("a\nb\nc\nd\n"), []byte("a\nB1\nB2\nB3\nc\nd\n")
	for line, want := range map[int]int{1: 1, 2: 4, 3: 5, 4: 6} {
		if got := nowAt(old, now, line); got != want {
			t.Errorf("line %d is at %d now, want %d", line, got, want)
		}
	}
	w, _ := opened(t, "naive-apt", nil)
	w.opt.Getenv = func(string) string { return "no-such-editor-anywhere" }
	if _, err := w.Editor(1); err == nil || !strings.Contains(err.Error(), "set $EDITOR") {
		t.Errorf("an editor that is not there: %v", err)
	}
}

func TestCommand(t *testing.T) {
	w, r := opened(t, "naive-apt", nil)
	of := func(file, source, reference string) string {
		t.Helper()
		image := *r
		image.Image.Source, image.Image.Reference = source, reference
		w.file = file
		line, err := w.Command(&image)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Replace(line, "podman build", "docker build", 1)
	}
	for _, c := range []struct{ file, source, reference, want string }{
		{"Dockerfile", "demo", "naive-apt", "docker build ."},
		{"Dockerfile", "docker", "shop:1", "docker build -t shop:1-tare ."},
		{"Dockerfile", "docker", "host:5000/shop", "docker build -t host:5000/shop:tare ."},
		{"./Dockerfile", "docker", "docker:shop:1", "docker build -t shop:1-tare ."},
		{"Dockerfile", "docker", "sha256:0123", "docker build ."},
		{"build/my file", "registry", "shop:1", "docker build -f 'build/my file' ."},
		{"../x/Dockerfile", "registry", "shop:1", "docker build ../x"},
	} {
		if got := of(c.file, c.source, c.reference); got != c.want {
			t.Errorf("%s of %s: %s, want %s", c.file, c.reference, got, c.want)
		}
	}
	for line, want := range map[string]string{
		"make image":                                           "make image",
		"docker build .":                                       "docker build .",
		"docker build -t a:1 -f 'x y' .":                       "docker build -t a:1-tare -f 'x y' .",
		"docker build -ta:1 --tag=b .":                         "docker build -ta:1-tare '--tag=b:tare' .",
		"docker build --tag a:1-tare .":                        "docker build --tag a:1-tare .",
		"docker build -t a:tare .":                             "docker build -t a:tare .",
		"docker build -t a:" + strings.Repeat("x", 128) + " .": "docker build -t a:" + strings.Repeat("x", 123) + "-tare .",
		"docker build -t '$(id)' \"":                           "docker build -t '$(id)' \"", // cannot be read
	} {
		w.opt.Command = line
		if got, err := w.Command(r); err != nil || got != want {
			t.Errorf("%q: %q, %v", line, got, err)
		}
	}
}

// TestBuild runs a program in the builder's place.
func TestBuild(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell")
	}
	dir := t.TempDir()
	script := "#!/bin/sh\necho \"args: $*\"\nwhile [ $# -gt 0 ]; do [ \"$1\" = --iidfile ] && echo sha256:abc >\"$2\"; shift; done\n"
	if err := os.WriteFile(filepath.Join(dir, "docker"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	var built string
	w := New(Options{Getenv: os.Getenv, Built: func(reference string) { built = reference }})
	for _, c := range []struct{ line, want, built, err string }{
		{"docker build .", "args: build --iidfile ", "docker:sha256:abc", ""},
		{"docker build -t 'shop:1' .", "-t shop:1 .", "docker:shop:1", ""},
		{"docker buildx build --load .", "args: buildx build --iidfile ", "docker:sha256:abc", ""},
		{"echo hello", "hello", "", ""},
		{"sh -c 'echo no; exit 3'", "no", "", "sh -c failed (exit 3)"},
		{"sh -c 'kill -9 $$'", "", "", "sh -c failed (it was killed)"},
		{"no-such-program-anywhere", "", "", "is not installed"},
		{"echo $(id)", "", "", "cannot be read"},
		{"", "", "", "nothing to run"},
	} {
		built = ""
		var log bytes.Buffer
		err := w.Build(t.Context(), c.line, &log)
		if !strings.Contains(log.String(), c.want) || built != c.built || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %v, built %q, said %q", c.line, err, built, log.String())
		}
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("given up"))
	if err := w.Build(ctx, "sleep 60", &bytes.Buffer{}); err == nil || err.Error() != "given up" {
		t.Errorf("a build that is stopped: %v", err)
	}
}

// TestReadOnlyFileIsNotReplaced: to rename another file in its place would need no right to the file.
func TestReadOnlyFileIsNotReplaced(t *testing.T) {
	w, r := opened(t, "naive-apt", nil)
	before := held(t)
	p, err := w.Propose(r, planned(r))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod("Dockerfile", 0o444); err != nil {
		t.Fatal(err)
	}
	const want = "writing Dockerfile: it is read-only; allow writing to it first"
	if _, err := w.Write(p); err == nil || err.Error() != want || held(t) != before {
		t.Errorf("writing says %v", err)
	}
	if _, err := w.Propose(r, planned(r)); err == nil || err.Error() != want {
		t.Errorf("a proposal says %v", err)
	}
}

// TestAdviceIsThatOfTheError: only a full disk wants room.
func TestAdviceIsThatOfTheError(t *testing.T) {
	w := Rewrite{Name: "Dockerfile", target: filepath.Join("/app", "Dockerfile")}
	for _, row := range []struct {
		err  error
		want string
	}{
		{&fs.PathError{Path: w.target, Err: syscall.EACCES}, "allow writing to it first"},
		{&fs.PathError{Path: filepath.Join("/app", ".tare-new-1"), Err: syscall.EACCES}, "the directory " + filepath.Dir(w.target) + " has to be writable"},
		{&fs.PathError{Path: filepath.Join("/app", ".tare-new-1"), Err: syscall.ENOSPC}, "make room, or write elsewhere"},
	} {
		if got := w.advice(row.err); got != row.want {
			t.Errorf("%v: %q, want %q", row.err, got, row.want)
		}
	}
}

// built shows an image that was built with the file that is on the disk now.
func built(t *testing.T, w *Workspace) *model.Report {
	t.Helper()
	report := *w.result.Report
	report.Image.ID = model.Ptr(fmt.Sprintf("%x", len(held(t))))
	w.Show(t.Context(), nil, &analyze.Result{Report: &report, Build: w.result.Build})
	return &report
}

// TestUndoesAfterABuild: what was written can be taken back after the image that was built with it
// is shown, step by step; the file is not that image's any more then.
func TestUndoesAfterABuild(t *testing.T) {
	w, r := opened(t, "naive-apt", nil)
	before, ids := held(t), planned(r)
	write(t, w, r, ids...)
	now := built(t, w)
	if _, err := w.Undo(); err != nil || held(t) != before {
		t.Fatalf("%v, and the file is\n%s", err, held(t))
	}
	if _, err := w.Propose(now, ids); !w.Edited() || err == nil || err.Error() != w.Lacks() || !strings.Contains(err.Error(), "as it was before this image was built") {
		t.Errorf("edited: %v, and a proposal says %v", w.Edited(), err)
	}
	if _, err := w.Undo(); err == nil || held(t) != before {
		t.Errorf("undone twice: %v", err)
	}
	r = shown(t, w, "demo:naive-apt")
	if _, err := w.Propose(r, ids); err != nil || w.Edited() {
		t.Errorf("built again: %v", err)
	}
	write(t, w, r, ids...)
	built(t, w)
	text := held(t) + "# mine\n"
	if err := os.WriteFile("Dockerfile", []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Undo(); !act.IsChanged(err) || held(t) != text {
		t.Errorf("changed since the build: %v", err)
	}
}

// TestReadAgainIsNotBuilt: an image that is shown again with the file that was written into was not
// built with that: undoing would say so of the wrong file.
func TestReadAgainIsNotBuilt(t *testing.T) {
	w, r := opened(t, "naive-apt", nil)
	write(t, w, r, planned(r)...)
	text := held(t)
	w.Show(t.Context(), nil, w.result)
	if _, err := w.Undo(); err == nil || err.Error() != "cannot undo: the image was read again after tare wrote Dockerfile" || held(t) != text {
		t.Errorf("undo says %v", err)
	}
}
