package view

import "charm.land/lipgloss/v2"

// paint colours text, or leaves it alone where it is false. The terminal is
// never asked what it is: three of its own sixteen colours, bold and faint are
// readable on light and on dark, as the theme's owner chose them. What they mean is
// what they mean in the interface and in HTML: yellow is wasted, red goes or is a
// danger, green comes or is gained.
type paint bool

var (
	strongStyle = lipgloss.NewStyle().Bold(true)
	faintStyle  = lipgloss.NewStyle().Faint(true)
	wasteStyle  = lipgloss.NewStyle().Foreground(lipgloss.Yellow)
	badStyle    = lipgloss.NewStyle().Foreground(lipgloss.Red)
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

// Bad paints what goes, what failed, and what is a danger.
func (p paint) Bad(s string) string { return p.with(badStyle, s) }

// Waste paints what is wasted.
func (p paint) Waste(s string) string { return p.with(wasteStyle, s) }

// Gain paints what is gained, or comes.
func (p paint) Gain(s string) string { return p.with(gainStyle, s) }
