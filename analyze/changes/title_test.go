package changes

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/model"
)

// TestTitleNamesTheStageFirst: of many steps, "and more" hides the last ones, never the stage.
func TestTitleNamesTheStageFirst(t *testing.T) {
	d := draft{steps: []step{
		{rule: "apt-recommends", strategy: model.Flag}, {rule: "apt-lists", strategy: model.SameRunCleanup},
		{rule: "pip-cache", strategy: model.Flag}, {rule: "build-tools", strategy: model.MultiStage},
	}}
	got := strings.Split(d.title(), ", ")
	if stage := (step{rule: "build-tools", strategy: model.MultiStage}).phrase(); len(got) != maxSteps || got[0] != stage || got[maxSteps-1] != "and more" {
		t.Errorf("title %q, want %q first", d.title(), stage)
	}
}
