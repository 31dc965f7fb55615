package text

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/reporttest"
)

// passed is what a gate says of an image within its limits.
func passed(thresholds int) *model.Check {
	c := &model.Check{Scope: model.ScopeAll, Passed: true}
	for i := range thresholds {
		c.Thresholds = append(c.Thresholds, model.Threshold{Name: fmt.Sprint("max-", i), Passed: true, Figure: "1", Limit: "2", From: ".tare.yaml:3"})
	}
	return c
}

func TestCheckText(t *testing.T) {
	grown := passed(1)
	grown.Thresholds[0] = model.Threshold{Name: "max-waste-growth", Passed: true, Figure: "3 MB", Limit: "5 MB", Reason: "the layers grew, and their waste did not", Scope: model.ScopeOwn}
	denied := passed(2)
	denied.Passed, denied.Thresholds[1] = false, model.Threshold{
		Name: "deny-paths", Rule: "**/.git/**", Figure: "4 paths, 21 MB", Limit: "none", Reason: "line 5: COPY app /app: /app/.git/a, /app/.git/b, /app/.git/c",
		Contributions: []model.Contribution{
			{Instruction: model.Ptr(3), Layer: model.Ptr(2), Bytes: 20_000_000, Paths: []model.Part{{Name: "app/.git/a"}, {Name: "app/.git/b"}, {Name: "app/.git/c"}, {Name: "app/.git/d"}}},
			{Instruction: model.Ptr(2), Layer: model.Ptr(1), Bytes: 1_000_000, Packages: []model.Part{{Name: "git"}}},
		},
	}
	twice := reporttest.Judged()
	twice.Thresholds[1] = model.Threshold{Name: "deny", Rule: "apt-recommends", Figure: "1 finding", Limit: "none", Findings: []int{0, 99}}
	for _, c := range []struct {
		name  string
		check Check
	}{
		{"failed", Check{Check: reporttest.Judged()}},
		{"failed verbose color", Check{Check: reporttest.Judged(), Report: Report{Verbose: true, Color: true}}},
		{"failed quiet", Check{Check: reporttest.Judged(), Quiet: true}},
		{"failed 40 ascii", Check{Check: reporttest.Judged(), Report: Report{Width: 40, ASCII: true}}},
		{"a finding twice", Check{Check: twice}},
		{"passed", Check{Check: passed(3)}},
		{"passed one", Check{Check: passed(1)}},
		{"passed none", Check{Check: passed(0)}},
		{"grown", Check{Check: grown}},
		{"denied", Check{Check: denied}},
	} {
		t.Run(c.name, func(t *testing.T) { golden.RequireEqual(t, reporttest.Render(t, c.check, reporttest.Located())) })
	}
	if text := reporttest.Render(t, Check{Check: passed(3), Quiet: true}, reporttest.Located()); text != "" {
		t.Errorf("a quiet gate that passes says %q", text)
	}
}

// TestWhatToTypeNext: whatever fails, there is a command that leads on.
func TestWhatToTypeNext(t *testing.T) {
	for name, want := range map[string]string{
		"max-size-growth": "tare compare main.json shop/api:2.4", "max-layer-growth": "tare compare main.json shop/api:2.4", "deny-paths": "tare explain context",
		"deny-packages": "tare explain packages", "require-user": "tare explain runs-as-root", "require-labels": "docker build --label maintainer=VALUE .",
		"max-layers": "tare explain layers", "max-size": "tare shop/api:2.4",
	} {
		c := &model.Check{Thresholds: []model.Threshold{{Name: name, Rule: "maintainer", Figure: "1", Limit: "0", Reason: "so it is"}}}
		if text := reporttest.Render(t, Check{Check: c, Older: "main.json"}, reporttest.Located()); !strings.Contains(text, "\nnext: "+want+"\n") {
			t.Errorf("%s: no %q in\n%s", name, want, text)
		}
	}
}

// What a gate says fits its width, whatever the image and the settings hold, and
// reaches no terminal raw.
func TestCheckTextKeepsToTheScreen(t *testing.T) {
	for i, word := range reporttest.HostileWords {
		r, c := reporttest.Full(word), reporttest.Judged()
		for j := range c.Thresholds {
			th := &c.Thresholds[j]
			th.Name, th.Rule, th.Figure, th.Limit, th.From, th.Reason = th.Name+word, word, th.Figure+word, th.Limit+word, word, word
		}
		c.Notes, c.Ignored[0].Reason = append(c.Notes, word), word
		for _, width := range []int{40, 80, 120} {
			text := reporttest.Render(t, Check{Check: c, Report: Report{Width: width, Verbose: i%2 == 0}}, r)
			for _, line := range strings.Split(text, "\n") {
				if line != display.Escape(line) {
					t.Errorf("%q: not escaped: %q", word, line)
				}
				if display.Width(line) > width {
					t.Errorf("%q: %d cells of %d: %q", word, display.Width(line), width, line)
				}
			}
		}
	}
}
