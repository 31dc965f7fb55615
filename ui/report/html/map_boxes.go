package html

import (
	"fmt"
	"strings"

	"github.com/tare-oci/tare/ui/display"
)

// box is an area with its place, which the style sheet has under its ID.
type box struct {
	ID, To, Row  string // Row is the id of its line in the table, where To leads unless there is better
	Name, Whole  string
	Size, Part   string
	Wasted, Base string // in words, "" for none

	Bytes, WastedBytes, BaseBytes int64
	Label                         string // everything in words
	Depth                         int
	Group, Rest                   bool
}

// boxes lays areas out and puts their places into the style sheet, once for a
// wide window and once for a phone.
func (h *builder) boxes(id string, areas []area, style *strings.Builder) []box {
	var total int64
	for i := range areas {
		total += areas[i].bytes
	}
	h.room(mapRoom)
	var boxes []box
	var flat []*area
	var walk func(areas []area, depth int)
	walk = func(areas []area, depth int) {
		for i := range areas {
			b := h.box(&areas[i], total)
			b.ID, b.Depth, b.Group = elementID(id, len(boxes)), depth, len(areas[i].kids) > 0
			if b.To == "" {
				b.Row = b.ID + "r"
				b.To = b.Row
			}
			boxes, flat = append(boxes, b), append(flat, &areas[i])
			walk(areas[i].kids, depth+1)
		}
	}
	walk(areas, 0)

	for i, at := range places(areas, wide) {
		a := flat[i]
		fmt.Fprintf(style, "#%s{%s", boxes[i].ID, at.css(wide))
		if len(a.kids) == 0 && a.wasted > 0 {
			fmt.Fprintf(style, ";--w:%s", percent(a.wasted, a.bytes))
		}
		if len(a.kids) == 0 && a.inherited > 0 {
			fmt.Fprintf(style, ";--i:%s", percent(a.inherited, a.bytes))
		}
		style.WriteString("}\n")
	}
	style.WriteString("@media (max-width:640px){\n")
	for i, at := range places(areas, tall) {
		fmt.Fprintf(style, "#%s{%s}\n", boxes[i].ID, at.css(tall))
	}
	style.WriteString("}\n")
	return boxes
}

// box says an area in words.
func (h *builder) box(a *area, total int64) box {
	b := box{
		To: a.to, Name: h.fit(a.name, codeCells), Whole: h.fit(a.whole, nameCells), Rest: a.rest,
		Size: display.Bytes(a.bytes), Part: display.Percent(a.bytes, total), Bytes: a.bytes, WastedBytes: a.wasted, BaseBytes: a.inherited,
	}
	switch {
	case a.wasted <= 0:
	case a.wasted >= a.bytes:
		b.Wasted = "all wasted"
	default:
		b.Wasted = display.Bytes(a.wasted) + " wasted"
	}
	switch {
	case a.inherited <= 0:
	case a.inherited >= a.bytes:
		b.Base = "inherited"
	default:
		b.Base = display.Bytes(a.inherited) + " inherited"
	}
	said := []string{b.Whole, b.Size, b.Part + " of the image"}
	for _, s := range []string{b.Wasted, b.Base} {
		if s != "" {
			said = append(said, s)
		}
	}
	b.Label = strings.Join(said, ", ")
	return b
}
