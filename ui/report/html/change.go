package html

import (
	"fmt"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
)

// changes is what to do: what endangers the image, then the changes.
type changes struct {
	Goal        string // where the plan leads
	Risks       []risk
	Worth       []change
	Small       []change
	SmallTitle  string
	More        string // which changes the lists leave out
	Besides     string // why the plan saves more than its changes
	Unavoidable string
	Pods        []pod
	Held        []podLine // what of the image holds in pods
	MorePods    string    // how many containers are left out
}

// risk is a finding that stands above all bytes.
type risk struct {
	Title, Summary string
	Put            *link
}

// change is one edit or decision with what it saves.
type change struct {
	ID                 string
	Title, Bytes, Pull string
	Confidence, Mark   string
	Possible, Open     bool
	Width              string // of its bar, percent of the largest
	Words              []string
	Lines              []editLine
}

// maxChanges is how many changes each list has, maxRisks how many risks are named.
const (
	maxChanges = 100
	maxRisks   = 50
)

func (h *builder) changes() changes {
	h.room(changeRoom)
	s := view.Settle(h.report)
	var v changes
	if goal := h.text.Goal(); goal != "" {
		v.Goal = goal
		if pull := h.text.PullGoal(); pull != "" {
			v.Goal += ", " + pull
		}
	}
	for _, f := range s.Risks[:min(len(s.Risks), maxRisks)] {
		item := risk{Title: h.fit(h.text.WholeRiskTitle(f), sentenceCells), Put: h.made(f.Layer, f.Instruction)}
		if f.Manifest != nil {
			item.Put = &link{Text: h.fit(h.text.From(f, sentenceCells), sentenceCells)}
		}
		if f.Fix != nil {
			item.Summary = h.take(f.Fix.Summary, sentenceCells)
		}
		v.Risks = append(v.Risks, item)
	}
	v.Pods = h.pods(&s)
	v.Held = h.ofImage(s.Aside)
	if more := len(h.report.Pods) - len(v.Pods); more > 0 {
		v.MorePods = display.Plural(more, "more container") + " that run the image in the JSON report."
	}
	v.Worth = h.changeList(s.Changes, "c")
	v.Small = h.changeList(s.Small, "s")
	if len(s.Small) > 0 {
		bytes := int64(0)
		for _, c := range s.Small {
			bytes += c.Bytes
		}
		v.SmallTitle = fmt.Sprintf("%s, %s in all", display.Plural(len(s.Small), "smaller change"), display.Bytes(bytes))
	}
	if left := len(s.Changes) + len(s.Small) - len(v.Worth) - len(v.Small) + len(s.Risks) - len(v.Risks); left > 0 {
		v.More = display.Count(left) + " more in the JSON report."
	}
	if more := h.text.PlanBesides(); more != "" {
		v.Besides = more + "."
	}
	if bytes := h.report.Summary.UnavoidableBytes; bytes > 0 && h.text.Mostly(&s) != "" {
		v.Unavoidable = display.Bytes(bytes) + " cannot be helped, mostly " + h.take(h.text.Mostly(&s), nameCells) + "."
	}
	return v
}

func (h *builder) changeList(list []*model.Change, id string) (out []change) {
	var largest int64
	for _, c := range list {
		largest = max(largest, c.Bytes)
	}
	for i, c := range list[:min(len(list), maxChanges)] {
		if h.full() {
			break
		}
		v := change{
			ID: elementID(id, i+1), Title: h.fit(h.text.ChangeTitle(c), nameCells), Bytes: display.Bytes(c.Bytes),
			Confidence: h.take(string(c.Confidence), shortCells), Mark: marks[c.Confidence], Possible: c.Confidence == model.Possible,
			Open: i < openFindings && id == "c", Width: percent(max(c.Bytes, largest/leastBar), largest),
		}
		if c.CompressedBytes != nil {
			v.Pull = display.Bytes(*c.CompressedBytes) + " to pull"
		}
		for _, words := range h.text.ChangeWords(c) {
			v.Words = append(v.Words, h.fit(words, sentenceCells))
		}
		if !h.full() {
			v.Lines = h.diff(h.text.ChangeEdit(c, codeCells))
		}
		out = append(out, v)
	}
	return out
}
