package html

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// area is a part of the image on a map. What is in kids is in it, too.
type area struct {
	name, whole              string // a short name, and the one that stands alone; fit to be shown
	to                       string // the id of what says more
	bytes, wasted, inherited int64
	rest                     bool // all that is too small for a box of its own
	kids                     []area
}

// imageMap is one way to cut the image up, as boxes and as a table.
type imageMap struct {
	ID, Name string
	Note     string // what the boxes count
	Count    string // how many there are
	Boxes    []box
	First    bool // shown until another is chosen
}

// smallestPart is the least part of a whole that has a box of its own: 1/250.
// On the map of a phone that is 28 pixels square, enough for a finger.
const smallestPart = 250

// maps cuts the image up by instruction, package and directory, and returns the
// style sheet that puts the boxes in their places.
func (h *builder) maps(v *pageData) string {
	var style strings.Builder
	add := func(id, name, note string, areas []area) {
		m := imageMap{ID: id, Name: name, Note: note, First: len(v.Maps) == 0}
		m.Boxes = h.boxes(id, areas, &style)
		m.Count = display.Count(len(m.Boxes)) + " boxes"
		if len(m.Boxes) == 1 {
			m.Count = "1 box"
		}
		v.Maps = append(v.Maps, m)
	}
	if h.report.Image.Size == 0 {
		v.NoMaps = []string{"The image holds no file content, so there is nothing to map."}
		return ""
	}
	add("mi", "instruction", "What each instruction of the build put into the image.", h.byInstruction())
	tree := h.report.Tree
	switch {
	case len(h.report.Packages) == 0:
		v.NoMaps = append(v.NoMaps, "There is no map by package: no package database was found in the image.")
	case tree == nil:
		add("mp", "package", "What each package installed. Waste by package is not in a saved report.", h.byPackage())
	default:
		add("mp", "package", "Every file at a path that a package owns, copies of it in other layers included.", h.byPackage())
	}
	if tree == nil {
		v.NoMaps = append(v.NoMaps, "There is no map by directory: a saved report lists no files. Run tare on the image itself to get one.")
	} else {
		add("mf", "directory", "Every file of every layer, including those that another layer hides.", h.byDirectory())
	}
	return style.String()
}

// byInstruction has an area for each layer, named after what made it. Those of
// the base image stand together under its name.
func (h *builder) byInstruction() []area {
	var own, base []area
	for i := range h.report.Layers {
		l := &h.report.Layers[i]
		a := area{bytes: l.Size, wasted: l.WastedBytes, name: "layer " + strconv.Itoa(i), to: h.stepID(l.Instruction)}
		a.whole = a.name + ", no known instruction"
		if l.Instruction != nil && *l.Instruction >= 0 && *l.Instruction < len(h.report.Instructions) {
			in := &h.report.Instructions[*l.Instruction]
			if text := display.OneLine(clip(in.Text, codeCells)); text != "" {
				a.name = text
			}
			a.whole = h.text.Step(&l.Index, l.Instruction, codeCells)
		}
		if l.Inherited {
			a.inherited = l.Size
			base = append(base, a)
		} else {
			own = append(own, a)
		}
	}
	total := sumBytes(own) + sumBytes(base)
	if whole, ok := h.baseArea(base, total); ok {
		own = append(own, whole)
	}
	return mainAreas(own, "layer", total)
}

// baseArea puts the layers of the base image together; false if they hold
// nothing.
func (h *builder) baseArea(layers []area, total float64) (area, bool) {
	name := "base image"
	if reference := h.report.Image.Base.Reference; reference != nil && *reference != "" {
		name = display.OneLine(clip(*reference, nameCells))
	}
	shown := mainAreas(layers, "layer", total)
	switch {
	case len(shown) == 0:
		return area{}, false
	case len(shown) == 1:
		shown[0].name, shown[0].whole, shown[0].rest = name, name+", "+shown[0].whole, false
		return shown[0], true
	}
	a := area{name: name, whole: name + ", the base image"}
	if name == "base image" {
		a.whole = name
	}
	for i := range shown {
		a.bytes, a.wasted, a.inherited = a.bytes+shown[i].bytes, a.wasted+shown[i].wasted, a.inherited+shown[i].inherited
	}
	if float64(a.bytes) >= total/groupPart {
		a.kids = shown
	}
	return a, true
}

// sumBytes adds up what areas weigh. A saved report may name sizes that no
// integer can add up.
func sumBytes(areas []area) (total float64) {
	for i := range areas {
		total += float64(max(areas[i].bytes, 0))
	}
	return total
}

// byPackage has an area for each package, and one for what belongs to none.
// Without the tree it has what the packages installed, and knows no waste.
func (h *builder) byPackage() []area {
	all := h.report.Packages
	areas := make([]area, len(all)+1)
	for _, i := range h.packageOrder()[:h.listed] {
		areas[i].to = elementID("p", i)
	}
	rest := &areas[len(all)]
	rest.name, rest.whole, rest.rest = "(no package)", "in no package", true
	inherited := func(layer int) bool {
		return layer < len(h.report.Layers) && layer >= 0 && h.report.Layers[layer].Inherited
	}
	tree := h.report.Tree
	for i := range all {
		areas[i].name = display.TruncatePath(display.Escape(all[i].Name), shortCells)
		areas[i].whole = areas[i].name
		if tree == nil {
			areas[i].bytes = all[i].Bytes
			if inherited(all[i].Layer) {
				areas[i].inherited = all[i].Bytes
			}
		}
	}
	if tree == nil {
		rest.bytes, rest.inherited = h.report.Image.Size, h.report.Summary.Inherited.Size
		for i := range all {
			rest.bytes -= areas[i].bytes
			rest.inherited -= areas[i].inherited
		}
		rest.inherited = max(rest.inherited, 0)
	} else {
		for id := range tree.Records {
			r := &tree.Records[id]
			if r.Kind != model.File {
				continue
			}
			a := rest
			if p := tree.Owner(model.RecordID(id)); p >= 0 && p < len(all) {
				a = &areas[p]
			}
			a.bytes += r.Size.Bytes()
			if r.Verdict == model.Shadowed || r.Verdict == model.Leftover {
				a.wasted += r.Size.Bytes()
			}
			if inherited(int(r.Layer)) {
				a.inherited += r.Size.Bytes()
			}
		}
	}
	return mainAreas(areas, "package", sumBytes(areas))
}

// mainAreas keeps the areas that are large enough to be seen in a whole, the
// largest first, and puts the others together.
func mainAreas(areas []area, noun string, total float64) []area {
	var shown []area
	rest, count := area{rest: true}, 0
	for _, a := range areas {
		switch {
		case a.bytes <= 0:
		case a.rest || float64(a.bytes) >= total/smallestPart:
			shown = append(shown, a)
		default:
			rest.bytes, rest.wasted, rest.inherited = rest.bytes+a.bytes, rest.wasted+a.wasted, rest.inherited+a.inherited
			count++
		}
	}
	if count > 0 {
		rest.name = display.Count(count) + " smaller"
		rest.whole = display.Plural(count, "smaller "+noun)
		shown = append(shown, rest)
	}
	slices.SortStableFunc(shown, larger)
	return shown
}

func larger(a, b area) int { return cmp.Compare(b.bytes, a.bytes) }
