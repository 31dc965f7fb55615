package report

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
)

// GitHub writes workflow commands that GitHub Actions turns into annotations of
// the Dockerfile's lines: an error for each threshold that failed, a warning for
// waste, a notice for what is only worth a look. What the base image brought and
// what the settings ignore is left out: no line of this Dockerfile is to blame.
//
// See "Workflow commands for GitHub Actions" in GitHub's manual.
type GitHub struct {
	Paths view.Paths
	Check *model.Check // nil without a gate
}

// maxAnnotations is how many of each kind GitHub shows of one step.
const maxAnnotations = 10

// Write implements Writer.
func (g GitHub) Write(w io.Writer, r *model.Report) error {
	v := view.NewFindings(r, g.Paths)
	out := annotations{out: bufio.NewWriter(w), given: map[string]int{}}
	told := view.Ignored(r, g.Check)
	if g.Check != nil {
		for i := range g.Check.Thresholds {
			if t := &g.Check.Thresholds[i]; !t.Passed {
				out.threshold(v, t, told)
			}
		}
	}
	for _, i := range view.RankedIndexes(r) {
		f := &r.Findings[i]
		if f.Inherited || told[i] {
			continue
		}
		kind := "warning"
		if v.Weigh(f) == view.Aside {
			kind = "notice"
		}
		out.put(kind, v.Location(f), v.Headline(f), append(v.Describe(f), v.Diff(f)...))
	}
	out.rest()
	return out.out.Flush()
}

// annotations writes commands and counts them. Errors are those of out's Flush.
type annotations struct {
	out   *bufio.Writer
	given map[string]int
}

// threshold says why the gate failed, at the instruction to fix first, and marks
// that finding as told.
func (n *annotations) threshold(v view.Findings, t *model.Threshold, told []bool) {
	var at *model.Location
	var lines []string
	if t.Reason != "" {
		lines = append(lines, v.OneLine(view.Clip(t.Reason)))
	}
	if len(t.Findings) > 0 && t.Findings[0] >= 0 && t.Findings[0] < len(v.Report.Findings) {
		f := &v.Report.Findings[t.Findings[0]]
		at, told[t.Findings[0]] = v.Location(f), true
		lines = append(lines, v.Headline(f))
		lines = append(append(lines, v.Describe(f)...), v.Diff(f)...)
	}
	n.put("error", at, v.OneLine(view.ThresholdName(t)+" is "+t.Figure+", the limit is "+t.Limit), lines)
}

// put writes one command, as long as GitHub shows it.
func (n *annotations) put(kind string, at *model.Location, title string, lines []string) {
	if n.given[kind]++; n.given[kind] > maxAnnotations {
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
	fmt.Fprintf(n.out, "::%s %s::%s\n", kind, strings.Join(properties, ","), data(message))
}

// rest says how many annotations there would have been besides.
func (n *annotations) rest() {
	for _, kind := range []string{"error", "warning", "notice"} {
		if more := n.given[kind] - maxAnnotations; more > 0 {
			fmt.Fprintf(n.out, "%s; GitHub shows %d of a step\n", display.Plural(more, "more "+kind), maxAnnotations)
		}
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
