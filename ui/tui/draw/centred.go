package draw

import (
	"charm.land/lipgloss/v2"

	"github.com/tare-oci/tare/ui/display"
)

// Centred writes a sentence into the middle of an empty pane.
func Centred(th *Theme, style lipgloss.Style, text string, width, height int) []string {
	parts := display.Wrap(text, max(width-4, 1))
	rows := make([]string, 0, height)
	for range max((height-len(parts))/2, 0) {
		rows = append(rows, NewLine(th, width).String())
	}
	for _, part := range parts {
		if len(rows) < height {
			rows = append(rows, NewLine(th, width).Gap((width-display.Width(part))/2).Add(style, part).String())
		}
	}
	return rows
}
