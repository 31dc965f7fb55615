package pane

import (
	"strings"

	"github.com/tare-oci/tare/model"
)

// Pasteable is the edit as it is to be pasted: newlines and tabs, and no other
// control character, because a paste into a terminal would obey it. It is ""
// where there is none.
func Pasteable(f *model.Finding) string {
	if f == nil || f.Fix == nil || f.Fix.After == nil {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r >= ' ' && r != 0x7f && (r < 0x80 || r > 0x9f) {
			return r
		}
		return -1
	}, *f.Fix.After)
}

// firstEdit is the first of the findings that comes with an edit, nil where none does.
func firstEdit(findings []*model.Finding) *model.Finding {
	for _, f := range findings {
		if f.Fix != nil && f.Fix.After != nil {
			return f
		}
	}
	return nil
}
