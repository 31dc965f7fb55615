package viewer

import (
	"encoding/hex"
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// Part is the page as the part of a frame that is so many columns wide and rows
// high inside, with a title that says what is shown and where the window stands.
func (c *Content) Part(th *draw.Theme, width, height int) draw.Part {
	about := c.about(th)
	const borders, position = 4, 24
	name := th.Charset.TruncatePath(th.Path("/"+c.name), max(width+borders-len(about)-position, 12))
	shown := draw.Part{Title: []draw.Tab{{Text: name + about, Active: true}}, Top: c.top, Count: c.Count(width), Position: c.position(width)}
	for _, row := range c.draw(th, width, height) {
		shown.Rows = append(shown.Rows, th.Inset(row))
	}
	return shown
}

// draw makes the rows of the window.
func (c *Content) draw(th *draw.Theme, width, height int) []string {
	total := c.Count(width)
	if total == 0 {
		return draw.Centred(th, th.Dim, th.Charset.OneLine(c.sentence()), width, height)
	}
	var rows []string
	for i := c.top; i < min(c.top+height, total); i++ {
		l := draw.NewLine(th, width)
		if i == c.found(width) {
			l.Highlight(true)
			l.Paint(th.Accent, th.Cursor)
		}
		switch c.how {
		case AsDiff:
			c.drawDiff(l, i)
		case AsBytes:
			c.drawBytes(l, i)
		default:
			c.drawText(l, i, len(fmt.Sprint(total)))
		}
		rows = append(rows, l.String())
	}
	return rows
}

// drawText draws a line of text behind its number.
func (c *Content) drawText(l *draw.Line, i, digits int) {
	end := len(c.data)
	if i+1 < len(c.starts) {
		end = c.starts[i+1]
	}
	l.To(1).Figure(l.Theme.Dim, fmt.Sprint(i+1), digits).Gap(2)
	text := c.data[c.starts[i]:end]
	l.Add(textStyle(l.Theme, text), cut(l.Theme, text, c.side, l.Left()))
}

// textStyle sets comments back and headings out. A file can be in any language;
// this is right for most that lie in images, and harmless in the rest.
func textStyle(th *draw.Theme, line []byte) lipgloss.Style {
	text := strings.TrimSpace(string(line[:min(len(line), 80)]))
	switch {
	case strings.HasPrefix(text, "#"), strings.HasPrefix(text, "//"), strings.HasPrefix(text, ";"), strings.HasPrefix(text, "--"):
		return th.Dim
	case strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]"):
		return th.Strong
	}
	return th.Text
}

const tabWidth = 4

// cut makes the columns of a line that are in sight printable. However long the
// line is, only its bytes up to there are looked at.
func cut(th *draw.Theme, text []byte, side, width int) string {
	if limit := 4*(side+width) + 16; len(text) > limit {
		text = text[:limit]
	}
	plain := strings.TrimRight(string(text), "\r\n")
	if strings.Contains(plain, "\t") {
		var b strings.Builder
		at := 0
		for _, r := range plain {
			if r == '\t' {
				n := tabWidth - at%tabWidth
				b.WriteString(strings.Repeat(" ", n))
				at += n
				continue
			}
			b.WriteRune(r)
			at++
		}
		plain = b.String()
	}
	plain = th.Charset.Escape(plain)
	if side > 0 {
		plain = ansi.TruncateLeft(plain, side, "")
	}
	return plain
}

// perRow is how many bytes a row of the hex view shows: 16, or 8 where that is
// too wide.
func perRow(width int) int {
	if width < 80 {
		return 8
	}
	return 16
}

// drawBytes draws offset, bytes and characters, as hexdump -C does.
func (c *Content) drawBytes(l *draw.Line, i int) {
	n := perRow(l.Width)
	row := c.data[i*n : min((i+1)*n, len(c.data))]
	if l.Width >= 44 {
		l.To(1).Add(l.Theme.Dim, fmt.Sprintf("%08x", i*n)).Gap(2)
	}
	l.To(2)
	start := l.Used
	for at, b := range row {
		if at == 8 {
			l.Gap(1)
		}
		style := l.Theme.Text
		if b == 0 {
			style = l.Theme.Dim
		}
		l.Add(style, hex.EncodeToString([]byte{b})).Gap(1)
	}
	l.To(start + 3*n + 1 + n/16)
	var text strings.Builder
	for _, b := range row {
		if b < ' ' || b >= 0x7f {
			b = '.'
		}
		text.WriteByte(b)
	}
	l.Add(l.Theme.Accent, text.String())
}

// drawDiff draws a line of a comparison.
func (c *Content) drawDiff(l *draw.Line, i int) {
	d := c.diff[i]
	style := l.Theme.Text
	switch d.sign {
	case '+':
		style = l.Theme.Added
	case '-':
		style = l.Theme.Removed
	case '@':
		l.To(1).Add(l.Theme.Dim, d.text)
		return
	}
	l.To(1).Add(style, string(d.sign)+" ").Add(style, cut(l.Theme, []byte(d.text), c.side, l.Left()))
}

// position says where the window is.
func (c *Content) position(width int) string {
	total := c.Count(width)
	if total == 0 {
		return ""
	}
	return display.Count(min(c.top+1, total)) + "/" + display.Count(total)
}
