package html

import (
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
)

const (
	// openFindings is how many findings show their fix without being asked.
	openFindings = 3
	// maxPaths and htmlMaxOwners are how many paths and packages a finding lists.
	maxPaths  = model.MaxFindingPaths
	maxOwners = 60
	// leastBar keeps a bar of little from looking like none: it is at least
	// this part of the longest.
	leastBar = 150
)

// finding is one finding with its fix.
type finding struct {
	ID                       string
	Title, Bytes, Pull, Rule string
	Confidence, Mark         string // Mark says the confidence by shape
	Wasted, Inherited, Open  bool
	Width                    string // of its bar, percent of the largest
	Put, Hid                 *link
	Manifest                 string // the line of a manifest that it is about; "" for none
	Within                   bool   // hidden by the layer that holds it
	Summary                  string
	Edit                     []editLine
	SameAs                   *link // an earlier finding with the same edit
	Paths                    []string
	Files, MorePaths         string // how many, and how many the list leaves out
	Owners, MoreOwners       string
	Packages                 []string
}

// editLine is one line of an edit: kept, gone or new.
type editLine struct {
	Kind string // same, del or add
	Text string
}

var marks = map[model.Confidence]string{model.Certain: "●", model.Likely: "◐", model.Possible: "○"}

// findings lists what can be saved, the most bytes first, and says what the
// list leaves out.
func (h *builder) findings() (list []finding, more string) {
	h.room(findingRoom)
	order := view.Ranked(h.report)
	shown := order[:min(len(order), maxFindings)]
	var largest int64
	for _, f := range shown {
		largest = max(largest, f.Bytes)
	}
	for i, f := range shown {
		if h.full() {
			break
		}
		v := h.finding(f, i+1)
		v.Width = percent(max(f.Bytes, largest/leastBar), largest)
		v.Open = i < openFindings && f.Bytes > 0 && len(h.report.Changes) == 0
		for j, earlier := range shown[:i] {
			if len(v.Edit) > 0 && view.SameEdit(earlier.Fix, f.Fix) {
				v.Edit, v.SameAs = nil, &link{Text: list[j].Title, To: list[j].ID}
				break
			}
		}
		list = append(list, v)
		h.found++
	}
	rest := order[len(list):]
	if len(rest) == 0 {
		return list, ""
	}
	var bytes int64
	for _, f := range rest {
		if f.Wasted() {
			bytes += f.Bytes
		}
	}
	return list, display.Plural(len(rest), "more finding") + " (" + display.Bytes(bytes) + " wasted); the JSON report lists all."
}

func (h *builder) finding(f *model.Finding, n int) finding {
	v := finding{
		ID: elementID("f", n), Title: h.take(f.Title, nameCells), Rule: h.take(f.Rule, nameCells),
		Confidence: h.take(string(f.Confidence), shortCells), Mark: marks[f.Confidence],
		Wasted: f.Wasted() && f.Bytes > 0, Inherited: f.Inherited,
		Put: h.made(f.Layer, f.Instruction),
	}
	if f.Manifest != nil {
		v.Manifest, v.Put = h.fit(h.text.From(f, nameCells), nameCells), nil
	}
	if f.Bytes > 0 {
		v.Bytes = display.Bytes(f.Bytes)
		if f.CompressedBytes != nil {
			v.Pull = display.Bytes(*f.CompressedBytes) + " to pull"
		}
	}
	if f.HiddenBy != nil {
		v.Within = f.Layer != nil && *f.HiddenBy == *f.Layer
		if !v.Within {
			v.Hid = h.made(f.HiddenBy, h.text.Maker(f.HiddenBy))
		}
	}
	if f.Fix != nil {
		v.Summary = h.take(f.Fix.Summary, sentenceCells)
		if !h.full() { // half an edit is none
			v.Edit = append(h.edit(f.Fix), h.diff(h.text.ManifestEdit(f, codeCells))...)
		}
	}
	h.held(&v, f)
	return v
}

// held lists what a finding holds, as far as there is room.
func (h *builder) held(v *finding, f *model.Finding) {
	paths := f.Paths[:min(len(f.Paths), maxPaths)]
	for i, path := range paths {
		if h.full() && i > 0 {
			break
		}
		v.Paths = append(v.Paths, h.takePath("/"+path, nameCells))
	}
	v.Files = display.Plural(f.FileCount, "file")
	if rest := f.FileCount - len(v.Paths); rest > 0 && len(v.Paths) > 0 {
		v.MorePaths = "and " + display.Plural(rest, "more file")
	}
	v.Owners = display.Plural(len(f.Packages), "package")
	for i, name := range f.Packages {
		if i == maxOwners || h.full() && i > 0 {
			v.MoreOwners = "and " + display.Plural(len(f.Packages)-i, "more package")
			break
		}
		v.Packages = append(v.Packages, h.take(name, nameCells))
	}
}

// edit shows a fix as what goes and what comes, in lines that can be pasted.
func (h *builder) edit(fix *model.Fix) []editLine { return h.diff(h.text.Edit(fix, codeCells)) }

// diff shows the lines of an edit, as far as there is room.
func (h *builder) diff(edit []string) []editLine {
	lines := h.takeLines(edit, maxStepLines)
	var out []editLine
	for _, line := range lines {
		kind, text := "same", strings.TrimPrefix(line, "  ") // what says how many lines are left out has no mark
		if rest, ok := strings.CutPrefix(line, "- "); ok {
			kind, text = "del", rest
		} else if rest, ok := strings.CutPrefix(line, "+ "); ok {
			kind, text = "add", rest
		}
		out = append(out, editLine{Kind: kind, Text: text})
	}
	return out
}
