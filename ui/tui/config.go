package tui

import (
	"strings"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// config is the view of how the image will run, and what a cluster would have
// against it.
type config struct {
	state

	settings []setting
}

// runningWell are the rules about how an image runs, by their ids.
var runningWell = rulesOf(string(analyze.RunningWell))

// rulesOf are the rules of one group, by their ids.
func rulesOf(group string) map[string]*analyze.Rule {
	found := make(map[string]*analyze.Rule)
	rules := analyze.Rules()
	for i := range rules {
		if string(rules[i].Group) == group {
			found[rules[i].ID] = &rules[i]
		}
	}
	return found
}

// show takes a report over.
func (v *config) show(report *model.Report) {
	v.report, v.settings = report, nil
	if report != nil {
		v.settings = settingsOf(report)
	}
	v.Resize(len(v.settings), v.Height)
}

func (v *config) selected() (*model.Finding, bool) {
	if v.Cursor < 0 || v.Cursor >= len(v.settings) {
		return nil, true
	}
	return firstEdit(v.settings[v.Cursor].findings), true
}

func (v *config) hints() []hint {
	f, _ := v.selected()
	return v.readHints(f, "read")
}

func (v *config) empty() string {
	switch {
	case v.over:
		return "Nothing is known."
	case v.report == nil:
		return "The config appears when the image is found."
	}
	return "This image has no config."
}

// Columns of a row: name, mark, value.
const (
	settingStart = 2
	settingWidth = len("health check")
)

func (v *config) row(l *draw.Line, i int) {
	s := &v.settings[i]
	l.To(settingStart)
	if i == 0 || v.settings[i-1].kind != s.kind || i == v.Top {
		l.Cell(v.th.Dim, settingNames[s.kind], settingWidth)
	} else {
		l.Gap(settingWidth)
	}
	l.Gap(1)
	if len(s.findings) > 0 || s.alarming {
		l.Paint(v.th.Waste, v.th.Possible).Gap(1)
	} else {
		l.Gap(2)
	}
	style := v.th.Text
	switch {
	case s.alarming:
		style = v.th.Waste
	case s.absent:
		style = v.th.Dim
	}
	room := l.Left() - 1
	if s.kind == variable || s.kind == label {
		name := v.th.OneLine(s.name, l.Width)
		l.AddWithin(v.th.Keyword, name, room)
		if room -= display.Width(name) + 1; room <= 0 {
			return
		}
		l.Add(v.th.Dim, "=")
	}
	l.AddWithin(style, v.th.OneLine(s.value, l.Width), room)
	if note := " " + v.th.Charset.Dot + " shell form"; s.kind == processSetting && v.report.Config.ShellForm && len(note) < l.Left() {
		l.Add(v.th.Dim, note)
	}
}

// read writes the value in full, what it means, and what to do about it.
func (v *config) read(p *draw.Page) string {
	if v.Cursor < 0 || v.Cursor >= len(v.settings) {
		return ""
	}
	s := &v.settings[v.Cursor]
	if s.kind == advice {
		v.readAdvice(p, s.findings[0])
		return "running well"
	}
	switch {
	case s.kind == variable, s.kind == label:
		p.Paragraph(v.th.Strong, s.name)
		p.Paragraph(v.th.Text, s.value)
	case s.absent:
		p.Paragraph(v.th.Dim, s.value)
	default:
		p.Paragraph(v.th.Text, s.value)
	}
	if note := v.note(s); note != "" {
		p.Paragraph(v.th.Dim, note)
	}
	for _, f := range s.findings {
		p.Blank()
		v.readAdvice(p, f)
	}
	return settingNames[s.kind]
}

// note says what a value means to who runs the image.
func (v *config) note(s *setting) string {
	c := v.report.Config
	switch {
	case c == nil:
	case s.kind == userSetting && c.Root:
		return "Process 1 may do everything inside the container. A cluster that asks for runAsNonRoot will not start it."
	case s.kind == userSetting && !strings.Contains(c.User, "$") && strings.Trim(firstOf(c.User, ":"), "0123456789") != "":
		return "A name. A cluster that asks for runAsNonRoot wants a number, to see that it is not root's."
	case s.kind == processSetting && c.ShellForm:
		return "Shell form: a shell is process 1, and starts the program."
	case s.kind == processSetting && len(c.Entrypoint) > 0 && len(c.Cmd) > 0:
		return "ENTRYPOINT, then CMD, which arguments to docker run and args of a pod replace."
	case s.kind == volumeSetting && !s.absent:
		return "Each container gets a new volume there, unless one is mounted."
	case s.kind == healthSetting:
		return "Docker asks; Kubernetes wants probes in the pod's manifest instead."
	case s.value == "***":
		return "A secret, masked. Whoever can pull the image can read it."
	}
	return ""
}

func firstOf(text, separator string) string {
	first, _, _ := strings.Cut(text, separator)
	return first
}

// readAdvice writes a finding and why it matters.
func (v *config) readAdvice(p *draw.Page, f *model.Finding) {
	draw.WriteFinding(p, f)
	if rule := runningWell[f.Rule]; rule != nil {
		p.Blank()
		p.Paragraph(v.th.Dim, rule.Why)
	}
}
