package beside

import (
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/pulled"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// again is what of a step's layer is pulled again, nil where that is not so, or not known.
func (p *Page) again(s *model.Step) *model.PulledAgain {
	if s == nil || s.Layer == nil {
		return nil
	}
	for i := range p.c.PulledAgain {
		if p.c.PulledAgain[i].New == *s.Layer {
			return &p.c.PulledAgain[i]
		}
	}
	return nil
}

// forNothing is how many bytes of a step's layer are pulled again for nothing, 0 where
// none are.
func forNothing(again *model.PulledAgain) int64 {
	switch {
	case again == nil || again.Kind == model.MostlySame:
		return 0
	case again.CompressedBytes != nil:
		return *again.CompressedBytes
	}
	return again.Bytes
}

// readAgain says why a step's layer is pulled again, and what to do.
func (p *Page) readAgain(page *draw.Page, again *model.PulledAgain) {
	if again == nil {
		return
	}
	text := display.Bytes(again.Bytes) + ", uncompressed"
	if again.CompressedBytes != nil {
		text = display.Bytes(*again.CompressedBytes)
	}
	if again.Kind != model.MostlySame {
		text += ", again for nothing"
	}
	page.Fact("pulled", text)
	page.Fact("why", pulled.Why(again))
	if keep := pulled.Keep(again); keep != "" {
		page.Fact("instead", keep)
	}
	page.Blank()
}

// pulls says in the header what a node with the old image pulls, if there is room for it.
func (p *Page) pulls(l *draw.Line) {
	t := &p.c.Totals
	if p.c.PulledAgain == nil || t.PullBytes == nil || t.PulledAgainBytes == nil || *t.PullBytes == 0 || l.Used == 0 {
		return
	}
	whole, part := display.BytesApart(*t.PullBytes, *t.PulledAgainBytes)
	who, text, nothing := "whoever has the old one pulls ", whole, ""
	switch {
	case *t.PulledAgainBytes == *t.PullBytes:
		nothing = " for nothing"
	case *t.PulledAgainBytes > 0:
		nothing = ", " + part + " for nothing"
	}
	if l.Left() < 4+display.Width(who+text+nothing) {
		if who = "pulls "; l.Left() < 4+display.Width(who+text+nothing) {
			return
		}
	}
	l.Gap(3).Add(p.th.Dim, who).Add(p.th.Strong, text).Add(p.th.Removed, nothing)
}
