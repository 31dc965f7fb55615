package gate

import (
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// RequireUser is the user that the container has to run as: a name or number as in USER, or
// "" for any user but root.
type RequireUser string

// RequireLabel is a label that the image must have: NAME, or NAME=PATTERN for its value.
type RequireLabel string

// Name implements Bound.
func (RequireUser) Name() string { return NameRequireUser }

// Name implements Bound.
func (RequireLabel) Name() string { return NameRequireLabels }

var errNoConfig = errors.New("the image has no config, so nobody knows how it runs")

func (b RequireUser) judge(s *scale) (model.Threshold, error) {
	config := s.report.Config
	if config == nil {
		return model.Threshold{}, errNoConfig
	}
	user, _, _ := strings.Cut(config.User, ":")
	t := model.Threshold{Figure: display.OneLine(config.User), Limit: "not root"}
	if config.User == "" {
		t.Figure = "root"
	}
	t.Passed = !config.Root
	if b != "" {
		t.Limit, t.Passed = strings.ReplaceAll(string(b), ",", " or "), slices.Contains(strings.Split(string(b), ","), user)
	}
	t.Reason = "the container runs as " + t.Figure
	if config.Root && b == "" && config.User != "" && user != "root" && user != "0" {
		t.Reason += ", which is root"
	}
	if t.Passed {
		return t, nil
	}
	if at := s.last("USER"); at >= 0 {
		in := &s.report.Instructions[at]
		t.Contributions = []model.Contribution{{Instruction: &in.Index, Layer: in.Layer, Location: in.Location, Inherited: in.Inherited}}
		t.Reason += ": " + s.contribution(&t.Contributions[0], false)
		return t, nil
	}
	t.Reason += ": no instruction names another user; add USER before the ENTRYPOINT or CMD"
	return t, nil
}

// last returns the index of the last instruction of a keyword, -1 where there is none.
func (s *scale) last(keyword string) int {
	for i := len(s.report.Instructions) - 1; i >= 0; i-- {
		if s.report.Instructions[i].Keyword == keyword {
			return i
		}
	}
	return -1
}

// flatten takes from a slash what path.Match gives it: a label's value is no path, and * stands
// for any characters of it.
func flatten(text string) string { return strings.ReplaceAll(text, "/", "\x00") }

func (b RequireLabel) judge(s *scale) (model.Threshold, error) {
	if s.report.Config == nil {
		return model.Threshold{}, errNoConfig
	}
	name, pattern, _ := strings.Cut(string(b), "=")
	t := model.Threshold{Rule: name, Figure: "missing", Limit: "there"}
	if pattern != "" {
		t.Limit = pattern
	}
	t.Reason = "add LABEL " + name + "=… to the Dockerfile, or --label to the build"
	for _, l := range s.report.Config.Labels {
		if l.Name != name {
			continue
		}
		ok, err := path.Match(flatten(pattern), flatten(l.Value))
		t.Figure, t.Passed = display.OneLine(l.Value), l.Value != "" && (pattern == "" || ok && err == nil)
		if t.Figure == "" {
			t.Figure = "empty"
		}
		if t.Passed {
			t.Reason = "it is there"
		}
	}
	return t, nil
}
