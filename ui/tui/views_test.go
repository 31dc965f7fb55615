package tui

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/pane"
	"github.com/tare-oci/tare/ui/tui/tuitest"
)

// viewScreens are states of the views for goldens and the sweep over sizes.
var viewScreens = []struct {
	name   string
	report func() *model.Report
	keys   []string
}{
	{"packages", func() *model.Report { return tuitest.Described(tuitest.Report()) }, []string{"3"}},
	{"packages-open", func() *model.Report { return tuitest.Described(tuitest.Report()) }, []string{"3", "down", "enter", "down", "enter", "down"}},
	{"dockerfile", func() *model.Report { return tuitest.Described(tuitest.Report()) }, []string{"4"}},
	{"rebuilt", tuitest.Rebuilt, []string{"4", "down", "down"}},
	{"config", func() *model.Report { return tuitest.Described(tuitest.Report()) }, []string{"5"}},
	{"config-shell", tuitest.Shell, []string{"5", "down"}},
}

func TestViewPictures(t *testing.T) {
	for _, size := range []struct{ width, height int }{{120, 36}, {80, 24}, {40, 10}} {
		for _, screen := range viewScreens {
			t.Run(fmt.Sprintf("%s-%dx%d", screen.name, size.width, size.height), func(t *testing.T) {
				m := opened(t, size.width, size.height, Options{}, screen.report())
				typed(m, screen.keys...)
				golden.RequireEqual(t, picture(m)+"\n")
			})
		}
	}
	yes, no := true, false
	for name, opt := range map[string]Options{"dark": {Dark: &yes}, "light": {Dark: &no}, "nocolor": {NoColor: true}, "ascii": {ASCII: true}} {
		for _, key := range []string{"3", "4", "5"} {
			t.Run(name+key+"-80x24", func(t *testing.T) {
				m := opened(t, 80, 24, opt, tuitest.Shell())
				typed(m, key)
				golden.RequireEqual(t, m.View().Content+"\n")
			})
		}
	}
}

func TestViewsFitEverySize(t *testing.T) {
	for _, screen := range viewScreens {
		m := opened(t, 120, 36, Options{}, screen.report())
		typed(m, screen.keys...)
		fitsEverySize(t, m, screen.name)
	}
	for _, key := range []string{"3", "4", "5"} {
		for name, r := range map[string]*model.Report{"nothing": nil, "empty": {}} {
			m := opened(t, 80, 24, Options{}, r)
			typed(m, key, "down", "enter", "left", "right", "G")
			fitsEverySize(t, m, name+" "+key)
		}
	}
}

func TestViewsOfAHostileImage(t *testing.T) {
	evil := "\x1b[2J\x1b]0;owned\x07\u202egpj.exe\u0085\n\r\t\x00\xff\u200b日本👩‍👩‍👧‍👦e\u0301" + strings.Repeat("\u0301", 300)
	long := strings.Repeat(evil, 200)
	r := tuitest.Described(tuitest.Hostile())
	r.Dockerfile.File = evil
	for i := range r.Dockerfile.Lines {
		r.Dockerfile.Lines[i] = strings.Repeat(" ", i*i*i) + long
	}
	for i := range r.Packages {
		p := &r.Packages[i]
		p.Version, p.Arch, p.Manager, p.Reason = evil, long, evil, evil
		if i%2 == 0 {
			p.Name, p.Bytes = long, 1<<62
		}
	}
	r.Packages[0].Layer = -5
	c := r.Config
	c.User, c.Entrypoint, c.WorkingDir, c.StopSignal, c.ExposedPorts = long, []string{long, evil}, evil, long, []string{evil, long}
	c.Env, c.Labels = []model.Setting{{Name: long, Value: long}, {Name: evil}}, []model.Setting{{Name: "", Value: evil}}
	c.Healthcheck = &model.Healthcheck{Test: []string{evil}, Interval: &evil}
	for i := range r.Findings {
		if i%2 == 0 {
			r.Findings[i].Rule = "runs-as-root"
		}
	}
	without := *r
	without.Dockerfile = nil
	for i, report := range []*model.Report{r, &without} {
		for j, opt := range []Options{{}, {ASCII: true, NoColor: true}} {
			if i != j && imagetest.Rounds(0, 0, 1) == 0 {
				continue
			}
			for n, keys := range [][]string{{"3"}, {"3", "G", "enter", "down"}, {"4", "down", "down"}, {"4", "G"}, {"4", "down", "enter"}, {"5", "down"}, {"5", "G", "up", "enter"}, {"5", "G"}} {
				if (i+n)%imagetest.Rounds(6, 6, 1) > 0 {
					continue
				}
				m := opened(t, 120, 36, opt, report)
				typed(m, keys...)
				for _, w := range []int{40, 300, 80, 63, 120}[:imagetest.Rounds(2, 2, 5)] {
					send(m, tea.WindowSizeMsg{Width: w, Height: 30})
					checkScreen(t, m, strings.Join(keys, " "))
				}
			}
		}
	}
}

// TestViewsOfAReportThatDoesNotFit: indexes out of range, circles, lines that
// are not there.
func TestViewsOfAReportThatDoesNotFit(t *testing.T) {
	r := tuitest.Described(tuitest.Report())
	far := 1000
	for i := range r.Packages {
		r.Packages[i].Layer = far - i*300
		r.Packages[i].NeededBy = r.Packages[(i+1)%len(r.Packages)].Name // one circle
		r.Packages[i].Reason = "dependency"
	}
	for i := range r.Instructions {
		r.Instructions[i].Location.Line, r.Instructions[i].Location.EndLine = i*5-3, i-10
		r.Instructions[i].Layer = &far
	}
	for i := range r.Findings {
		r.Findings[i].Layer, r.Findings[i].Instruction, r.Findings[i].HiddenBy = &far, &far, &far
	}
	r.Layers[0].Instruction = &far
	r.Image.Base.Layers = 77
	for _, key := range []string{"3", "4", "5"} {
		m := opened(t, 100, 30, Options{}, r)
		for range 15 {
			typed(m, key, "down", "enter", "enter", "right")
			checkScreen(t, m, key)
		}
	}
}

func TestDockerfileAndInstructionsFollowEachOther(t *testing.T) {
	for name, report := range map[string]*model.Report{"written": tuitest.Described(tuitest.Report()), "rebuilt": tuitest.Rebuilt()} {
		t.Run(name, func(t *testing.T) {
			m := opened(t, 120, 36, Options{}, report)
			typed(m, "4")
			step := func() int { return m.steps.Chosen().Number }
			line := func() string {
				return viewOf[*pane.Dockerfile](m.views).Source.Lines[viewOf[*pane.Dockerfile](m.views).Cursor].Text
			}
			if step() != 2 || !strings.Contains(line(), "RUN apt-get update") {
				t.Errorf("starts at step %d, line %q", step(), line())
			}
			for !strings.HasPrefix(line(), "USER") {
				typed(m, "down")
			}
			if step() != 5 {
				t.Errorf("at USER the instructions stand at %d", step())
			}
			typed(m, "tab", "up")
			if step() != 4 || !strings.HasPrefix(line(), "RUN rm") {
				t.Errorf("at step %d the Dockerfile stands at %q", step(), line())
			}
			typed(m, "g")
			if !strings.HasPrefix(line(), "FROM debian:bookworm-slim") {
				t.Errorf("at the base the Dockerfile stands at %q", line())
			}
			typed(m, "tab")
			if s := m.steps.Chosen(); !s.Base {
				t.Errorf("FROM is %+v", s)
			}
		})
	}
}

// TestDockerfileKeepsItsLine: reports that come while one reads it.
func TestDockerfileKeepsItsLine(t *testing.T) {
	for name, report := range map[string]func() *model.Report{"written": func() *model.Report { return tuitest.Described(tuitest.Report()) }, "rebuilt": tuitest.Rebuilt} {
		m := opened(t, 120, 36, Options{}, report())
		typed(m, "4", "G", "up")
		line, step := viewOf[*pane.Dockerfile](m.views).Cursor, m.steps.Chosen().Number
		send(m, doneMsg{report: report()})
		if viewOf[*pane.Dockerfile](m.views).Cursor != line || m.steps.Chosen().Number != step {
			t.Errorf("%s: from line %d, step %d to line %d, step %d", name, line, step, viewOf[*pane.Dockerfile](m.views).Cursor, m.steps.Chosen().Number)
		}
		send(m, tea.WindowSizeMsg{Width: 60, Height: 20})
		if m.steps.Chosen().Number != step {
			t.Errorf("%s: another size moves from step %d to %d", name, step, m.steps.Chosen().Number)
		}
	}
}

func TestConfigFlagsWhatMatters(t *testing.T) {
	m := opened(t, 120, 36, Options{}, tuitest.Shell())
	typed(m, "5")
	for _, text := range []string{"root, no USER is set", `/bin/sh -c 'python3 app.py | tee /var/log/it'`, "SIGTERM", "8080/tcp", "curl -f http://localhost:8080/, every 30s, 3", "API_TOKEN=***", "a secret in the image"} {
		if !strings.Contains(picture(m), text) {
			t.Errorf("lacks %q:\n%s", text, picture(m))
		}
	}
	typed(m, "down")
	for _, text := range []string{"a shell is process 1", `+ CMD ["python3", "app.py"]`} {
		if !strings.Contains(picture(m), text) {
			t.Errorf("process 1 lacks %q:\n%s", text, picture(m))
		}
	}
	r := tuitest.Described(tuitest.Report())
	r.Config = nil
	r.Findings = nil
	m = opened(t, 120, 36, Options{}, r)
	typed(m, "5")
	if !strings.Contains(picture(m), "This image has no config.") {
		t.Errorf("without a config:\n%s", picture(m))
	}
}

// TestCopyingFromViews: Y copies the edit that is on the screen.
func TestCopyingFromViews(t *testing.T) {
	for _, test := range []struct {
		keys []string
		want string
	}{
		{[]string{"3"}, "RUN apt-get update && apt-get install -y --no-install-recommends python3-pip git"},
		{[]string{"3", "down"}, "RUN apt-get update && apt-get install -y --no-install-recommends python3-pip git"},
		{[]string{"3", "G"}, ""},
		{[]string{"4", "down"}, "COPY --chown=10001 app.py /app/app.py"},
		{[]string{"4", "g"}, ""},
		{[]string{"5"}, ""},
		{[]string{"5", "down"}, `CMD ["python3", "app.py"]`},
		{[]string{"5", "down", "tab"}, "RUN apt-get update && apt-get install -y --no-install-recommends python3-pip git"},
	} {
		m := opened(t, 120, 36, Options{}, tuitest.Shell())
		typed(m, test.keys...)
		if got := m.edit(); got != test.want {
			t.Errorf("after %v Y copies %q, want %q", test.keys, got, test.want)
		}
		if _, cmd := m.Update(keyNamed("Y")); cmd == nil && test.want != "" {
			t.Errorf("after %v Y does nothing", test.keys)
		}
	}
}
