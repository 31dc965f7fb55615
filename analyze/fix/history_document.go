package fix

import (
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// PlanHistory works out the edits of an image whose Dockerfile nobody has: those of
// the instructions as the image's history gives them, one after the other. Result.Old
// and Result.New are those instructions, and lines are 0.
func PlanHistory(r *model.Report, opt Options) (*Result, error) {
	opt.Ignore, opt.IgnoreUnknown = nil, true
	parse := func() (*document, []*piece) { return historyDocument(r.Instructions) }
	doc, _ := parse()
	return planDocument(r, parse, doc.bytes(), opt), nil
}

// historyDocument returns the instructions of a history as a document. What the base
// image brings has no piece.
func historyDocument(instructions []model.Instruction) (doc *document, at []*piece) {
	doc, at = &document{}, make([]*piece, len(instructions))
	for i := range instructions {
		in := &instructions[i]
		if in.Inherited || in.Text == "" || rewrite.Keyword(in.Text) == "FROM" {
			continue
		}
		p := &piece{raw: in.Text + "\n", text: in.Text, form: form{eol: "\n"}, origins: []int{i}}
		if one, ok := rewrite.Several(in.Text); !ok || len(one) != 1 || one[0] != in.Text {
			p.fault = "tare cannot tell where it ends"
		}
		doc.pieces = append(doc.pieces, p)
		at[i] = p
	}
	return doc, at
}
