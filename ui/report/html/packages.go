package html

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// firstPackages is how many packages are shown before the fold.
const firstPackages = 12

// packages is what the package managers say is installed.
type packages struct {
	Sentence    string
	First, Rest []installed
	More        string
}

type installed struct {
	ID                  string
	Name, Version, Size string
	Why                 string
	Wanted              bool // it was asked for by name, or something needs it
	Put                 *link
}

// packages lists the largest first, with the reason of each.
func (h *builder) packages() packages {
	all := h.report.Packages
	if len(all) == 0 {
		return packages{Sentence: "No package database was found in the image."}
	}
	var bytes int64
	count := 0
	for i := range all {
		if bytes += all[i].Bytes; all[i].PartOf == "" {
			count++
		}
	}
	v := packages{Sentence: display.Plural(count, "package") + ", " + display.Bytes(bytes) + " as installed, the largest first."}
	h.room(packageRoom)
	for n, i := range h.packageOrder() {
		if h.full() {
			break
		}
		h.listed++
		row := h.packageRow(&all[i], elementID("p", i))
		if n < firstPackages {
			v.First = append(v.First, row)
		} else {
			v.Rest = append(v.Rest, row)
		}
	}
	if more := count - len(v.First) - len(v.Rest); more > 0 {
		v.More = "and " + display.Plural(more, "smaller package") + "; the JSON report lists all."
	}
	return v
}

// packageOrder is the packages on the page as indexes in the report, the
// largest first.
func (h *builder) packageOrder() []int {
	all := h.report.Packages
	var order []int
	for i := range all {
		if all[i].PartOf == "" { // what is a part of another is listed there
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(all[b].Bytes, all[a].Bytes), cmp.Compare(all[a].Name, all[b].Name))
	})
	return order[:min(len(order), maxPackages)]
}

func (h *builder) packageRow(p *model.Package, id string) installed {
	row := installed{
		ID: id, Name: h.take(p.Name, nameCells), Version: h.take(strings.TrimSpace(p.Version+" "+p.Arch), nameCells),
		Size: sizeOf(p), Wanted: p.Reason != "recommended" && p.Reason != "suggested" && p.Reason != "orphan",
	}
	row.Why = h.why(p)
	if p.Layer >= 0 && p.Layer < len(h.report.Layers) {
		row.Put = h.put(&h.report.Layers[p.Layer])
	}
	return row
}

func sizeOf(p *model.Package) string {
	if p.Unsized {
		return "unknown"
	}
	return display.Bytes(p.Bytes)
}

// put names in a few words what made a layer.
func (h *builder) put(l *model.Layer) *link {
	if l.Instruction == nil || *l.Instruction < 0 || *l.Instruction >= len(h.report.Instructions) {
		return &link{Text: "layer " + strconv.Itoa(l.Index)}
	}
	in := &h.report.Instructions[*l.Instruction]
	text := "step " + strconv.Itoa(h.report.StepNumber(*l.Instruction))
	switch {
	case l.Inherited:
		text = "the base image"
	case in.Location != nil:
		text = "line " + strconv.Itoa(in.Location.Line)
	}
	if keyword := h.take(in.Keyword, shortCells); keyword != "" && !l.Inherited {
		text += ", " + keyword
	}
	return &link{Text: text, To: h.stepID(l.Instruction)}
}

// why says in a few words what a package is there for.
func (h *builder) why(p *model.Package) string {
	by := h.take(strings.Join(p.RecommendedBy[:min(len(p.RecommendedBy), 3)], ", "), nameCells)
	via := ""
	if p.Via != "" {
		via = ", through " + h.take(p.Via, nameCells)
	}
	switch p.Reason {
	case "manual":
		return "asked for by name"
	case "dev":
		return "for development only"
	case "essential":
		return "essential to the system"
	case "dependency":
		if p.NeededBy != "" {
			return h.take(p.NeededBy, nameCells) + " needs it"
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
