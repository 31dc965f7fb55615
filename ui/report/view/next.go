package view

import (
	"strings"

	"github.com/tare-oci/tare/model"
)

// Next returns what to type about a threshold that fails, nothing where no command helps. Older
// is the image that growth is about, as the user named it. Where no command writes the change
// of the largest finding, the first line says how to make it, and the second writes another that
// is worth it.
func (v Findings) Next(t *model.Threshold, older string) (commands []string) {
	image := word(v.image(), "IMAGE")
	if strings.HasSuffix(t.Name, "-growth") {
		commands = []string{"tare compare " + word(older, "OLD") + " " + image}
		if fix := v.fixOf(t); fix != "" {
			commands = append(commands, fix)
		}
		return commands
	}
	for _, i := range t.Findings {
		if i < 0 || i >= len(v.Report.Findings) {
			continue
		}
		f := &v.Report.Findings[i]
		switch {
		case commands == nil:
			if commands = []string{v.Command(f)}; v.Written(f) {
				return commands
			}
		case v.Written(f) && !v.changeOf(f).BelowFloor:
			return append(commands, v.Command(f))
		}
	}
	if commands != nil {
		return commands
	}
	switch t.Name {
	case "deny-paths":
		return []string{"tare explain context"}
	case "deny-packages":
		return []string{"tare explain packages"}
	case "require-user":
		return []string{"tare explain runs-as-root"}
	case "require-labels":
		return []string{"docker build --label " + word(t.Rule, "NAME") + "=VALUE ."}
	case "max-layers":
		return []string{"tare explain layers"}
	case "max-size", "max-pull-size":
		return []string{"tare " + image}
	}
	return nil
}

// fixOf returns the command that makes an image smaller which grew: what writes the change of a
// finding that grew, or else the whole plan; "" where tare fix has nothing to write.
func (v Findings) fixOf(t *model.Threshold) string {
	for _, i := range t.Findings {
		if i < 0 || i >= len(v.Report.Findings) {
			continue
		}
		if f := &v.Report.Findings[i]; v.Written(f) && !v.changeOf(f).BelowFloor {
			return v.Command(f)
		}
	}
	if v.Report.Plan.Changes == 0 || strings.Contains(t.Name, "layer") || strings.Contains(t.Name, "package") {
		return ""
	}
	return v.FixCommand(v.File())
}

// File is the Dockerfile as whoever reads this named it.
func (v Findings) File() string {
	if d := v.Report.Dockerfile; d != nil && d.File != "" {
		return d.File
	}
	return "Dockerfile"
}
