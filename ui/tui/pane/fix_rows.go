package pane

import (
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// fixRow is a row of the view of what to change. A row with a fold has others below it,
// which are shown while it is open.
type fixRow struct {
	change  *model.Change  // nil in rows of findings and in rows that only fold
	finding *model.Finding // of a change, and of what one keeps: the largest that it settles
	kept    *view.Kept     // nil but in rows of what a change leaves
	pod     *model.Pod     // nil but in rows that name a container
	risk    bool
	fold    string // its name; "" where nothing is folded
	title   string // of a row that only folds
	bytes   int64  // of such a row
	depth   int
}

// Folds that are not those of a change.
const (
	foldSmall = "small changes"
	foldRest  = "what cannot be helped"
	foldPods  = "its manifests"
	foldHeld  = "the image in its pods"
	foldAside = "worth a look"
)

// lay makes the rows anew: risks, changes, and a row each for what is folded away.
func (v *Fixes) lay() {
	v.list = v.list[:0]
	if v.report == nil {
		return
	}
	s := &v.settled
	for _, f := range s.Risks {
		v.list = append(v.list, fixRow{finding: f, risk: true})
	}
	for _, c := range s.Changes {
		v.layChange(c, 0)
	}
	v.layFold(foldPods, display.Plural(len(s.Pods), "change")+" for its manifests", 0, len(s.Pods) > 0, func() { v.layPods(s.Pods) })
	v.layFold(foldHeld, display.Plural(len(v.held), "change")+" of the image for its pods", 0, len(v.held) > 0, func() {
		for i := range v.held {
			v.list = append(v.list, fixRow{finding: v.held[i].Finding, depth: 1})
		}
	})
	v.layFold(foldSmall, display.Plural(len(s.Small), "smaller change"), changeBytes(s.Small), len(s.Small) > 0, func() {
		for _, c := range s.Small {
			v.layChange(c, 1)
		}
	})
	v.layFold(foldRest, "cannot be helped", v.report.Summary.UnavoidableBytes, len(s.Unavoidable)+len(s.Kept) > 0, v.layRest)
	aside := view.NotHeld(v.report, s.Aside)
	v.layFold(foldAside, display.Plural(len(aside), "thing")+" worth a look", 0, len(aside) > 0, func() { v.layFindings(aside, 1) })
	if v.narrow.on() {
		v.list = v.narrowed(v.list)
	}
	v.measure()
}

func (v *Fixes) layChange(c *model.Change, depth int) {
	v.list = append(v.list, fixRow{change: c, finding: v.byID[first(c.Findings)], fold: "change " + c.ID, depth: depth})
	if v.isOpen("change " + c.ID) {
		for _, id := range c.Findings {
			if f := v.byID[id]; f != nil {
				v.list = append(v.list, fixRow{finding: f, depth: depth + 1})
			}
		}
	}
}

func (v *Fixes) layFold(name, title string, bytes int64, any bool, inside func()) {
	if !any {
		return
	}
	v.list = append(v.list, fixRow{fold: name, title: title, bytes: bytes})
	if v.isOpen(name) {
		inside()
	}
}

func (v *Fixes) layFindings(findings []*model.Finding, depth int) {
	for _, f := range findings {
		v.list = append(v.list, fixRow{finding: f, depth: depth})
	}
}

// layPods lists what is said of pods below a row for each container, which names its workload.
func (v *Fixes) layPods(findings []*model.Finding) {
	words, laid, by := v.words(), make(map[*model.Finding]bool), view.ByPod(findings)
	for i := range v.report.Pods {
		p := &v.report.Pods[i]
		var own []*model.Finding
		for _, f := range by.Of(p) {
			if !laid[f] { // an object that stands in several files
				laid[f] = true
				own = append(own, f)
			}
		}
		if len(own) > 0 {
			v.list = append(v.list, fixRow{title: "in " + words.Container(&p.ManifestPlace) + view.More(&p.ManifestPlace), pod: p, depth: 1})
			v.layFindings(own, 2)
		}
	}
}

// layRest lists what cannot be helped, the largest first: what changes leave, and what no change is
// about.
func (v *Fixes) layRest() {
	found := v.settled.Unavoidable
	for i := range v.settled.Kept {
		k := &v.settled.Kept[i]
		for len(found) > 0 && found[0].Bytes >= k.Bytes {
			v.layFindings(found[:1], 1)
			found = found[1:]
		}
		v.list = append(v.list, fixRow{kept: k, finding: v.byID[first(k.Change.Findings)], title: v.words().KeptTitle(*k), bytes: k.Bytes, depth: 1})
	}
	v.layFindings(found, 1)
}

// isOpen reports whether what a row folds is shown: read aloud, all is.
func (v *Fixes) isOpen(fold string) bool {
	return v.open[fold] || v.narrow.on() || v.th != nil && v.th.Accessible
}

// turnFold opens or closes the row under the cursor, and reports whether that changed
// anything.
func (v *Fixes) turnFold(open bool) bool {
	row := v.row()
	if row == nil || row.fold == "" || v.isOpen(row.fold) == open {
		return false
	}
	v.open[row.fold] = open
	v.lay()
	v.Resize(len(v.list), v.Height)
	return true
}

// toParent puts the cursor on the row that the one under the cursor is folded in, and
// reports whether there is one.
func (v *Fixes) toParent() bool {
	row := v.row()
	if row == nil || row.depth == 0 {
		return false
	}
	for i := v.Cursor - 1; i >= 0; i-- {
		if v.list[i].depth < row.depth {
			v.To(i)
			return true
		}
	}
	return false
}

func changeBytes(changes []*model.Change) (bytes int64) {
	for _, c := range changes {
		bytes += c.Bytes
	}
	return bytes
}

func first(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return ids[0]
}

// words is a view of the report for its sentences.
func (v *Fixes) words() view.View {
	words := view.New(v.report)
	words.Charset = v.th.Charset
	return words
}

// Sentence is a row to be read aloud, without its number.
func (v *Fixes) Sentence(i int) string {
	const width = draw.MaxText
	row := &v.list[i]
	words := v.words()
	switch {
	case row.risk:
		return "Risk: " + words.RiskTitle(row.finding) + "."
	case row.change != nil:
		c := row.change
		return "Change: saves " + display.Bytes(c.Bytes) + ", " + v.th.OneLine(string(c.Confidence), 20) + ": " + words.ChangeTitle(c) + "."
	case row.kept != nil:
		return "Kept: " + display.Bytes(row.bytes) + ": " + row.title + "."
	case row.finding != nil:
		f := row.finding
		size := "no bytes"
		if f.Bytes > 0 {
			size = display.Bytes(f.Bytes)
		}
		if f.Inherited {
			size += " in the base image"
		}
		return "Finding: " + size + ", " + v.th.OneLine(string(f.Confidence), 20) + ": " + v.th.OneLine(f.Title, width) + "."
	}
	if row.bytes == 0 {
		return strings.ToUpper(row.title[:1]) + row.title[1:] + ":"
	}
	return display.Bytes(row.bytes) + " " + row.title + ":"
}

// readPod writes which container runs the image, and what its manifest settles.
func (v *Fixes) readPod(p *draw.Page, pod *model.Pod) string {
	words := v.words()
	p.Paragraph(v.th.Text, "This container runs the image: "+words.PodTitle(pod)+".")
	if also := words.Also(&pod.ManifestPlace); also != "" {
		p.Paragraph(v.th.Text, also)
	}
	for i := range pod.Settles {
		p.Paragraph(v.th.Dim, words.SettledBy(pod, &pod.Settles[i]))
	}
	return "the container"
}

// readHeld writes in which pods a finding of the image holds.
func (v *Fixes) readHeld(p *draw.Page, f *model.Finding) {
	for i := range v.held {
		if words := v.words(); v.held[i].Finding == f {
			p.Fact("pods", words.Holds(&v.held[i]))
		}
	}
}
