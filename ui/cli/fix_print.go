package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/changes"
	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
)

// maxLeft is how many edits that were not made are explained without -v.
const maxLeft = 5

// fixPage tells a person what tare fix did, beside the diff.
type fixPage struct {
	*view.Page
	result *fix.Result
	picked []string // rules that were asked for
	stage  bool     // a build stage was asked for
}

// printFix says what was changed and what it saves, where that leads, and what was
// left alone and why.
func printFix(w io.Writer, r *model.Report, result *fix.Result, own *fixFlags, t terminal, f *flags) error {
	picked := own.rules
	p := fixPage{view.NewPage(r, t.width(w), t.color(w, f.color), t.ascii(f.ascii), f.verbose), result, picked, own.strategy == string(model.MultiStage)}
	made := changes.Edits(r, result)
	risks := p.risks()
	if len(made) > 0 {
		p.goal(p.table(made))
	} else {
		about := ""
		if len(picked) > 0 {
			about = " for " + strings.Join(picked, ", ")
		}
		what := "nothing"
		if risks {
			what = "nothing else"
		}
		todo := "fix" // or what is not to be done, where there is something to do, as is said below
		switch {
		case len(p.weightless()) > 0:
			todo = "save"
		case len(picked) > 0 && slices.ContainsFunc(result.Left, func(l fix.Left) bool { return l.Bytes == 0 && p.isTold(&l) }):
			todo = "write"
		}
		said := "There is " + what + " to " + todo + about + " in this Dockerfile."
		if p.leavesMuch() {
			said = "There is " + what + " that tare can " + todo + about + " in this Dockerfile by itself."
		}
		if o := result.Offer; o != nil { // there is something to do, for who asks
			when := "By default"
			if o.Instead {
				when = "With this strategy"
			}
			said = when + " there is " + what + " to " + todo + about + " in this Dockerfile."
		}
		p.Say(p.Strong, said)
	}
	p.offer(len(made) > 0)
	p.possible()
	p.onlyPicked()
	p.noStage()
	p.left()
	p.kept()
	p.noMounts()
	p.leftWeightless()
	return p.Flush(w)
}

// onlyPicked says that --rule leaves out the edits of other rules, where it made some.
func (p fixPage) onlyPicked() {
	if len(p.picked) > 0 && len(p.result.Applied) > 0 {
		p.Say(p.Faint, "only what --rule asks for; without it, tare fix makes the edits of all rules that are safe to make")
	}
}

// noStage says that there is no build stage to make, where one was asked for and nothing is said of it.
func (p fixPage) noStage() {
	if !p.stage || len(p.picked) > 0 || slices.ContainsFunc(p.result.Applied, func(a fix.Applied) bool { return a.Strategy == model.MultiStage }) ||
		slices.ContainsFunc(p.result.Left, func(l fix.Left) bool { return !l.Small && strings.Contains(l.Why, "stage") }) {
		return
	}
	p.Say(p.Faint, "no second stage: tare finds nothing in this image that only its build needs")
}

// kept says what stays since another file of the project needs it, and which other image of the project this one
// stands on.
func (p fixPage) kept() {
	first := true
	for _, note := range p.Report.Notes {
		if !strings.HasPrefix(note, model.KeptNote) && !strings.Contains(note, model.BaseNote) {
			continue
		}
		if first {
			p.Add("")
			first = false
		}
		p.Say(p.Faint, p.OneLine(note))
	}
}

// noMounts says why caches are removed rather than mounted, where mounts were asked for.
func (p fixPage) noMounts() {
	if why := p.result.NoMounts; why != "" {
		p.Add("")
		p.Say(p.Faint, p.OneLine("no cache mounts: "+why))
	}
}

// leavesMuch reports whether there is something above the floor that only a person can do.
func (p fixPage) leavesMuch() bool {
	return slices.ContainsFunc(p.result.Left, func(l fix.Left) bool {
		return !l.Small && l.Bytes > 0 && l.Bytes >= p.result.Floor && p.isTold(&l)
	})
}

// indent is where what is said of a figure begins.
const indent = display.BytesWidth + 2

// maxRisks is how many risks are named without -v.
const maxRisks = 3

// risks names what endangers the image, which no edit of a Dockerfile undoes, before
// anything about bytes, and reports whether there is any.
func (p fixPage) risks() bool {
	found := view.Settle(p.Report).Risks
	show := len(found)
	if !p.Verbose {
		show = min(show, maxRisks)
	}
	for _, f := range found[:show] {
		p.Add(p.Bad(display.PadLeft("risk", display.BytesWidth)) + "  " + p.Strong(p.Truncate(p.RiskTitle(f), p.Width-indent)))
		if from := p.From(f, p.Width-indent); from != "" {
			p.Add(strings.Repeat(" ", indent) + p.Faint(from))
		}
		if f.Fix != nil {
			p.under([]string{p.OneLine(f.Fix.Summary)})
		}
	}
	if more := len(found) - show; more > 0 {
		p.under([]string{fmt.Sprintf("and %s, -v shows all", display.Plural(more, "more risk"))})
	}
	if show > 0 {
		p.under([]string{p.RiskPages(found[:show])})
		p.Add("")
	}
	return show > 0
}

// table lists the changes, a line each: what it saves, where and what. It returns what they
// save in all.
func (p fixPage) table(made []model.Change) (bytes int64) {
	p.Add(p.Faint(display.PadLeft("saves", display.BytesWidth) + "  change"))
	for i := range made {
		c := &made[i]
		bytes += c.Bytes
		p.item(p.Gain, c.Bytes, p.Strong, p.ChangeTitle(c))
		if p.Verbose {
			p.under(p.ChangeWords(c))
		} else if len(c.Keeps) > 0 || c.Risk != "" {
			p.under(p.ChangeWords(c)[1:])
		}
	}
	return bytes
}

// item adds a figure and a text beside it, wrapped.
func (p fixPage) item(figure func(string) string, bytes int64, style func(string) string, text string) {
	for i, line := range display.Wrap(text, p.Width-indent) {
		lead := strings.Repeat(" ", indent)
		if i == 0 {
			lead = figure(display.BytesColumn(bytes)) + "  "
		}
		p.Add(lead + style(line))
	}
}

func (p fixPage) under(sentences []string) {
	for _, sentence := range sentences {
		for _, line := range display.Wrap(sentence, p.Width-indent) {
			p.Add(strings.Repeat(" ", indent) + p.Faint(line))
		}
	}
}

// goal says what the image will weigh; the changes save so many bytes.
func (p fixPage) goal(bytes int64) {
	image := &p.Report.Image
	if more := p.Besides(p.result.SavedBytes, bytes); more != "" {
		p.Say(p.Faint, more)
	}
	before, after := display.BytesApart(image.Size, p.result.Size)
	facts := []string{fmt.Sprintf("%s %s %s (%s less)", before, p.Arrow, after, display.Percent(p.result.SavedBytes, image.Size))}
	if p.result.PullSize != nil && image.CompressedSize != nil {
		before, after := display.BytesApart(*image.CompressedSize, *p.result.PullSize)
		facts = append(facts, fmt.Sprintf("%s %s %s to pull", before, p.Arrow, after))
	}
	for _, line := range p.Facts(p.Width, facts...) {
		p.Add(p.Strong(line))
	}
}

// offer says what a build stage would save that is made only for who asks for it, and why. besides is
// whether other edits are made.
func (p fixPage) offer(besides bool) {
	if o := p.result.Offer; o != nil {
		more := ""
		if besides {
			more = " more"
		}
		done := "not done by default"
		if o.Instead {
			done = "not done here"
		}
		choose := ""
		if besides && o.Blocked {
			choose = " Choose before you apply this diff: some of its edits stand in the way of that stage."
		}
		p.Say(plainly, fmt.Sprintf("--strategy multi-stage would save %s%s; %s: %s.%s", display.Bytes(o.Bytes), more, done, p.OneLine(view.Clip(o.Why)), choose))
	}
}

// maxPossible is how many possible edits are named.
const maxPossible = 3

// possible says in one line which edits could be made besides, if somebody who knows the
// program says so, and how to ask for them.
func (p fixPage) possible() {
	if len(p.picked) > 0 {
		return
	}
	var names []string
	bytes := map[string]int64{}
	for i := range p.Report.Changes {
		c := &p.Report.Changes[i]
		if !c.Writable() || c.Confidence != model.Possible || c.BelowFloor || len(c.Findings) == 0 {
			continue
		}
		for j := range p.Report.Findings {
			if f := &p.Report.Findings[j]; f.ID == c.Findings[0] && !p.result.Saved[j] {
				if bytes[f.Rule] == 0 {
					names = append(names, f.Rule)
				}
				bytes[f.Rule] += c.Bytes
			}
		}
	}
	if len(names) == 0 {
		return
	}
	more := len(names) - maxPossible
	names = names[:min(len(names), maxPossible)]
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = display.Bytes(bytes[name]) + " with --rule " + p.OneLine(name)
	}
	text := "possible, made only on request: " + strings.Join(parts, ", ")
	if more > 0 {
		text += fmt.Sprintf(" and %d more, see the report", more)
	}
	p.Say(plainly, text)
}

// left says what was left alone and why, the most bytes first.
func (p fixPage) left() {
	var told []fix.Left
	small, more, without := 0, 0, 0
	var smallBytes, rest, withoutBytes int64
	for _, l := range p.result.Left {
		switch {
		case p.Verbose:
			told = append(told, l)
		case !p.isTold(&l):
		case l.Small && l.Saves == 0:
			without++
			withoutBytes += l.Bytes
		case l.Small && l.Saves < p.result.Floor:
			small++
			smallBytes += l.Saves
		default:
			told = append(told, l)
		}
	}
	if !p.Verbose && len(told) > maxLeft {
		for _, l := range told[maxLeft:] {
			rest += l.Bytes
		}
		more += len(told) - maxLeft
		told = told[:maxLeft]
	}
	if len(told)+small+without > 0 {
		p.Add("")
	}
	if len(told) > 0 {
		p.Add(p.Faint("left alone:"))
	}
	for _, l := range told {
		text := p.OneLine(l.Rule) + ": " + p.OneLine(view.Clip(l.Why))
		if l.Line > 0 {
			text = fmt.Sprintf("line %d, %s", l.Line, text)
		}
		p.item(p.Faint, l.Bytes, plainly, text)
	}
	var besides []string
	if more > 0 {
		besides = append(besides, fmt.Sprintf("%d more (%s)", more, display.Bytes(rest)))
	}
	if small > 0 {
		besides = append(besides, fmt.Sprintf("%s below the floor (%s; --floor 0 includes their edits)", display.Plural(small, "small one"), display.Bytes(smallBytes)))
	}
	if without > 0 {
		besides = append(besides, fmt.Sprintf("%d without an edit (%s)", without, display.Bytes(withoutBytes)))
	}
	if len(besides) > 0 {
		also := ""
		if len(told) > 0 {
			also = "also "
		}
		p.Say(p.Faint, also+"left alone: "+strings.Join(besides, ", ")+"; -v lists them")
	}
}

func plainly(s string) string { return s }

// paintDiff colours the lines of a unified diff for a terminal.
func paintDiff(diff string, p *view.Page) string {
	var b strings.Builder
	for line := range strings.Lines(diff) {
		text := strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(text, "--- "), strings.HasPrefix(text, "+++ "):
			text = p.Strong(text)
		case strings.HasPrefix(text, "@@"):
			text = p.Faint(text)
		case strings.HasPrefix(text, "-"):
			text = p.Bad(text)
		case strings.HasPrefix(text, "+"):
			text = p.Gain(text)
		}
		b.WriteString(text)
		if strings.HasSuffix(line, "\n") {
			b.WriteByte('\n')
		}
	}
	return b.String()
}
