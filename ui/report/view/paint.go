package view

import "charm.land/lipgloss/v2"

// paint colours text, or leaves it alone where it is false. The terminal is
// never asked what it is: two of its own sixteen colours, bold and faint are
// readable on light and on dark, as the theme's owner chose them.
type paint bool

var (
	strongStyle = lipgloss.NewStyle().Bold(true)
	faintStyle  = lipgloss.NewStyle().Faint(true)
	wasteStyle  = lipgloss.NewStyle().Foreground(lipgloss.Red)
	gainStyle   = lipgloss.NewStyle().Foreground(lipgloss.Green)
)

func (p paint) with(style lipgloss.Style, s string) string {
	if !p || s == "" {
		return s
	}
	return style.Render(s)
}

// Strong paints what is to be seen first.
func (p paint) Strong(s string) string { return p.with(strongStyle, s) }

// Faint paints what is there to be looked up.
func (p paint) Faint(s string) string { return p.with(faintStyle, s) }

// Waste paints what is wasted, or goes.
func (p paint) Waste(s string) string { return p.with(wasteStyle, s) }

// Gain paints what is gained, or comes.
func (p paint) Gain(s string) string { return p.with(gainStyle, s) }
