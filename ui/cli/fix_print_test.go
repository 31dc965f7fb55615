package cli

import (
	"os"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/model"
)

// TestNothingByDefault: where nothing but a build stage on request saves anything, the page does not
// say that there is nothing to fix, nor that the stage would save more.
func TestNothingByDefault(t *testing.T) {
	offer := &fix.Offer{Bytes: 380e6, Why: "tare could not read the program that a container starts"}
	for _, test := range []struct {
		offer *fix.Offer
		want  string
	}{
		{nil, "There is nothing to fix in this Dockerfile.\n"},
		{&fix.Offer{Bytes: 380e6, Why: "this strategy makes no build stage", Instead: true}, "With this strategy there is nothing to fix in this Dockerfile.\n--strategy multi-stage would save 380 MB; not done here: this strategy makes no build stage.\n"},
		{offer, "By default there is nothing to fix in this Dockerfile.\n--strategy multi-stage would save 380 MB; not done by default: tare could not read the program that a container starts.\n"},
	} {
		var page strings.Builder
		if err := printFix(&page, &model.Report{}, &fix.Result{Offer: test.offer}, &fixFlags{}, terminal{Streams{Getenv: os.LookupEnv}}, &flags{}); err != nil {
			t.Fatal(err)
		}
		got := strings.ReplaceAll(strings.ReplaceAll(page.String(), "\n", " "), ". ", ".\n")
		if strings.TrimSpace(got) != strings.TrimSpace(test.want) {
			t.Errorf("with %+v it says\n%s\nwant\n%s", test.offer, got, test.want)
		}
	}
}

// TestSomethingIsLeft: where only a person can save what is above the floor, the page does not say that
// there is nothing to fix.
func TestSomethingIsLeft(t *testing.T) {
	for bytes, want := range map[int64]string{48e6: "There is nothing that tare can fix in this Dockerfile by itself.", 900e3: "There is nothing to fix in this Dockerfile."} {
		result := &fix.Result{Saved: make([]bool, 1), Floor: 1e6, Left: []fix.Left{{Rule: "metadata-copy", Bytes: bytes, Line: 3, Why: "Move the chown."}}}
		var page strings.Builder
		if err := printFix(&page, &model.Report{Findings: make([]model.Finding, 1)}, result, &fixFlags{}, terminal{Streams{Getenv: os.LookupEnv}}, &flags{}); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(page.String(), want+"\n") {
			t.Errorf("with %d bytes left it says\n%s", bytes, page.String())
		}
	}
}

// TestSmallOnesAreFolded: what an edit would save is told apart from what no edit helps, and an edit
// that saves more than the floor, but too little for what it names, has its own line.
func TestSmallOnesAreFolded(t *testing.T) {
	report := &model.Report{Findings: make([]model.Finding, 4)}
	result := &fix.Result{Saved: make([]bool, 4), Floor: 1e6, Left: []fix.Left{
		{Rule: "apt-recommends", Finding: 0, Bytes: 40e6, Line: 3, Why: "it saves less than what stays", Small: true, Saves: 12e6},
		{Rule: "apt-recommends", Finding: 1, Bytes: 36e6, Why: "it saves less than the floor", Small: true, Saves: 900e3},
		{Rule: "logs", Finding: 2, Bytes: 20e3, Why: "it saves less than the floor", Small: true, Saves: 20e3},
		{Rule: "overwritten", Finding: 3, Bytes: 500e3, Why: "Leave it", Small: true},
	}}
	var page strings.Builder
	if err := printFix(&page, report, result, &fixFlags{}, terminal{Streams{Getenv: os.LookupEnv}}, &flags{}); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(strings.Fields(page.String()), " ")
	const want = "left alone: 40 MB line 3, apt-recommends: it saves less than what stays " +
		"also left alone: 2 small ones below the floor (920 kB; --floor 0 includes their edits), 1 without an edit (500 kB); -v lists them"
	if !strings.HasSuffix(got, want) {
		t.Errorf("it says\n%s\nwant at its end\n%s", got, want)
	}
}

// TestWhatStaysForOthersIsSaid: a note on what another file of the project needs stands below the edits, too.
func TestWhatStaysForOthersIsSaid(t *testing.T) {
	report := &model.Report{Notes: []string{"a note on a layer", model.KeptNote + "js/Dockerfile: apt's package lists (19 MB)"}}
	var page strings.Builder
	if err := printFix(&page, report, &fix.Result{}, &fixFlags{}, terminal{Streams{Getenv: os.LookupEnv}}, &flags{}); err != nil {
		t.Fatal(err)
	}
	if got := page.String(); !strings.HasSuffix(got, "\n\nkept for js/Dockerfile: apt's package lists (19 MB)\n") || strings.Contains(got, "a note") {
		t.Errorf("it says\n%s", got)
	}
}

// TestWhatAStrategyAndARuleLeaveOut: who asks for a stage where there is none to make is told so, and who
// asks for one rule is told that others are left out.
func TestWhatAStrategyAndARuleLeaveOut(t *testing.T) {
	const noStage, onlyPicked = "no second stage: ", "only what --rule asks for"
	stage := fix.Applied{Rule: "build-tools", Strategy: model.MultiStage}
	other := fix.Applied{Rule: "apt-lists", Strategy: model.SameRunCleanup}
	refused := fix.Left{Rule: "build-tools", Bytes: 9e6, Why: "tare cannot work such a stage out here"}
	for name, test := range map[string]struct {
		own    fixFlags
		result fix.Result
		want   string
	}{
		"a stage, and none to make":  {fixFlags{strategy: "multi-stage"}, fix.Result{Applied: []fix.Applied{other}}, noStage},
		"a stage that is made":       {fixFlags{strategy: "multi-stage"}, fix.Result{Applied: []fix.Applied{stage}}, ""},
		"a stage that is left":       {fixFlags{strategy: "multi-stage"}, fix.Result{Left: []fix.Left{refused}}, ""},
		"no stage":                   {fixFlags{}, fix.Result{Applied: []fix.Applied{other}}, ""},
		"a rule":                     {fixFlags{rules: []string{"apt-lists"}}, fix.Result{Applied: []fix.Applied{other}}, onlyPicked},
		"a rule that edits nothing":  {fixFlags{rules: []string{"apt-lists"}}, fix.Result{}, ""},
		"a rule beside the strategy": {fixFlags{strategy: "multi-stage", rules: []string{"apt-lists"}}, fix.Result{Applied: []fix.Applied{other}}, onlyPicked},
	} {
		var page strings.Builder
		test.result.Saved = make([]bool, 1)
		if err := printFix(&page, &model.Report{Findings: make([]model.Finding, 1)}, &test.result, &test.own, terminal{Streams{Getenv: os.LookupEnv}}, &flags{}); err != nil {
			t.Fatal(err)
		}
		for _, said := range []string{noStage, onlyPicked} {
			if strings.Contains(page.String(), said) != (said == test.want) {
				t.Errorf("%s: it says\n%s", name, page.String())
			}
		}
	}
}
