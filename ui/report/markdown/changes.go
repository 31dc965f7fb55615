package markdown

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
)

// changes lists what to change, then what is worth knowing.
func (c *reportComment) changes() {
	s := view.Settle(c.Report)
	isIgnored := c.isIgnored()
	worth := slices.DeleteFunc(s.Changes, isIgnored)
	if len(worth) > 0 {
		c.table(worth[:min(len(worth), TableRows)])
	}
	for i, change := range worth {
		if i == MaxFolded {
			c.Missed += len(worth) - i
			break
		}
		if !c.Add(c.folded(change)) {
			c.Missed++
		}
	}
	if more := c.PlanBesides(); more != "" {
		c.Add(more + ".\n\n")
	}
	c.small(slices.DeleteFunc(s.Small, isIgnored))
	if mostly := c.Mostly(&s); mostly != "" && c.Report.Summary.UnavoidableBytes > 0 {
		c.Add(display.Bytes(c.Report.Summary.UnavoidableBytes) + " cannot be helped, mostly " + Prose(mostly) + ".\n\n")
	}
	c.pods(&s)
	c.held(s.Aside)
	c.aside(view.NotHeld(c.Report, s.Aside))
}

// isIgnored reports whether the settings ignore all findings of a change.
func (c *reportComment) isIgnored() func(*model.Change) bool {
	counted := make(map[string]bool) // findings that the settings do not ignore, by id
	for i := range c.Report.Findings {
		if !c.ignored[i] {
			counted[c.Report.Findings[i].ID] = true
		}
	}
	return func(change *model.Change) bool {
		return len(change.Findings) > 0 && !slices.ContainsFunc(change.Findings, func(id string) bool { return counted[id] })
	}
}

// maxRisks is how many risks are named.
const maxRisks = 20

func (c *reportComment) risks(risks []*model.Finding) {
	for _, f := range risks[:min(len(risks), maxRisks)] {
		line := "- **Risk:** " + Prose(f.Title)
		if len(f.Paths) > 0 {
			line += " " + view.RiskPaths(f.Paths, CodePath)
		}
		if f.Manifest != nil {
			line += ", " + c.podPlace(f) + ", " + Prose(c.Container(f.Manifest)+view.More(f.Manifest))
		} else if at := c.Location(f); at != nil {
			line += ", " + CodePath(at.File+":"+strconv.Itoa(at.Line))
		}
		if f.Fix != nil {
			line += ". " + Prose(f.Fix.Summary)
		}
		c.Add(line + "\n")
	}
	if more := len(risks) - maxRisks; more > 0 {
		c.Add("- and " + display.Plural(more, "more risk") + "\n")
	}
	if len(risks) > 0 {
		c.Add("\n")
	}
}

// table lists changes, a line each.
func (c *reportComment) table(changes []*model.Change) {
	c.Add(Row("saves", "change", "where", "sure", "to pull") + "|---:|---|---|---|---:|\n")
	for _, change := range changes {
		if !c.Add(c.row(change)) {
			break
		}
	}
	c.Add("\n")
}

func (c *reportComment) row(change *model.Change) string {
	pull := display.Unicode.None
	if change.CompressedBytes != nil {
		pull = display.Bytes(*change.CompressedBytes)
	}
	return Row(display.Bytes(change.Bytes), Prose(change.Title), cmp.Or(c.place(change), display.Unicode.None), Prose(string(change.Confidence)), pull)
}

// place names the line that a change begins at, or the steps; "" where neither is
// known.
func (c *reportComment) place(change *model.Change) string {
	if at := change.Location; at != nil {
		return CodePath(c.Paths.Of(at.File) + ":" + strconv.Itoa(at.Line))
	}
	return c.ChangePlace(change)
}

// folded is a change with its edit, behind one line.
func (c *reportComment) folded(change *model.Change) string {
	var b strings.Builder
	where := ""
	if place := c.ChangePlace(change); place != "" {
		where = " in " + place
	}
	b.WriteString("<details><summary><b>" + display.Bytes(change.Bytes) + "</b> " + SummaryCode(change.Title) + where + "</summary>\n\n")
	b.WriteString(c.told(change) + "</details>\n\n")
	return b.String()
}

// told is what to do for a change, and its edit.
func (c *reportComment) told(change *model.Change) string {
	var b strings.Builder
	for _, words := range c.ChangeWords(change) {
		b.WriteString(Prose(words) + "\n\n")
	}
	if edit := c.ChangeDiff(change); len(edit) > 0 {
		b.WriteString(CodeBlock("diff", edit) + "\n\n")
	}
	return b.String()
}

// small lists the changes below the floor behind one line.
func (c *reportComment) small(changes []*model.Change) {
	if len(changes) == 0 {
		return
	}
	bytes := int64(0)
	for _, change := range changes {
		bytes += change.Bytes
	}
	head := Row("saves", "change", "where", "sure", "to pull") + "|---:|---|---|---|---:|\n"
	Fold(c.Comment, display.Plural(len(changes), "smaller change")+", "+display.Bytes(bytes)+" in all", head, changes, c.row)
}

// aside lists what is only worth a look.
func (c *reportComment) aside(findings []*model.Finding) {
	if len(findings) == 0 {
		return
	}
	start := "<details><summary>" + display.Plural(len(findings), "thing") + " worth a look</summary>\n\n"
	if !c.Add(start + Row("bytes", "what", "where", "", "what to do") + "|---:|---|---|---|---|\n") {
		c.Missed += len(findings)
		return
	}
	for i, f := range findings {
		what, todo := c.facts(f), ""
		if f.Fix != nil {
			todo = Prose(f.Fix.Summary)
		}
		if !c.Add(Row(what[0], what[1], what[2], what[3], todo)) {
			c.Missed += len(findings) - i
			break
		}
	}
	c.Body.WriteString("\n</details>\n\n")
}
