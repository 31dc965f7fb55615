package fleet

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
)

const (
	// pictureRows is how many images the picture shows, those of most bytes.
	pictureRows = 60
	// smallestSegment is the least part of the widest bar, in thousandths, that is drawn on
	// its own: enough for a finger on a phone.
	smallestSegment = 25
	// nameCells and textCells bound texts of images on the page.
	nameCells = 120
	textCells = 240
)

// picture draws each image as a bar of its layers. Images that stand on the same base stand
// together. A layer looks the same in all images that have it.
type picture struct {
	Groups []pictureGroup
	More   string // what is left out; "" for nothing
	Unit   string // what a width means
	Boxes  int
}

// pictureGroup is the images of a base.
type pictureGroup struct {
	Name, Fact string
	Rows       []pictureRow
}

// pictureRow is an image.
type pictureRow struct {
	Name, Size string
	To         string // the id of its row in the table
	Segments   []segment
}

// segment is a layer in the bar of an image.
type segment struct {
	ID, To string
	Layer  int    // -1 for several small ones
	Kind   string // "base", "shared" or "own"
	Width  int    // in thousandths of the widest bar
	Waste  int    // in tenths of its height
	Text   string // within, where there is room
	Label  string
}

// weigh is what a layer's width means: bytes to pull or, where they are not known of all, bytes on
// the disk.
func weigh(f *model.Fleet) (of func(*model.FleetLayer) (size, waste int64), unit string) {
	known := func(n *int64) int64 {
		if n == nil {
			return 0
		}
		return *n
	}
	if !slices.ContainsFunc(f.Layers, func(l model.FleetLayer) bool { return l.CompressedSize == nil }) {
		return func(l *model.FleetLayer) (int64, int64) {
			return known(l.CompressedSize), known(l.WastedCompressedBytes)
		}, "to pull"
	}
	return func(l *model.FleetLayer) (int64, int64) { return known(l.Size), known(l.WastedBytes) }, "on disk"
}

// layersOf are an image's layers, a layer that it has several times once.
func layersOf(f *model.Fleet, image int) (layers []int) {
	seen := make(map[int]bool)
	for _, l := range f.Images[image].Layers {
		if !seen[l] {
			layers = append(layers, l)
		}
		seen[l] = true
	}
	return layers
}

// pictureOf draws the images.
func pictureOf(f *model.Fleet) *picture {
	of, unit := weigh(f)
	p := &picture{Unit: unit}
	sizes := make([]int64, len(f.Images))
	widest := int64(0)
	var shown []int
	for i := range f.Images {
		for _, l := range layersOf(f, i) {
			size, _ := of(&f.Layers[l])
			sizes[i] += size
		}
		widest = max(widest, sizes[i])
		if len(f.Images[i].Layers) > 0 {
			shown = append(shown, i)
		}
	}
	if widest == 0 {
		return nil
	}
	slices.SortStableFunc(shown, func(a, b int) int { return cmp.Compare(sizes[b], sizes[a]) })
	if left := len(shown) - pictureRows; left > 0 {
		shown = shown[:pictureRows]
		p.More = display.Plural(left, "smaller image") + " left out; the table below has more."
	}
	groups, self := make(map[int][]int), make(map[int]int) // by base; by image, of bases themselves
	for b := range f.Bases {
		if img := f.Bases[b].Image; img != nil {
			self[*img] = b
		}
	}
	for _, i := range shown {
		base := len(f.Bases)
		if b, isBase := self[i]; isBase {
			base = b
		} else if b := f.Images[i].Base; b != nil {
			base = *b
		}
		groups[base] = append(groups[base], i)
	}
	for base := range len(f.Bases) + 1 {
		if images := groups[base]; len(images) > 0 {
			p.Groups = append(p.Groups, p.group(f, base, images, of, sizes, widest))
		}
	}
	return p
}

func (p *picture) group(f *model.Fleet, base int, images []int, of func(*model.FleetLayer) (int64, int64), sizes []int64, widest int64) pictureGroup {
	g := pictureGroup{Name: "no known base", Fact: display.Plural(len(images), "image")}
	if base < len(f.Bases) {
		b := &f.Bases[base]
		g.Name = text(BaseName(f, base), nameCells)
		g.Fact = display.Plural(len(b.Images), "image")
		if b.CompressedSize != nil {
			g.Fact = display.Bytes(*b.CompressedSize) + " once, " + g.Fact
		}
	}
	for _, i := range images {
		row := pictureRow{Name: text(Short(f, nameOf(f, i)), nameCells), Size: display.Bytes(sizes[i]), To: imageID(f, i)}
		small, smallWaste, smallest := int64(0), int64(0), 0
		for _, l := range layersOf(f, i) {
			size, waste := of(&f.Layers[l])
			width := int(size * 1000 / widest)
			if width < smallestSegment {
				small, smallWaste, smallest = small+size, smallWaste+waste, smallest+1
				continue
			}
			row.Segments = append(row.Segments, p.segment(f, i, l, size, waste, width))
		}
		if width := int(small * 1000 / widest); width > 0 {
			s := segment{ID: p.next(), To: row.To, Layer: -1, Kind: "own rest", Width: width, Waste: tenths(smallWaste, small)}
			s.Label = fmt.Sprintf("%s of %s: %s", display.Plural(smallest, "small layer"), row.Name, display.Bytes(small))
			row.Segments = append(row.Segments, s)
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}

func (p *picture) next() string {
	p.Boxes++
	return "s" + strconv.Itoa(p.Boxes)
}

func (p *picture) segment(f *model.Fleet, image, layer int, size, waste int64, width int) segment {
	l := &f.Layers[layer]
	s := segment{ID: p.next(), To: imageID(f, image), Layer: layer, Kind: "own", Width: width, Waste: tenths(waste, size), Text: display.Bytes(size)}
	if n := len(l.Images); n > 1 {
		s.Kind = "shared"
		s.To = layerID(f, layer)
	}
	if l.Base {
		s.Kind = "base"
	}
	facts := []string{textOf(l), display.Bytes(size) + " " + p.Unit}
	if n := len(l.Images); n > 1 {
		facts = append(facts, "in "+display.Plural(n, "image"))
	} else {
		facts = append(facts, "in this image alone")
	}
	if waste > 0 {
		facts = append(facts, display.Bytes(waste)+" of that wasted")
	}
	s.Label = strings.Join(facts, ", ")
	return s
}

// tenths is how much of a whole a part is: none below 2 %, else at least one.
func tenths(part, whole int64) int {
	if whole <= 0 || part*50 < whole {
		return 0
	}
	return min(max(int(part*10/whole), 1), 10)
}

// textOf names a layer by its instruction.
func textOf(l *model.FleetLayer) string {
	if t := text(view.Clip(l.Text), textCells); t != "" {
		return t
	}
	return "a layer that no known instruction made"
}

// text makes a text of an image fit to be shown.
func text(s string, cells int) string { return display.Truncate(display.OneLine(s), cells) }

// imageID and layerID are where the tables have an image and a layer; a row that is left
// out is found at the table itself.
func imageID(f *model.Fleet, i int) string {
	if len(f.Images) > maxRows {
		return "images"
	}
	return "i" + strconv.Itoa(i)
}

func layerID(f *model.Fleet, l int) string {
	if l >= sharedRows || len(f.Layers[l].Images) < 2 {
		return "sharing"
	}
	return "l" + strconv.Itoa(l)
}
