package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/act"
	"github.com/tare-oci/tare/ui/tui/tuitest"
)

// bench is a workspace that writes nothing but a note of what it was asked.
type bench struct {
	lacks   string
	edited  bool
	written []string
	err     error // of the next writing
	changed bool  // the editor changes the file
	asked   []string
	aside   string
}

func (b *bench) Lacks() string { return b.lacks }
func (b *bench) Edited() bool  { return b.edited }

func (b *bench) Written() act.Written { return act.Written{} }

func (b *bench) Propose(_ *model.Report, ids []string) (*act.Proposal, error) {
	b.asked = append(b.asked, "propose "+strings.Join(ids, " "))
	return &act.Proposal{
		Changes: ids, Files: []string{"Dockerfile", ".dockerignore"}, Line: 5, Size: 176_000_000,
		Diff: "--- a/Dockerfile\n+++ b/Dockerfile\n@@ -4,2 +4,2 @@\n FROM debian\n-RUN \x1b[31mold\n+RUN new\n",
	}, nil
}

func (b *bench) Write(p *act.Proposal) (act.Written, error) {
	if b.err != nil {
		return act.Written{}, b.err
	}
	b.asked = append(b.asked, "write "+strings.Join(p.Changes, " "))
	b.written = append(b.written, p.Changes...)
	return b.told(), nil
}

func (b *bench) Undo() (act.Written, error) {
	if len(b.written) == 0 {
		return act.Written{}, errors.New("nothing was written that could be taken back")
	}
	b.written = b.written[:len(b.written)-1]
	return b.told(), nil
}

func (b *bench) told() act.Written {
	return act.Written{Files: []string{"Dockerfile", ".dockerignore"}, Changes: slices.Clone(b.written), Saves: map[string]int64{"a": 392_000_000}, Size: 176_000_000}
}

func (b *bench) Reread() (bool, error) { return b.changed, nil }

func (b *bench) Editor(line int) (*exec.Cmd, error) {
	return nil, fmt.Errorf("no editor for line %d", line)
}

func (b *bench) Command(*model.Report) (string, error) { return "docker build -t shop .", nil }

func (b *bench) Name(string) string { return "app:1-tare" }

func (b *bench) Elsewhere(*model.Report) string { return b.aside }

func (b *bench) Build(_ context.Context, line string, log io.Writer) error {
	fmt.Fprintf(log, "#1 [1/2] FROM debian\n\x1b[2Jprogress 1\rprogress 2\n")
	if strings.Contains(line, "fail") {
		return errors.New("docker build failed (exit 1)")
	}
	return nil
}

// acting is the interface with a workspace, and do presses keys and runs the commands
// that they make.
func acting(t *testing.T, b *bench) (m *root, do func(names ...string)) {
	t.Helper()
	m = openedFresh(t, 120, 36, Options{Workspace: b}, nil)
	_, cmd := m.Update(doneMsg{report: tuitest.Described(tuitest.Report())})
	runActs(m, cmd)
	return m, func(names ...string) {
		for _, name := range names {
			_, cmd := m.Update(keyNamed(name))
			runActs(m, cmd)
		}
	}
}

// runActs runs commands whose messages are about acting, and those of batches.
func runActs(m *root, cmd tea.Cmd) {
	if cmd == nil || m.progress.running { // a scan has nothing to read here
		return
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, one := range msg {
			runActs(m, one)
		}
	case act.Message:
		if _, ok := msg.(act.Logged); ok {
			m.Update(msg)
			return
		}
		_, cmd := m.Update(msg)
		runActs(m, cmd)
	}
}

func (b *bench) did(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(b.asked, want) {
		t.Errorf("the workspace did %q, want %q", b.asked, want)
	}
	b.asked = nil
}

func TestFirstViewIsWhatToDo(t *testing.T) {
	m := openedFresh(t, 120, 36, Options{}, tuitest.Report())
	if m.focused() != m.fixes {
		t.Error("the focus is not on the changes")
	}
	for _, size := range []struct{ width, height int }{{80, 24}, {40, 10}} {
		m := openedFresh(t, size.width, size.height, Options{}, tuitest.Report())
		if screen := picture(m); !strings.Contains(screen, "392 MB") || !strings.Contains(screen, "smaller change") {
			t.Errorf("%dx%d does not show the changes first:\n%s", size.width, size.height, screen)
		}
	}
}

func TestSelectedChangesAddUp(t *testing.T) {
	m, do := acting(t, &bench{})
	do("space")
	if screen := picture(m); !strings.Contains(screen, "568 MB → 176 MB, 1 selected") || !strings.Contains(screen, "■") {
		t.Errorf("one is selected:\n%s", screen)
	}
	do("down", "space")
	if screen := picture(m); !strings.Contains(screen, "568 MB → 155 MB, 2 selected") {
		t.Errorf("two are selected:\n%s", screen)
	}
	do("space", "up", "space")
	if screen := picture(m); !strings.Contains(screen, "with 2 changes") || strings.Contains(screen, "■") {
		t.Errorf("none is selected any more:\n%s", screen)
	}
	do("G", "space")
	if m.notice != "" || !strings.Contains(picture(m), "▾") {
		t.Errorf("Space does not open a row that folds: %q", m.notice)
	}
}

func TestWritingShowsFirst(t *testing.T) {
	for _, key := range []string{"w", "enter"} {
		b := &bench{}
		m, do := acting(t, b)
		do(key)
		b.did(t, "propose a")
		if screen := picture(m); !strings.Contains(screen, "what would be written to Dockerfile and .dockerignore") || !strings.Contains(screen, "- RUN \\x1b[31mold") || !strings.Contains(screen, "+ RUN new") {
			t.Fatalf("%s does not show the diff:\n%s", key, screen)
		}
		do("esc")
		b.did(t)
		if m.page != nil || !strings.Contains(picture(m), "with 2 changes") {
			t.Errorf("Esc does not leave the file alone:\n%s", picture(m))
		}
		do(key, key)
		b.did(t, "propose a", "write a")
		if screen := picture(m); !strings.Contains(screen, "wrote Dockerfile and .dockerignore; u takes it back, b builds it") || !strings.Contains(screen, "1 written") || !strings.Contains(screen, "✓") {
			t.Errorf("after %s twice:\n%s", key, screen)
		}
		do("w")
		b.did(t)
		if !strings.Contains(m.notice, "already") {
			t.Errorf("writing it again says %q", m.notice)
		}
		do("u")
		if screen := picture(m); !strings.Contains(screen, "Dockerfile and .dockerignore are as they were before") || strings.Contains(screen, "✓") {
			t.Errorf("u does not take it back:\n%s", screen)
		}
		do("u")
		if !strings.Contains(m.notice, "nothing was written") {
			t.Errorf("u again says %q", m.notice)
		}
	}
}

func TestWritingAll(t *testing.T) {
	b := &bench{}
	m, do := acting(t, b)
	do("W", "enter")
	b.did(t, "propose a b", "write a b")
	do("u")
	b.written = nil
	m.fixes.SetWritten(nil, 0)
	do("down", "space", "W", "w")
	b.did(t, "propose b", "write b")
	do("W")
	b.did(t, "propose a")
}

// TestWithoutADockerfileKeysSayWhatTheyNeed: nothing is asked of the workspace then.
func TestWithoutADockerfileKeysSayWhatTheyNeed(t *testing.T) {
	b := &bench{lacks: "name the Dockerfile with -f"}
	m, do := acting(t, b)
	for _, key := range []string{"w", "W", "u", "e"} {
		do(key)
		if m.notice != b.lacks {
			t.Errorf("%s says %q", key, m.notice)
		}
	}
	b.did(t)
	do("enter")
	if m.page == nil || m.page.kind != readPage {
		t.Error("Enter does not read the change")
	}
	saved := openedFresh(t, 120, 36, Options{}, tuitest.Report())
	typed(saved, "w")
	if !strings.Contains(saved.notice, "saved report") {
		t.Errorf("of a saved report w says %q", saved.notice)
	}
}

// TestFileThatWasEditedSince: the interface says so at once, writes nothing into it, and
// still opens the editor and builds.
func TestFileThatWasEditedSince(t *testing.T) {
	b := &bench{lacks: "Dockerfile was edited since", edited: true}
	m, do := acting(t, b)
	if m.notice != b.lacks+" (b)" {
		t.Errorf("it says %q", m.notice)
	}
	do("w", "W", "u")
	b.did(t)
	if do("e"); m.notice != "no editor for line 4" {
		t.Errorf("e says %q", m.notice)
	}
	if do("b"); !strings.Contains(picture(m), "build: docker build") {
		t.Errorf("b does not show the command:\n%s", picture(m))
	}
}

// TestUndoOfAFileThatWasEditedSince: the reason is that of the undoing, not the advice to build.
func TestUndoOfAFileThatWasEditedSince(t *testing.T) {
	b := &bench{}
	m, do := acting(t, b)
	do("w", "w")
	b.lacks, b.edited, b.written = "Dockerfile was edited since", true, nil
	send(m, act.Looked{Report: m.report, Lacks: b.lacks, Edited: true})
	if do("u"); !strings.Contains(m.notice, "nothing was written that could be taken back") {
		t.Errorf("u says %q", m.notice)
	}
}

// TestFileThatChangedIsReadAgain: nothing is written over what somebody else wrote.
func TestFileThatChangedIsReadAgain(t *testing.T) {
	b := &bench{err: fmt.Errorf("writing Dockerfile: %w", act.ErrChanged)}
	m, do := acting(t, b)
	do("w", "w")
	if !strings.Contains(m.notice, "nothing was written, and the file is read again") || !m.progress.running {
		t.Errorf("it says %q, reading %v", m.notice, m.progress.running)
	}
}

func TestEditorThatIsMissingIsTold(t *testing.T) {
	m, do := acting(t, &bench{})
	do("e")
	if m.notice != "no editor for line 4" {
		t.Errorf("it says %q", m.notice)
	}
	m.Update(act.Edited{Changed: true})
	if !m.progress.running {
		t.Error("a file that the editor changed is not read again")
	}
}

func TestBuilding(t *testing.T) {
	m, do := acting(t, &bench{})
	do("w", "w", "b")
	if !strings.Contains(picture(m), "build: docker build -t shop .") {
		t.Fatalf("b does not show the command:\n%s", picture(m))
	}
	do("enter")
	if screen := picture(m); !m.progress.running || !strings.Contains(screen, "progress 2") || strings.Contains(screen, "progress 1") || strings.Contains(m.View().Content, "\x1b[2J") {
		t.Errorf("the build is not shown, or the image not read after it:\n%s", screen)
	}
	after := tuitest.Described(tuitest.Report())
	id := "sha256:new"
	after.Image.ID, after.Image.Size, after.Summary.WastedBytes = &id, 177_000_000, 25_000_000
	after.Findings, after.Tree = after.Findings[1:], tuitest.After().Tree
	_, cmd := m.Update(doneMsg{report: after})
	said := comparison(cmd)
	if said == nil {
		t.Fatal("no command compares the two")
	}
	send(m, *said)
	screen := picture(m)
	for _, want := range []string{"568 MB → 177 MB −391 MB, predicted 176 MB", "before  predicted     now", "118 packages nobody asked for", "0 B, and so it is"} {
		if !strings.Contains(screen, want) {
			t.Errorf("no %q:\n%s", want, screen)
		}
	}
	do("q")
	if m.besideOpen {
		t.Error("q does not close the page")
	}
}

func TestBuildThatFails(t *testing.T) {
	m, do := acting(t, &bench{})
	do("b", "f", "a", "i", "l", "enter")
	if screen := picture(m); !strings.Contains(screen, "the build failed") || !strings.Contains(screen, "docker build failed (exit 1)") || m.progress.running {
		t.Errorf("after a build that failed:\n%s", screen)
	}
	do("esc")
	if m.page != nil {
		t.Error("Esc does not close the page")
	}
}
