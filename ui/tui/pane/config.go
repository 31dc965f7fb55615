package pane

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// Config is the view of how the image will run, and of what a cluster would object to.
type Config struct {
	state

	Settings []Setting
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

// Show takes a report over.
func (v *Config) Show(report *model.Report) {
	v.report = report
	v.list()
}

// list lists the settings that the filter leaves.
func (v *Config) list() {
	v.Settings = nil
	if v.report != nil {
		v.Settings = slices.DeleteFunc(settingsOf(v.report), func(s Setting) bool { return !v.narrow.has(SettingNames[s.Kind], s.Name, s.Value) })
	}
	v.Resize(len(v.Settings), v.Height)
}

// Selected is the finding that the row under the cursor is about, the first with an edit.
func (v *Config) Selected() (*model.Finding, bool) {
	if v.Cursor < 0 || v.Cursor >= len(v.Settings) {
		return nil, true
	}
	return firstEdit(v.Settings[v.Cursor].findings), true
}

// Hints are the keys that do something on the row under the cursor.
func (v *Config) Hints() []Hint {
	f, _ := v.Selected()
	return v.readHints(f, "read")
}

// Empty says why there are no rows.
func (v *Config) Empty() string {
	switch {
	case v.over:
		return "Nothing is known."
	case v.report == nil:
		return "The config appears once the image is found."
	case v.narrow.on():
		return v.nothing()
	}
	return "This image has no config."
}

// Columns of a row: name, mark, value.
const (
	settingStart = 2
	settingWidth = len("health check")
)

// Row draws row i.
func (v *Config) Row(l *draw.Line, i int) {
	s := &v.Settings[i]
	l.To(settingStart)
	if i == 0 || v.Settings[i-1].Kind != s.Kind || i == v.Top {
		l.Cell(v.th.Dim, SettingNames[s.Kind], settingWidth)
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
	if s.Kind == Variable || s.Kind == Label {
		name := v.th.OneLine(s.Name, l.Width)
		l.AddWithin(v.th.Keyword, name, room)
		if room -= display.Width(name) + 1; room <= 0 {
			return
		}
		l.Add(v.th.Dim, "=")
	}
	l.AddWithin(style, v.th.OneLine(s.Value, l.Width), room)
	if note := " " + v.th.Charset.Dot + " shell form"; s.Kind == processSetting && v.report.Config.ShellForm && len(note) < l.Left() {
		l.Add(v.th.Dim, note)
	}
}

// Read writes the value in full, what it means, and what to do about it.
func (v *Config) Read(p *draw.Page) string {
	if v.Cursor < 0 || v.Cursor >= len(v.Settings) {
		return ""
	}
	s := &v.Settings[v.Cursor]
	if s.Kind == advice {
		v.readAdvice(p, s.findings[0])
		return "running well"
	}
	switch {
	case s.Kind == Variable, s.Kind == Label:
		p.Paragraph(v.th.Strong, s.Name)
		p.Paragraph(v.th.Text, s.Value)
	case s.absent:
		p.Paragraph(v.th.Dim, s.Value)
	default:
		p.Paragraph(v.th.Text, s.Value)
	}
	if note := v.Note(s); note != "" {
		p.Paragraph(v.th.Dim, note)
	}
	for _, f := range s.findings {
		p.Blank()
		v.readAdvice(p, f)
	}
	return SettingNames[s.Kind]
}

// Note says what a value means for the person who runs the image.
func (v *Config) Note(s *Setting) string {
	c := v.report.Config
	switch {
	case c == nil:
	case s.Kind == userSetting && c.Root:
		return "Process 1 can do anything inside the container. A cluster that requires runAsNonRoot will not start it."
	case s.Kind == userSetting && !strings.Contains(c.User, "$") && strings.Trim(firstOf(c.User, ":"), "0123456789") != "":
		return "A name. A cluster that requires runAsNonRoot needs a number, to see that it is not root."
	case s.Kind == processSetting && c.ShellForm:
		return "Shell form: a shell is process 1, and starts the program."
	case s.Kind == processSetting && len(c.Entrypoint) > 0 && len(c.Cmd) > 0:
		return "ENTRYPOINT, then CMD, which docker run's arguments and a pod's args replace."
	case s.Kind == volumeSetting && !s.absent:
		return "Each container gets a new volume there, unless one is mounted."
	case s.Kind == healthSetting:
		return "Docker runs this; Kubernetes uses probes in the pod's manifest instead."
	case s.Value == "***":
		return "A secret, masked. Anyone who can pull the image can read it."
	}
	return ""
}

func firstOf(text, separator string) string {
	first, _, _ := strings.Cut(text, separator)
	return first
}

// readAdvice writes a finding and why it matters.
func (v *Config) readAdvice(p *draw.Page, f *model.Finding) {
	draw.WriteFinding(p, f)
	if rule := runningWell[f.Rule]; rule != nil {
		p.Blank()
		p.Paragraph(v.th.Dim, rule.Why)
	}
}
