package pane

import (
	"strconv"
	"strings"

	"github.com/tare-oci/tare/model"
)

// Setting is a row of the config: a name, a value, and the findings about it.
type Setting struct {
	Kind     SettingKind
	Name     string // of a variable or label
	Value    string
	findings []*model.Finding
	alarming bool // the value itself, not only what a rule says of it
	absent   bool // nothing is set, and the value says what that means
}

// SettingKind is what a setting is about; SettingNames has the words.
type SettingKind uint8

const (
	userSetting SettingKind = iota
	processSetting
	directorySetting
	portSetting
	volumeSetting
	signalSetting
	healthSetting
	advice // a finding about how the image runs
	Variable
	Label
)

// SettingNames are what people call the kinds of settings, by their kind.
var SettingNames = [...]string{
	userSetting: "user", processSetting: "process 1", directorySetting: "directory", portSetting: "ports", volumeSetting: "volumes",
	signalSetting: "stop signal", healthSetting: "health check", advice: "Kubernetes", Variable: "environment", Label: "labels",
}

// settingOf is the setting that a rule is about.
var settingOf = map[string]SettingKind{
	"runs-as-root": userSetting, "shell-form-entrypoint": processSetting, "init-system": processSetting, "many-services": processSetting,
	"logs-to-files": processSetting, "baked-in-state": volumeSetting, "no-healthcheck": healthSetting,
}

// settingsOf lists what a config says, with the findings about each, and the
// findings by themselves.
func settingsOf(r *model.Report) []Setting {
	var out []Setting
	about := make(map[SettingKind][]*model.Finding)
	var advices []Setting
	var secrets []*model.Finding
	for i := range r.Findings {
		f := &r.Findings[i]
		if runningWell[f.Rule] == nil {
			continue
		}
		if kind, known := settingOf[f.Rule]; known {
			about[kind] = append(about[kind], f)
		} else {
			secrets = append(secrets, f)
		}
		advices = append(advices, Setting{Kind: advice, Value: f.Title, findings: []*model.Finding{f}})
	}
	c := r.Config
	if c == nil {
		return advices
	}
	add := func(kind SettingKind, value, otherwise string) *Setting {
		s := Setting{Kind: kind, Value: value, findings: about[kind]}
		if value == "" {
			s.Value, s.absent = otherwise, true
		}
		out = append(out, s)
		return &out[len(out)-1]
	}
	add(userSetting, c.User, "root, no USER is set").alarming = c.Root
	add(processSetting, commandLine(c), "nothing: the container needs a command").alarming = c.ShellForm && len(about[processSetting]) > 0
	add(directorySetting, c.WorkingDir, "/")
	add(portSetting, strings.Join(c.ExposedPorts, ", "), "none named")
	add(volumeSetting, strings.Join(c.Volumes, ", "), "none")
	add(signalSetting, c.StopSignal, "SIGTERM, the default")
	add(healthSetting, healthText(c.Healthcheck), "none")
	out = append(out, advices...)
	for _, group := range []struct {
		kind SettingKind
		list []model.Setting
	}{{Variable, c.Env}, {Label, c.Labels}} {
		for _, one := range group.list {
			s := Setting{Kind: group.kind, Name: one.Name, Value: one.Value}
			if strings.Contains(one.Value, "***") {
				s.findings, s.alarming = secrets, true
			}
			out = append(out, s)
		}
	}
	return out
}

// commandLine is what process 1 is started with, as a shell would take it.
func commandLine(c *model.Config) string {
	var words []string
	for _, list := range [][]string{c.Entrypoint, c.Cmd} {
		for _, word := range list {
			words = append(words, quoteWord(word))
		}
	}
	return strings.Join(words, " ")
}

func quoteWord(word string) string {
	if word != "" && !strings.ContainsAny(word, " \t\n\"'$`\\*?[]{}()<>|&;#!~") {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

func healthText(h *model.Healthcheck) string {
	if h == nil || len(h.Test) == 0 {
		return ""
	}
	words := make([]string, 0, len(h.Test))
	for _, word := range h.Test[1:] {
		if h.Test[0] == "CMD" {
			word = quoteWord(word)
		}
		words = append(words, word)
	}
	text := strings.Join(words, " ")
	if h.Interval != nil {
		text += ", every " + *h.Interval
	}
	if h.Timeout != nil {
		text += ", within " + *h.Timeout
	}
	if h.StartPeriod != nil {
		text += ", not in the first " + *h.StartPeriod
	}
	if h.Retries != nil {
		text += ", " + strconv.Itoa(*h.Retries) + " times"
	}
	return text
}
