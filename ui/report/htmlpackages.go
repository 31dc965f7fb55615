package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// htmlFirstPackages is how many packages are shown before the fold.
const htmlFirstPackages = 12

// htmlPackages is what the package managers say is installed.
type htmlPackages struct {
	Sentence    string
	First, Rest []htmlPackage
	More        string
}

type htmlPackage struct {
	ID                  string
	Name, Version, Size string
	Why                 string
	Wanted              bool // somebody asked for it, or something needs it
	Put                 *htmlLink
}

// packages lists the largest first, with the reason of each.
func (h *htmlPage) packages() htmlPackages {
	all := h.report.Packages
	if len(all) == 0 {
		return htmlPackages{Sentence: "No package database was found in the image."}
	}
	var bytes int64
	for i := range all {
		bytes += all[i].Bytes
	}
	v := htmlPackages{Sentence: display.Plural(len(all), "package") + ", " + display.Bytes(bytes) + " as installed, the largest first."}
	h.room(htmlPackageRoom)
	for n, i := range h.packageOrder() {
		if h.full() {
			break
		}
		h.listed++
		row := h.packageRow(&all[i], htmlID("p", i))
		if n < htmlFirstPackages {
			v.First = append(v.First, row)
		} else {
			v.Rest = append(v.Rest, row)
		}
	}
	if more := len(all) - len(v.First) - len(v.Rest); more > 0 {
		v.More = "and " + display.Plural(more, "smaller package") + "; the JSON report lists all."
	}
	return v
}

// packageOrder is the packages on the page as indexes in the report, the
// largest first.
func (h *htmlPage) packageOrder() []int {
	all := h.report.Packages
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(all[b].Bytes, all[a].Bytes), cmp.Compare(all[a].Name, all[b].Name))
	})
	return order[:min(len(order), htmlMaxPackages)]
}

func (h *htmlPage) packageRow(p *model.Package, id string) htmlPackage {
	row := htmlPackage{
		ID: id, Name: h.take(p.Name, htmlName), Version: h.take(strings.TrimSpace(p.Version+" "+p.Arch), htmlName),
		Size: display.Bytes(p.Bytes), Wanted: p.Reason != "recommended" && p.Reason != "suggested" && p.Reason != "orphan",
	}
	row.Why = h.why(p)
	if p.Layer >= 0 && p.Layer < len(h.report.Layers) {
		row.Put = h.put(&h.report.Layers[p.Layer])
	}
	return row
}

// put names in a few words what made a layer.
func (h *htmlPage) put(l *model.Layer) *htmlLink {
	if l.Instruction == nil || *l.Instruction < 0 || *l.Instruction >= len(h.report.Instructions) {
		return &htmlLink{Text: "layer " + strconv.Itoa(l.Index)}
	}
	in := &h.report.Instructions[*l.Instruction]
	text := "step " + strconv.Itoa(in.Index)
	switch {
	case l.Inherited:
		text = "the base image"
	case in.Location != nil:
		text = "line " + strconv.Itoa(in.Location.Line)
	}
	if keyword := h.take(in.Keyword, htmlShort); keyword != "" && !l.Inherited {
		text += ", " + keyword
	}
	return &htmlLink{Text: text, To: h.stepID(l.Instruction)}
}

// why says in a few words what a package is there for.
func (h *htmlPage) why(p *model.Package) string {
	by := h.take(strings.Join(p.RecommendedBy[:min(len(p.RecommendedBy), 3)], ", "), htmlName)
	via := ""
	if p.Via != "" {
		via = ", through " + h.take(p.Via, htmlName)
	}
	switch p.Reason {
	case "manual":
		return "asked for by name"
	case "essential":
		return "essential to the system"
	case "dependency":
		if p.NeededBy != "" {
			return h.take(p.NeededBy, htmlName) + " needs it"
		}
		return "another package needs it"
	case "recommended", "suggested":
		verb := strings.TrimSuffix(p.Reason, "ed") + "s" // recommends, suggests
		if by == "" {
			return "only " + p.Reason
		}
		return "only because " + by + " " + verb + " it" + via
	case "orphan":
		return "nothing needs it any more"
	}
	return "reason unknown"
}
