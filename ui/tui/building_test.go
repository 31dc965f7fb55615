package tui

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/act"
	"github.com/tare-oci/tare/ui/tui/tuitest"
	"github.com/tare-oci/tare/ui/tui/viewer"
)

// building is the interface with a build that runs, on its page.
func building(t *testing.T) (m *root, do func(names ...string), ends func(err error)) {
	t.Helper()
	m, do = acting(t, &bench{})
	m.startBuild("docker build -t app:1-tare .")
	send(m, act.Logged{Of: m.desk.build})
	return m, do, func(err error) { send(m, act.Built{Of: m.desk.build, Err: err}) }
}

func sees(t *testing.T, m *root, want ...string) {
	t.Helper()
	for _, text := range want {
		if screen := picture(m); !strings.Contains(screen, text) {
			t.Errorf("no %q:\n%s", text, screen)
		}
	}
}

// TestBuildThatIsLeftSaysSo: q leaves the build's page, and the footer still says that it runs.
func TestBuildThatIsLeftSaysSo(t *testing.T) {
	m, do, ends := building(t)
	sees(t, m, "Esc stop the build", "q leave it running")
	do("q")
	sees(t, m, "building app:1-tare…  b shows it")
	do("?")
	sees(t, m, "building app:1-tare…  b shows it")
	do("q", "b")
	sees(t, m, "docker build -t app:1-tare .", "q leave it running")
	do("q")
	ends(nil)
	if !m.progress.running || !strings.HasPrefix(m.notice, "built in ") {
		t.Errorf("at the lists the new image is not opened: %q", m.notice)
	}
}

// TestResultOpensOverNoPage: what somebody reads stays, and the footer says that there is a result.
func TestResultOpensOverNoPage(t *testing.T) {
	m, do, ends := building(t)
	do("q", "?")
	ends(nil)
	if m.progress.running || m.page == nil {
		t.Fatal("the result is opened over the help")
	}
	if want := "built app:1-tare in "; !strings.HasPrefix(m.notice, want) || !strings.HasSuffix(m.notice, "; b opens it") {
		t.Errorf("it says %q", m.notice)
	}
	do("j")
	sees(t, m, "built app:1-tare  b opens it")
	do("b")
	if m.page != nil || !m.progress.running {
		t.Error("b does not open it")
	}
	do("?") // while it is read
	after := tuitest.Described(tuitest.Report())
	send(m, doneMsg{report: after})
	if m.report == after || m.page == nil {
		t.Error("the new image is shown over the help")
	}
	sees(t, m, "built app:1-tare  b opens it")
	if do("q"); m.report != after {
		t.Error("at the lists it is not shown")
	}
}

func TestBuildThatFailsOutOfSight(t *testing.T) {
	m, do, ends := building(t)
	do("q", "?")
	ends(errors.New("docker build failed (exit 1)"))
	if m.page.kind != helpPage || m.notice != "the build of app:1-tare failed; b shows why" {
		t.Errorf("it says %q", m.notice)
	}
	do("q")
	sees(t, m, "the build of app:1-tare failed  b shows why")
	do("b")
	sees(t, m, "the build failed", "docker build failed (exit 1)")
	do("q", "b")
	if m.prompt == nil {
		t.Error("b does not ask for the next build")
	}
}

// TestStoppedBuildDidNotFail: it is called stopped, and nothing is to be taken back where nothing was
// written.
func TestStoppedBuildDidNotFail(t *testing.T) {
	m, do, ends := building(t)
	do("esc")
	sees(t, m, "it is being stopped")
	ends(context.Canceled)
	sees(t, m, "the build was stopped", "You still see the previous image.")
	for _, text := range []string{"failed", "context canceled", "takes back"} {
		if screen := picture(m); strings.Contains(screen, text) {
			t.Errorf("%q is there:\n%s", text, screen)
		}
	}
	m.desk.written.Changes = []string{"a"}
	send(m, act.Looked{})
	sees(t, m, "u takes back the last change")
}

// TestArchiveInTheContextIsAsked: X does not silently put an archive where the next build takes it up.
func TestArchiveInTheContextIsAsked(t *testing.T) {
	aside := t.TempDir()
	for key, want := range map[string]string{"y": filepath.Join(aside, "step-2.tar"), "h": "step-2.tar", "n": ""} {
		t.Chdir(t.TempDir())
		m, do := acting(t, &bench{aside: aside})
		m.opt.OpenAll = func(context.Context, *model.Report, []model.RecordID, func(model.RecordID, io.Reader) error) error {
			return nil
		}
		m.right = false
		m.steps.Choose(1)
		do("X")
		if m.prompt == nil || !strings.HasPrefix(m.prompt.ask, "./step-2.tar would be part of the next build's context; save ") {
			t.Fatalf("it asks %+v, or says %q", m.prompt, m.notice)
		}
		_, cmd := m.Update(keyNamed(key))
		saved := savedIn(cmd)
		if want == "" {
			if saved != nil {
				t.Errorf("%s saves", key)
			}
			continue
		}
		if saved == nil || filepath.Join(saved.Dir, saved.Name) != want {
			t.Errorf("%s: %+v, want %s", key, saved, want)
		}
	}
}

// savedIn is the message of saving that a command brings, nil where it saves nothing.
func savedIn(cmd tea.Cmd) *viewer.Saved {
	if cmd == nil {
		return nil
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, one := range msg {
			if saved := savedIn(one); saved != nil {
				return saved
			}
		}
	case viewer.Saved:
		return &msg
	}
	return nil
}

// TestStepThatOnlyDeletesHasNothingToSave: X says where the files are.
func TestStepThatOnlyDeletesHasNothingToSave(t *testing.T) {
	m, do := acting(t, &bench{})
	tree := m.report.Tree
	for i := range tree.Records {
		if r := &tree.Records[i]; r.Layer == 3 && r.Kind == model.File {
			r.Kind = model.Whiteout
		}
	}
	m.right = false
	m.steps.Choose(3)
	if do("X"); m.prompt != nil || !strings.HasPrefix(m.notice, "this step stores no files, it only deletes; [ goes to those before") {
		t.Errorf("it asks %+v, and says %q", m.prompt, m.notice)
	}
}

// TestLongQuestionIsShownWhole: who is asked sees the keys that answer, also on a narrow screen.
func TestLongQuestionIsShownWhole(t *testing.T) {
	m, do := acting(t, &bench{aside: "/home/somebody/with/a/long/name"})
	m.opt.OpenAll = func(context.Context, *model.Report, []model.RecordID, func(model.RecordID, io.Reader) error) error {
		return nil
	}
	m.right = false
	m.steps.Choose(1)
	do("X")
	for _, size := range []tea.WindowSizeMsg{{Width: 80, Height: 24}, {Width: 40, Height: 10}} {
		send(m, size)
		if screen := picture(m); m.prompt == nil || !strings.Contains(screen, "y/n, h: here") {
			t.Errorf("at %d by %d:\n%s", size.Width, size.Height, screen)
		}
	}
}
