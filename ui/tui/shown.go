package tui

import "github.com/tare-oci/tare/model"

// shown is the finding that the text below the focused list is about, nil where
// there is none: what Y copies the edit of. Where the text holds several, it is
// the first that has one.
func (m *root) shown() *model.Finding {
	switch m.focused() {
	case m.packages:
		if n := m.packages.chosen(); n != nil && n.index >= 0 {
			return m.packages.brought(n)
		} else if n != nil {
			return m.packages.held(n)
		}
		return nil
	case m.dockerfile:
		if at := m.dockerfile.costIndex(); at >= 0 {
			own, hidden := m.dockerfile.source.findings(int32(at))
			return firstEdit(append(own, hidden...))
		}
		return nil
	case m.config:
		if c := m.config; c.Cursor >= 0 && c.Cursor < len(c.settings) {
			return firstEdit(c.settings[c.Cursor].findings)
		}
		return nil
	}
	return m.fixes.chosen()
}

func firstEdit(findings []*model.Finding) *model.Finding {
	for _, f := range findings {
		if f.Fix != nil && f.Fix.After != nil {
			return f
		}
	}
	return nil
}
