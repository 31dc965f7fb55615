package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
	"github.com/tare-oci/tare/ui/severity"
)

// GitHub writes workflow commands that GitHub Actions turns into annotations of
// the Dockerfile's lines: an error for each threshold that failed, then for risks and
// the changes worth making, as package severity has it. What is only a note is left to
// the report in the job's summary, and so is what the base image brought and what the
// settings ignore: no line of this Dockerfile is to blame.
//
// See "Workflow commands for GitHub Actions" in GitHub's manual.
type GitHub struct {
	Paths    view.Paths
	Check    *model.Check   // nil without a gate
	Severity severity.Table // what the project sets
}

// maxAnnotations is how many a run has. GitHub shows ten of each kind of a step, and a
// person reads no more.
const maxAnnotations = 10

// Write implements Writer.
func (g GitHub) Write(w io.Writer, r *model.Report) error {
	v := view.NewFindings(r, g.Paths)
	out := annotations{out: bufio.NewWriter(w), Findings: v, levels: g.Severity.Levels(r, g.Check)}
	told := view.Ignored(r, g.Check)
	if g.Check != nil {
		for i := range g.Check.Thresholds {
			if t := &g.Check.Thresholds[i]; !t.Passed {
				out.threshold(g.Severity.Threshold(t), t, told)
			}
		}
	}
	for _, level := range []severity.Level{severity.Error, severity.Warning} {
		out.risks(level, told)
		out.changes(level, told)
	}
	out.rest()
	return out.out.Flush()
}

// annotations writes commands and counts them. Errors are those of out's Flush.
type annotations struct {
	view.Findings
	levels []severity.Level // by finding
	out    *bufio.Writer
	given  int
}

// threshold says why the gate failed, at the instruction to fix first, and marks
// that finding as told.
func (n *annotations) threshold(level severity.Level, t *model.Threshold, told []bool) {
	var at *model.Location
	var lines []string
	if t.Reason != "" {
		lines = append(lines, n.OneLine(view.Clip(t.Reason)))
	}
	switch {
	case len(t.Findings) > 0 && t.Findings[0] >= 0 && t.Findings[0] < len(n.Report.Findings):
		f := &n.Report.Findings[t.Findings[0]]
		at, told[t.Findings[0]] = n.Location(f), true
		lines = append(lines, n.Headline(f))
		lines = append(append(append(lines, n.Describe(f)...), n.Diff(f)...), n.Type(f))
	default:
		at = n.LimitPlace(t)
	}
	n.put(level, at, n.OneLine(view.ThresholdName(t)+" is "+t.Figure+", the limit is "+t.Limit), lines)
}

// risks tells of those of a level, and of findings whose rule the project made so loud.
func (n *annotations) risks(level severity.Level, told []bool) {
	for _, i := range view.RankedIndexes(n.Report) {
		f := &n.Report.Findings[i]
		if told[i] || n.levels[i] != level || f.Inherited || n.InChange(f) {
			continue
		}
		told[i] = true
		n.put(level, n.Location(f), n.Headline(f), append(append(n.Describe(f), n.Diff(f)...), n.Type(f)))
	}
}

// changes tells of those of a level of which nothing is told yet.
func (n *annotations) changes(level severity.Level, told []bool) {
	for i := range n.Report.Changes {
		c := &n.Report.Changes[i]
		first := -1
		already := false
		for at := range n.Report.Findings {
			if slices.Contains(c.Findings, n.Report.Findings[at].ID) {
				already = already || told[at]
				if first < 0 || n.Report.Findings[at].Bytes > n.Report.Findings[first].Bytes {
					first = at
				}
			}
		}
		if first < 0 || already || n.ChangeLevel(c, n.levels) != level {
			continue
		}
		f := &n.Report.Findings[first]
		lines := append(n.ChangeWords(c), n.ChangeDiff(c)...)
		title := display.Bytes(c.Bytes) + ": " + n.ChangeTitle(c)
		at := n.Place(c.Location)
		if at == nil {
			at = n.Location(f)
		}
		n.put(level, at, title, append(lines, n.Type(f)))
	}
}

// kinds are the commands of the levels.
var kinds = map[severity.Level]string{severity.Error: "error", severity.Warning: "warning", severity.Note: "notice"}

// put writes one command, as long as there are not too many.
func (n *annotations) put(level severity.Level, at *model.Location, title string, lines []string) {
	if level == severity.None {
		return
	}
	if n.given++; n.given > maxAnnotations {
		return
	}
	var properties []string
	if at != nil {
		properties = append(properties, "file="+property(at.File), "line="+strconv.Itoa(at.Line), "endLine="+strconv.Itoa(at.EndLine))
	}
	properties = append(properties, "title="+property(title))
	message := strings.Join(lines, "\n")
	if message == "" {
		message = title
	}
	fmt.Fprintf(n.out, "::%s %s::%s\n", kinds[level], strings.Join(properties, ","), data(message))
}

// rest says how many annotations there would have been besides.
func (n *annotations) rest() {
	if more := n.given - maxAnnotations; more > 0 {
		fmt.Fprintf(n.out, "%s; the report in the job's summary has all\n", display.Plural(more, "more annotation"))
	}
}

// data escapes a command's message, property the value of one of its
// properties, as the runner takes them apart. Text that came through a terminal
// escape already holds line ends of ours alone.
func data(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func property(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(display.Escape(s))
}
