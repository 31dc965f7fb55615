package view

import (
	"strings"

	"github.com/tare-oci/tare/model"
)

// Next returns what to type about a threshold that fails, "" where no command helps. Older
// is the image that growth is about, as the user named it.
func (v Findings) Next(t *model.Threshold, older string) string {
	image := word(v.image(), "IMAGE")
	switch {
	case strings.HasSuffix(t.Name, "-growth"):
		return "tare compare " + word(older, "OLD") + " " + image
	case len(t.Findings) > 0 && t.Findings[0] >= 0 && t.Findings[0] < len(v.Report.Findings):
		return v.Command(&v.Report.Findings[t.Findings[0]])
	}
	switch t.Name {
	case "deny-paths":
		return "tare explain context"
	case "deny-packages":
		return "tare explain packages"
	case "require-user":
		return "tare explain runs-as-root"
	case "require-labels":
		return "docker build --label " + word(t.Rule, "NAME") + "=VALUE ."
	case "max-layers":
		return "tare explain layers"
	case "max-size", "max-pull-size":
		return "tare " + image
	}
	return ""
}
