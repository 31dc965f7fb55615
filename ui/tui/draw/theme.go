package draw

import (
	"image/color"
	"time"

	"charm.land/lipgloss/v2"

	"github.com/tare-oci/tare/ui/display"
)

// glyphs are the shapes the interface draws with. Each is one column wide.
type glyphs struct {
	horizontal, vertical, topLeft, topRight, bottomLeft, bottomRight string
	teeLeft, teeRight, thumb                                         string
	Cursor, Caret, DirOpen, DirClosed, Arrow                         string
	Certain, Likely, Possible                                        string // how sure a finding is
	Risk                                                             string // a finding that endangers
	Marked, MarkedBelow                                              string // what the chosen fix takes away
	Selected, Written                                                string // changes
	Past, Ahead                                                      string // steps of the build
	Came, Went, Grew, Shrank, Other, Again                           string // what became of a thing; Again: it is pulled again for nothing
}

var unicodeGlyphs = glyphs{
	horizontal: "─", vertical: "│", topLeft: "╭", topRight: "╮", bottomLeft: "╰", bottomRight: "╯",
	teeLeft: "├", teeRight: "┤", thumb: "┃",
	Cursor: "▌", Caret: "▏", DirOpen: "▾", DirClosed: "▸", Arrow: "→",
	Certain: "●", Likely: "◐", Possible: "○", Marked: "◆", MarkedBelow: "◇", Risk: "▲", Selected: "■", Written: "✓", Past: "━", Ahead: "╌",
	Came: "+", Went: "×", Grew: "↑", Shrank: "↓", Other: "~", Again: "↻",
}

var asciiGlyphs = glyphs{
	horizontal: "-", vertical: "|", topLeft: "+", topRight: "+", bottomLeft: "+", bottomRight: "+",
	teeLeft: "+", teeRight: "+", thumb: "#",
	Cursor: ">", Caret: "_", DirOpen: "-", DirClosed: "+", Arrow: ">",
	Certain: "!", Likely: "~", Possible: "?", Marked: "*", MarkedBelow: "o", Risk: "^", Selected: "x", Written: "w", Past: "=", Ahead: ".",
	Came: "+", Went: "x", Grew: "^", Shrank: "v", Other: "~", Again: "@",
}

// Theme is every colour and shape in use. Text that carries the message keeps
// the terminal's own foreground, so it is readable whatever the background is;
// colour only ever adds to what a word or a shape says already.
type Theme struct {
	glyphs
	Charset      display.Charset
	ASCII, Plain bool      // plain: no colour at all
	Accessible   bool      // rows are lines to be read aloud: no columns, no shapes
	Now          time.Time // for ages; the moment the interface opened

	Text, Dim, Strong, Keyword, Accent  lipgloss.Style
	Live, Waste, Added, Removed, border lipgloss.Style
	focus, Title                        lipgloss.Style
	chosen, parked                      lipgloss.Style              // the row under the cursor, its pane focused or not
	override                            bool                        // chosen has a foreground that all its text must take
	page                                *lipgloss.Style             // the screen's own colours; nil for the terminal's
	onChosen                            map[color.Color]color.Color // what drawings have on the chosen row for a colour of theirs
}

// palette is one theme's colours. A nil colour is the terminal's own. Terminals
// with 256 colours show the nearest they have, so each was chosen for having a
// near one of the same hue: dark blues turn into teal otherwise.
type palette struct {
	dim, keyword, accent, live, waste, added, removed, border color.Color
	chosen, chosenText, parked, parkedText                    color.Color
	override                                                  bool
	chosenLive, chosenWaste                                   color.Color // of bars on the chosen row, where they have other colours there

	// back and text are those of the whole screen, where a theme has its own.
	back, text color.Color
}

var (
	darkPalette = palette{
		dim: rgb("#92949a"), keyword: rgb("#8fb6f5"), accent: rgb("#8fb6f5"), live: rgb("#5f86c0"), waste: rgb("#e2b36a"),
		added: rgb("#a3cf7c"), removed: rgb("#ee8291"), border: rgb("#434b63"), chosen: rgb("#34394a"),
		chosenText: rgb("#ffffff"), parked: rgb("#282a2e"), parkedText: rgb("#e4e4e4"),
	}
	lightPalette = palette{
		dim: rgb("#6c6c6c"), keyword: rgb("#2159b5"), accent: rgb("#2159b5"), live: rgb("#7aa0d8"), waste: rgb("#9a5f00"),
		added: rgb("#2e7a33"), removed: rgb("#af1f2f"), border: rgb("#c4c7ce"), chosen: rgb("#d7e4fa"),
		chosenText: rgb("#000000"), parked: rgb("#eeeeee"), parkedText: rgb("#1c1c1c"),
	}
	// contrastPalette brings its own background, so that every pair of colours which
	// can meet is known: all of them differ by 7:1 and more, as a test computes.
	contrastPalette = palette{
		back: rgb("#000000"), text: rgb("#ffffff"),
		dim: rgb("#d0d0d0"), keyword: rgb("#8fdcff"), accent: rgb("#8fdcff"), live: rgb("#9ecbff"), waste: rgb("#ffd75f"),
		added: rgb("#8cf08c"), removed: rgb("#ffb0b0"), border: rgb("#d0d0d0"), chosen: rgb("#ffffff"),
		chosenText: rgb("#000000"), parked: rgb("#262626"), parkedText: rgb("#ffffff"), override: true,
		chosenLive: rgb("#002c8c"), chosenWaste: rgb("#5f2a00"), // black would look like a hole in the row
	}
	// anyPalette is for terminals that have not reported their background yet; some never do.
	// Its middle tones can be read on both, and the row under the cursor has a foreground of
	// its own.
	anyPalette = palette{
		dim: rgb("#808590"), keyword: rgb("#5a92e6"), accent: rgb("#5a92e6"), live: rgb("#5b86c4"), waste: rgb("#d4a03c"),
		added: rgb("#5fa04b"), removed: rgb("#d95f62"), border: rgb("#767676"), chosen: rgb("#3a4a6b"),
		chosenText: rgb("#ffffff"), override: true,
	}
)

func rgb(hex string) color.Color { return lipgloss.Color(hex) }

// Themes are what Options.Theme can be.
var Themes = []string{"auto", "dark", "light", "contrast", "none"}

// NewTheme makes the styles. dark is nil while the background is unknown; a name
// of Themes other than auto decides by itself.
func NewTheme(name string, dark *bool, ascii, plain bool, now time.Time) *Theme {
	yes, no := true, false
	switch name {
	case "dark":
		dark = &yes
	case "light":
		dark = &no
	case "none":
		plain = true
	}
	p := anyPalette
	switch {
	case plain:
		p = palette{}
	case name == "contrast":
		p = contrastPalette
	case dark != nil && *dark:
		p = darkPalette
	case dark != nil:
		p = lightPalette
	}
	t := &Theme{glyphs: unicodeGlyphs, Charset: display.Unicode, ASCII: ascii, Plain: plain, Now: now}
	if ascii {
		t.glyphs, t.Charset = asciiGlyphs, display.ASCII
	}
	fg := func(c color.Color) lipgloss.Style {
		if c == nil {
			return lipgloss.NewStyle()
		}
		return lipgloss.NewStyle().Foreground(c)
	}
	t.Text, t.Dim, t.Strong = lipgloss.NewStyle(), fg(p.dim), lipgloss.NewStyle().Bold(true)
	t.Keyword, t.Accent, t.Live, t.Waste = fg(p.keyword), fg(p.accent), fg(p.live), fg(p.waste)
	t.Added, t.Removed, t.border = fg(p.added), fg(p.removed), fg(p.border)
	t.focus, t.Title = fg(p.accent), fg(p.accent).Bold(true)
	t.chosen, t.parked = lipgloss.NewStyle(), lipgloss.NewStyle()
	if plain {
		t.chosen = t.chosen.Reverse(true)
		return t
	}
	if p.chosenLive != nil {
		t.onChosen = map[color.Color]color.Color{p.live: p.chosenLive, p.waste: p.chosenWaste}
	}
	if p.back != nil {
		page := lipgloss.NewStyle().Background(p.back).Foreground(p.text)
		t.page = &page
		for _, border := range []*lipgloss.Style{&t.border, &t.focus} {
			*border = border.Background(p.back)
		}
	}
	// A row with a background of ours has a foreground of ours: should we be
	// wrong about the terminal's, it can still be read.
	t.chosen, t.override = t.chosen.Background(p.chosen).Foreground(p.chosenText), p.override
	if p.parked != nil {
		t.parked = t.parked.Background(p.parked).Foreground(p.parkedText)
	}
	return t
}

// AccessibleTheme is for texts that a screen reader reads aloud, or fingers read on a
// braille line: words instead of shapes, and no escape sequence.
func AccessibleTheme(ascii bool, now time.Time) *Theme {
	t := NewTheme("none", nil, ascii, true, now)
	plain := lipgloss.NewStyle()
	t.Accessible, t.Strong, t.Title, t.chosen = true, plain, plain, plain
	t.Marked, t.Arrow = "wasted:", "to"
	return t
}

// Border is the style of lines that part one thing from another.
func (t *Theme) Border() lipgloss.Style { return t.border }

// Divider is a piece of a line from top to bottom.
func (t *Theme) Divider() string { return t.vertical }

// Inset is a row with a blank on both sides, which have the screen's own colours.
func (t *Theme) Inset(row string) string {
	blank := " "
	if t.page != nil {
		blank = t.page.Render(blank)
	}
	return blank + row + blank
}

// Between is what separates facts on one line.
func (t *Theme) Between() string {
	if t.Accessible {
		return ", "
	}
	return " " + t.Charset.Dot + " "
}
