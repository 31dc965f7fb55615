package fleet

import (
	"fmt"

	"github.com/tare-oci/tare/ui/display"
	report "github.com/tare-oci/tare/ui/report/fleet"
	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/lists"
)

func (m *maker) rules() lists.List {
	l := lists.List{Name: "Waste", Columns: []string{"on disk", "of pull", "images"}, Empty: "Nothing is wasted."}
	if !m.f.Read {
		l.Empty = "What is wasted is known when the layers are read."
	}
	if len(m.f.Rules) > 0 {
		l.Rows = append(l.Rows, lists.Row{Key: "rules", Name: "By rule", Heading: true, Text: about("What each rule finds, over all images.")})
	}
	for i := range m.f.Rules {
		r := &m.f.Rules[i]
		l.Rows = append(l.Rows, lists.Row{Key: r.Rule, Name: r.Rule, Figures: []lists.Figure{waste(&r.Bytes), waste(r.CompressedBytes), count(r.Images)}, Text: func(p *draw.Page) {
			p.Paragraph(p.Theme.Text, fmt.Sprintf("%s in %s of %s. tare explain %s says what it is.", display.Bytes(r.Bytes), display.Plural(r.Layers, "layer"), display.Plural(r.Images, "image"), r.Rule))
		}})
	}
	if len(m.f.Instructions) > 0 {
		l.Rows = append(l.Rows, lists.Row{Key: "lines", Name: "By instruction", Heading: true, Text: about("The same bytes, by the instruction whose layers hold them.")})
	}
	telling := report.Telling(m.f)
	for i := range m.f.Instructions {
		s := &m.f.Instructions[i]
		name := s.Text
		if name == "" {
			name = "layers that no known instruction made"
		}
		l.Rows = append(l.Rows, lists.Row{Key: "i" + s.Text, Name: name, Telling: telling[i], Figures: []lists.Figure{waste(&s.WastedBytes), waste(s.WastedCompressedBytes), count(s.Images)}, Text: func(p *draw.Page) {
			p.Paragraph(p.Theme.Text, name)
			p.Paragraph(p.Theme.Dim, fmt.Sprintf("%s of %s waste %s on disk.", display.Plural(s.Layers, "layer"), display.Plural(s.Images, "image"), display.Bytes(s.WastedBytes)))
		}})
	}
	return l
}

// about is the text about a heading.
func about(text string) func(p *draw.Page) {
	return func(p *draw.Page) { p.Paragraph(p.Theme.Text, text) }
}
