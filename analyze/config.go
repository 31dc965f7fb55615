package analyze

import (
	"maps"
	"slices"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/redact"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/model"
)

// configOf is how the image will run, nil where there is no config. Nothing in
// it is a secret that a rule flags, or a build argument's value.
func configOf(file *v1.ConfigFile, mask redact.Mask) *model.Config {
	if file == nil {
		return nil
	}
	c := &file.Config
	s := settings{mask: mask, expanded: history.Expanded(file)}
	user, _, _ := strings.Cut(c.User, ":")
	out := &model.Config{
		User: s.text(c.User), Root: rules.IsRootUser(user),
		Entrypoint: s.words(c.Entrypoint), Cmd: s.words(c.Cmd), ShellForm: rules.ShellForm(c.Entrypoint, c.Cmd),
		ExposedPorts: s.names(c.ExposedPorts), Volumes: s.names(c.Volumes), WorkingDir: s.text(c.WorkingDir),
		Env: []model.Setting{}, Labels: []model.Setting{}, StopSignal: s.text(c.StopSignal), Healthcheck: s.health(c.Healthcheck),
	}
	for _, variable := range c.Env {
		name, value, _ := strings.Cut(variable, "=")
		out.Env = append(out.Env, s.pair(name, value))
	}
	for _, name := range slices.Sorted(maps.Keys(c.Labels)) {
		out.Labels = append(out.Labels, s.pair(name, c.Labels[name]))
	}
	return out
}

// settings writes what a config says so that everybody may read it.
type settings struct {
	mask     redact.Mask
	expanded func(key, text string) string
}

// pair is a variable or a label. A secret is masked even where it came in as a
// build argument: what counts is that the image holds it.
func (s *settings) pair(name, value string) model.Setting {
	shown, _ := s.mask.Value(name, value)
	if shown != redact.Masked {
		shown, _ = s.mask.Value(name, s.expanded(name, value))
	}
	return model.Setting{Name: s.mask.Text(name), Value: shown}
}

func (s *settings) text(text string) string { return s.mask.Text(s.expanded("", text)) }

// words are those of a command, in which no builder expands arguments.
func (s *settings) words(words []string) []string { return s.mask.Words(words) }

func (s *settings) names(set map[string]struct{}) []string {
	out := []string{}
	for _, name := range slices.Sorted(maps.Keys(set)) {
		out = append(out, s.text(name))
	}
	return out
}

func (s *settings) health(check *v1.HealthConfig) *model.Healthcheck {
	if check == nil || len(check.Test) == 0 || check.Test[0] == "NONE" {
		return nil
	}
	given := func(d time.Duration) *string {
		if d == 0 {
			return nil
		}
		return model.Ptr(d.String())
	}
	out := &model.Healthcheck{
		Test: s.words(check.Test), Interval: given(check.Interval), Timeout: given(check.Timeout), StartPeriod: given(check.StartPeriod),
	}
	if check.Retries != 0 {
		out.Retries = &check.Retries
	}
	return out
}
