package text

import (
	"io"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
)

// Check writes what the gate said, for a person: each threshold with its
// figure and its limit; below one that failed, the instruction and the fix; the
// verdict last.
type Check struct {
	Report
	Check *model.Check
	Older string // what growth is about, as the user named it; "" where there is none
	Quiet bool   // failures alone; nothing where all passed
}

const (
	// gateIndent is where the second line of a threshold starts: under its name.
	gateIndent = len("fail  ")
	// maxFailed is how many findings a failure names, unless it is verbose.
	maxFailed = 1
	// maxParts is how many packages and paths a reason names.
	maxParts = 3
	// maxContributions is how many instructions a failure names besides the first.
	maxContributions = 2
	// maxCommands is how many commands are proposed.
	maxCommands = 3
)

// Write implements Writer.
func (t Check) Write(w io.Writer, r *model.Report) error {
	if t.Quiet && t.Check.Passed {
		return nil
	}
	g := gatePage{textPage: t.page(r), check: t.Check, older: t.Older, told: map[*model.Finding]bool{}}
	if t.Quiet {
		g.thresholds(true)
		g.commands()
	} else {
		g.who()
		g.goal()
		g.Add("")
		g.thresholds(false)
		g.asides()
		g.commands()
	}
	g.Add("")
	g.last()
	return g.Flush(w)
}

// gatePage is the gate's text in the making.
type gatePage struct {
	*textPage
	check *model.Check
	older string
	told  map[*model.Finding]bool
}

// thresholds lists them in columns: the verdict, the name, the figure, the limit.
func (g gatePage) thresholds(failed bool) {
	var name, figure, limit int
	told := false
	for i := range g.check.Thresholds {
		t := &g.check.Thresholds[i]
		name = max(name, display.Width(g.OneLine(view.ThresholdName(t))))
		figure = max(figure, display.Width(g.OneLine(t.Figure)))
		limit = max(limit, display.Width(g.OneLine(t.Limit)))
	}
	for _, t := range g.order() {
		if failed && t.Passed {
			continue
		}
		line := display.Pad(g.OneLine(view.ThresholdName(t)), name) + "  " + display.PadLeft(g.OneLine(t.Figure), figure)
		tail := "  limit " + display.Pad(g.OneLine(t.Limit), limit)
		about := g.OneLine(t.From)
		if t.Scope != "" && t.Scope != g.check.Scope {
			about = strings.TrimSpace("scope " + g.OneLine(t.Scope) + "  " + about)
		}
		verdict := g.Gain("pass")
		if !t.Passed {
			verdict = g.Bad("fail")
		}
		g.row(verdict, line, tail, about, t.Passed)
		switch {
		case !t.Passed:
			g.failure(t)
		case strings.HasSuffix(t.Name, "-growth") && t.Reason != "": // growth that is let pass
			g.under(g.Faint, g.OneLine(view.Clip(t.Reason)))
		case strings.Contains(t.Reason, floored) && !told: // once, since all limits on waste say it
			g.under(g.Faint, g.OneLine(view.Clip(t.Reason)))
			told = true
		}
	}
}

// floored is what the reason of a limit holds that passes over small changes.
const floored = "below the floor"

// order is that of the thresholds: those that deny a risk which the image has stand above
// what is a matter of bytes.
func (g gatePage) order() (list []*model.Threshold) {
	for _, risky := range []bool{true, false} {
		for i := range g.check.Thresholds {
			if t := &g.check.Thresholds[i]; g.isRisky(t) == risky {
				list = append(list, t)
			}
		}
	}
	return list
}

// isRisky reports whether a threshold fails for a risk.
func (g gatePage) isRisky(t *model.Threshold) bool {
	return !t.Passed && t.Name == "deny" && slices.ContainsFunc(t.Findings, func(i int) bool {
		return i >= 0 && i < len(g.Report.Findings) && slices.Contains(g.Report.Risks, g.Report.Findings[i].ID)
	})
}

// surestFirst returns findings in the order of the report's risks, others last.
func (g gatePage) surestFirst(findings []*model.Finding) []*model.Finding {
	at := func(f *model.Finding) int {
		if i := slices.Index(g.Report.Risks, f.ID); i >= 0 {
			return i
		}
		return len(g.Report.Risks)
	}
	findings = slices.Clone(findings)
	slices.SortStableFunc(findings, func(a, b *model.Finding) int { return at(a) - at(b) })
	return findings
}

// row adds a threshold's line, or two where the columns are too wide.
func (g gatePage) row(verdict, line, tail, about string, passed bool) {
	room := g.Width - gateIndent
	style := g.Strong
	if passed {
		style = func(s string) string { return s }
	}
	if about != "" && display.Width(line+tail)+2+display.Width(about) <= room {
		tail += "  " + about
		about = ""
	}
	tail = strings.TrimRight(tail, " ")
	if display.Width(line+tail) <= room {
		g.Add(verdict + "  " + style(line) + g.Faint(tail))
	} else {
		g.Add(verdict + "  " + style(g.Truncate(line, room)))
		g.under(g.Faint, strings.TrimSpace(tail))
	}
	if about != "" {
		g.under(g.Faint, about)
	}
}

// under adds a text below a threshold's name.
func (g gatePage) under(style func(string) string, text string) {
	for _, line := range display.Wrap(text, g.Width-gateIndent) {
		g.Add(strings.Repeat(" ", gateIndent) + style(line))
	}
}

func plainly(s string) string { return s }

// failure says where what fails comes from and what to do.
func (g gatePage) failure(t *model.Threshold) {
	var counted []*model.Finding
	for _, i := range t.Findings {
		if i >= 0 && i < len(g.Report.Findings) {
			counted = append(counted, &g.Report.Findings[i])
		}
	}
	if t.Name != "deny" { // of which the finding says the same
		g.under(plainly, g.OneLine(view.Clip(t.Reason)))
	}
	show := len(counted)
	switch {
	case g.Verbose:
	case g.isRisky(t):
		counted = g.surestFirst(counted)
		show = min(show, maxRisks)
	default:
		show = min(show, maxFailed)
	}
	for _, f := range counted[:show] {
		g.finding(f)
	}
	g.contributions(t)
	if more := len(counted) - show; more > 0 {
		g.under(g.Faint, "and "+display.Plural(more, "more finding")+", -v shows all")
	}
}

// contributions lists what else grew, or brought what is denied. The reason names the first.
func (g gatePage) contributions(t *model.Threshold) {
	for i := range t.Contributions {
		c := &t.Contributions[i]
		if i == 0 && len(c.Paths)+len(c.Packages) <= maxParts || i > maxContributions && !g.Verbose {
			continue
		}
		line := g.Step(c.Layer, c.Instruction, g.Width-gateIndent)
		if c.Bytes > 0 {
			line = g.Truncate(display.Bytes(c.Bytes)+" "+line, g.Width-gateIndent)
		}
		if i > 0 {
			g.under(g.Faint, line)
		}
		var parts []string
		for _, p := range c.Packages {
			parts = append(parts, g.OneLine(p.Name))
		}
		for _, p := range c.Paths {
			parts = append(parts, "/"+g.TruncatePath(g.Escape(p.Name), g.Width/2))
		}
		if len(parts) > 0 {
			g.under(g.Faint, "in it: "+strings.Join(parts, ", "))
		}
	}
}

// goal says where the plan leads. What passes has no lines on what to do next, so that the
// command stands here.
func (g gatePage) goal() {
	goal := g.Goal()
	excused := slices.ContainsFunc(g.check.Ignored, func(e model.Ignored) bool { return !e.Unused() })
	if goal == "" || g.check.Passed && excused { // the team has decided on some of it
		return
	}
	if g.check.Passed {
		goal += ": " + g.FixCommand(view.Findings{View: g.View}.File())
	}
	g.Say(g.Strong, goal)
}

// commands says what to type about what failed, a line each, each once.
func (g gatePage) commands() {
	v := view.Findings{View: g.View}
	var seen []string
	for _, t := range g.order() {
		if t.Passed {
			continue
		}
		for _, command := range v.Next(t, g.older) {
			if len(seen) < maxCommands && !slices.Contains(seen, command) {
				seen = append(seen, command)
			}
		}
	}
	if len(seen) > 0 {
		g.Add("")
	}
	for _, command := range seen {
		g.Say(plainly, "next: "+command)
	}
}

// finding is one finding: what it is, where it comes from, and the fix; the last two
// once, however many thresholds begin with it.
func (g gatePage) finding(f *model.Finding) {
	what := g.OneLine(f.Title)
	if slices.Contains(g.Report.Risks, f.ID) {
		what = g.WholeRiskTitle(g.left(f))
	}
	if f.Bytes > 0 {
		what = display.Bytes(f.Bytes) + " " + what
	}
	what += " (" + g.OneLine(f.Rule) + ")"
	if g.told[f] {
		g.under(plainly, what+": as above")
		return
	}
	g.told[f] = true
	g.under(plainly, what)
	if from := g.From(f, g.Width-gateIndent); from != "" {
		g.under(g.Faint, from)
	}
	fix := "see tare explain " + g.OneLine(f.Rule)
	if f.Fix != nil && f.Fix.Summary != "" {
		fix = g.OneLine(view.Clip(f.Fix.Summary))
	}
	g.under(g.Gain, "fix: "+fix)
}

// left is a finding with the paths alone that the settings do not excuse.
func (g gatePage) left(f *model.Finding) *model.Finding {
	for i := range g.Report.Findings {
		if g.Report.Findings[i].ID == f.ID {
			some := *f
			some.Paths = g.check.PathsLeft(i, f)
			return &some
		}
	}
	return f
}

// asides are notes, and what the settings ignore.
func (g gatePage) asides() {
	var notes []string
	for i := range g.check.Ignored {
		entry := &g.check.Ignored[i]
		if entry.Unused() {
			notes = append(notes, "unused: "+entry.Where+": "+entry.What+" is no longer there; remove the entry")
			continue
		}
		note := "ignored: " + entry.What + ", " + display.Bytes(entry.Bytes)
		if entry.Expires != "" {
			note += ", until " + entry.Expires
		}
		notes = append(notes, note+": "+entry.Reason+" ("+entry.Where+")")
	}
	for _, note := range slices.Concat(g.check.Notes, g.Report.Notes) {
		notes = append(notes, "note: "+note)
	}
	if len(notes) > 0 {
		g.Add("")
	}
	for _, note := range notes {
		g.Say(g.Faint, g.OneLine(view.Clip(note)))
	}
}

// last is the verdict.
func (g gatePage) last() {
	failed := 0
	for i := range g.check.Thresholds {
		if !g.check.Thresholds[i].Passed {
			failed++
		}
	}
	all := len(g.check.Thresholds)
	switch {
	case all == 0:
		g.Say(g.Strong, "passed: there is no threshold")
	case failed == 0 && all == 1:
		g.Say(func(s string) string { return g.Strong(g.Gain(s)) }, "passed")
	case failed == 0:
		g.Say(func(s string) string { return g.Strong(g.Gain(s)) }, "passed: all "+display.Plural(all, "threshold"))
	default:
		g.Say(func(s string) string { return g.Strong(g.Bad(s)) }, "failed: "+display.Count(failed)+" of "+display.Plural(all, "threshold"))
	}
}
