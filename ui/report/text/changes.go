package text

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
)

// changes shows what to change, the most bytes first.
// The short report shows as many as one screen holds, the first with its edit, and
// says in a line each what it leaves out.
func (p *textPage) changes() {
	s := view.Settle(p.Report)
	rows := p.remarks(&s)
	if p.Verbose {
		for i, c := range append(s.Changes, s.Small...) {
			if i == len(s.Changes) {
				p.Add("")
				p.Say(p.Faint, "Each of these saves less than the floor ("+display.Bytes(model.Floor(p.Report.Summary.Own.Size))+"):")
			}
			p.Add("")
			p.addBlock(p.changeBlock(c))
		}
	} else {
		p.fitChanges(s.Changes, len(rows))
	}
	if len(rows) > 0 && p.Verbose {
		p.Add("")
	}
	for _, row := range rows {
		p.Add(p.Faint(p.Truncate(row, p.Width)))
	}
	p.pods(&s)
	p.held(s.Aside)
	if p.Verbose && len(p.Report.Findings) > 0 {
		p.Add("", p.Strong("What was found, by layer and cause:"))
	}
}

// maxRisks is how many risks the short report names.
const maxRisks = 4

// fromCells is how long the line is that says where a risk comes from.
const fromCells = 160

// risks come before anything that is a matter of bytes.
func (p *textPage) risks(risks []*model.Finding) {
	show := len(risks)
	if !p.Verbose {
		show = min(show, maxRisks)
	}
	said := ""
	for i, f := range risks[:show] {
		if i == 0 {
			p.Add("")
		}
		label := display.PadLeft("risk", display.BytesWidth)
		p.Add(p.Bad(label) + "  " + p.Strong(p.Truncate(p.RiskTitle(f), p.Width-indent)))
		width := p.Width - indent
		cells := width
		if f.Manifest != nil {
			cells = fromCells // the file and the container, whole
		}
		for _, line := range display.Wrap(p.From(f, cells), width) {
			p.Add(strings.Repeat(" ", indent) + p.Faint(line))
		}
		// Several risks of one rule may differ by nothing but what is said here.
		if f.Fix != nil && (p.Verbose || i == 0 || f.Fix.Summary != said) {
			said = f.Fix.Summary
			for _, line := range display.Wrap(p.OneLine(f.Fix.Summary), width) {
				p.Add(strings.Repeat(" ", indent) + line)
			}
		}
	}
	if more := len(risks) - show; more > 0 {
		p.Add(strings.Repeat(" ", indent) + p.Faint(fmt.Sprintf("and %s, -v shows all", display.Plural(more, "more risk"))))
	}
	if show > 0 {
		p.Add(strings.Repeat(" ", indent) + p.Faint(p.Truncate(p.RiskPages(risks[:show]), p.Width-indent)))
	}
}

// changeBlock lays a change out in full.
func (p *textPage) changeBlock(c *model.Change) block {
	width := p.Width - indent
	title := p.changeTitle(c)
	b := block{title: title[0]}
	told := *c
	if !p.Verbose {
		told.Risk = "" // the edit comes first where there is little room
	}
	for _, words := range p.ChangeWords(&told) {
		b.body = append(b.body, display.Wrap(words, width)...)
	}
	b.edit = p.ChangeEdit(c, width)
	if len(b.edit) == 0 && len(c.Instructions) > 0 {
		if at := c.Instructions[0]; at >= 0 && at < len(p.Report.Instructions) {
			b.body = append([]string{p.Faint(p.Truncate(p.OneLine(view.Clip(p.Report.Instructions[at].Text)), width))}, b.body...)
		}
	}
	for _, lines := range [][]string{b.body, b.edit} {
		for i := range lines {
			lines[i] = strings.Repeat(" ", indent) + lines[i]
		}
	}
	b.body = append(title[1:], b.body...)
	return b
}

// changeTitle is a change's line in the list: what it saves, where and what, how
// sure, what it saves to pull; more lines where one is too short for it.
func (p *textPage) changeTitle(c *model.Change) []string {
	figure := display.BytesColumn(c.Bytes)
	if c.Confidence != model.Possible {
		figure = p.Waste(figure)
	}
	facts := []string{string(c.Confidence)}
	if c.CompressedBytes != nil {
		facts = append(facts, display.Bytes(*c.CompressedBytes)+" to pull")
	}
	right := p.Escape(strings.Join(facts, ", "))
	title := p.ChangeTitle(c)
	width := p.Width - indent
	if room := width - display.Width(right) - 2; display.Width(title) <= room {
		return []string{figure + "  " + p.Strong(title) + strings.Repeat(" ", room-display.Width(title)) + "  " + p.Faint(right)}
	}
	var lines []string
	for i, line := range display.Wrap(title, width) {
		lead := figure + "  "
		if i > 0 {
			lead = strings.Repeat(" ", indent)
		}
		lines = append(lines, lead+p.Strong(line))
	}
	return append(lines, strings.Repeat(" ", indent)+p.Faint(right))
}

func (p *textPage) addBlock(b block) {
	p.Add(b.title)
	p.Add(b.body...)
	p.Add(b.files...)
	p.Add(b.edit...)
}

// remarks says in a line each what the list of changes leaves out.
func (p *textPage) remarks(s *view.Settled) []string {
	var rows []string
	if more := p.PlanBesides(); more != "" {
		rows = append(rows, more)
	}
	if len(s.Small) > 0 && !p.Verbose {
		bytes := int64(0)
		for _, c := range s.Small {
			bytes += c.Bytes
		}
		rows = append(rows, fmt.Sprintf("%s below the floor (%s in all), -v shows them", display.Plural(len(s.Small), "smaller change"), display.Bytes(bytes)))
	}
	if mostly := p.Mostly(s); mostly != "" && p.Report.Summary.UnavoidableBytes > 0 {
		rows = append(rows, fmt.Sprintf("%s cannot be helped, mostly %s", display.Bytes(p.Report.Summary.UnavoidableBytes), mostly))
	}
	rows = append(rows, p.hint(s)...)
	if aside := view.NotHeld(p.Report, s.Aside); len(aside) > 0 && !p.Verbose {
		rows = append(rows, fmt.Sprintf("worth a look: %s; -v shows all", p.titles(surestFirst(aside))))
	}
	return rows
}

// surestFirst are findings with those in front that are certain or likely: a program that gets no
// signals stands before files that a package has twice.
func surestFirst(findings []*model.Finding) []*model.Finding {
	order := []model.Confidence{model.Certain, model.Likely, model.Possible}
	sorted := slices.Clone(findings)
	slices.SortStableFunc(sorted, func(a, b *model.Finding) int {
		return slices.Index(order, a.Confidence) - slices.Index(order, b.Confidence)
	})
	return sorted
}

// hasLines reports whether instructions are known with their lines in a Dockerfile.
func hasLines(r *model.Report) bool {
	return slices.ContainsFunc(r.Instructions, func(in model.Instruction) bool { return in.Location != nil })
}

// hint is the command that makes the changes, in a line of its own where it is long; nil where
// none can be made.
func (p *textPage) hint(s *view.Settled) []string {
	stage, offered := false, false
	for _, c := range s.Changes {
		for _, id := range c.Findings {
			stage = stage || c.Kind == model.DecisionChange && strings.HasPrefix(id, "build-tools")
		}
		offered = offered || c.Flags != nil && *c.Flags == "--strategy multi-stage"
	}
	says := ""
	switch {
	case p.Report.Plan.Changes > 0 && !hasLines(p.Report) && p.Report.Image.Source != "demo":
		says = " works them out on the file, and writes them" // the history tells less than the file
	case p.Report.Plan.Changes > 0 && offered:
		says = " writes the edits, and with --strategy multi-stage a build stage"
	case p.Report.Plan.Changes > 0:
		says = " writes the edits"
	case stage:
		says = " says what becomes of the compilers"
	default:
		return nil
	}
	file := "Dockerfile"
	if d := p.Report.Dockerfile; d != nil {
		file = d.File
	}
	command := p.FixCommand(file)
	switch width := display.Width(command); {
	case width+display.Width(says) <= p.Width:
		return []string{command + says}
	case width <= p.Width:
		return []string{command, " " + says}
	}
	return []string{"tare fix IMAGE -f Dockerfile" + says} // half a name is no command
}

// titles names what some findings are about, each rule once.
func (p *textPage) titles(findings []*model.Finding) string {
	var names []string
	seen := make(map[string]bool)
	for _, f := range findings {
		if !seen[f.Rule] {
			seen[f.Rule] = true
			names = append(names, p.OneLine(f.Title))
		}
	}
	const most = 1 // two are often too long for the line
	if more := len(names) - most; more > 0 {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(names, ", ")
}

func isNotPlanned(c *model.Change) bool { return !view.Planned(c) }

// fitChanges adds as many changes as the page has room for beside so many other
// lines.
func (p *textPage) fitChanges(changes []*model.Change, reserved int) {
	if len(changes) == 0 {
		if reserved > 0 {
			p.Add("")
		}
		return
	}
	p.Add("")
	blocks := make([]block, min(len(changes), pageLines))
	for i := range blocks {
		blocks[i] = p.changeBlock(changes[i])
	}
	if len(changes) > 1 {
		reserved++ // to say what is left out
	}
	shown := p.fit(blocks, reserved)
	for _, b := range shown {
		p.addBlock(b)
	}
	if more := changes[len(shown):]; len(more) > 0 {
		bytes, written := int64(0), 0
		for _, c := range more {
			bytes += c.Bytes
			if view.Planned(c) {
				written++
			}
		}
		says := ""
		switch {
		case written == len(more) && !slices.ContainsFunc(changes[:len(shown)], isNotPlanned): // as those above
		case written == len(more):
			says = " that tare fix writes"
		case written > 0:
			says = fmt.Sprintf(", %d of which tare fix writes", written)
		}
		p.Add(p.Faint(p.Truncate(fmt.Sprintf("%s (%s)%s, -v shows all", display.Plural(len(more), "more change"), display.Bytes(bytes), says), p.Width)))
	}
}
