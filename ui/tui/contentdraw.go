package tui

import (
	"encoding/hex"
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/tare-oci/tare/ui/display"
)

// draw makes the rows of the window.
func (c *content) draw(th *theme, width, height int) []string {
	total := c.count(width)
	if total == 0 {
		return centred(th, th.dim, th.charset.OneLine(c.sentence()), width, height)
	}
	var rows []string
	for i := c.top; i < min(c.top+height, total); i++ {
		l := newLine(th, width)
		switch c.how {
		case asDiff:
			c.drawDiff(l, i)
		case asBytes:
			c.drawBytes(l, i)
		default:
			c.drawText(l, i, len(fmt.Sprint(total)))
		}
		rows = append(rows, l.String())
	}
	return rows
}

// drawText draws a line of text behind its number.
func (c *content) drawText(l *line, i, digits int) {
	end := len(c.data)
	if i+1 < len(c.starts) {
		end = c.starts[i+1]
	}
	l.gap(1).figure(l.th.dim, fmt.Sprint(i+1), digits).gap(2)
	text := c.data[c.starts[i]:end]
	l.add(textStyle(l.th, text), cut(l.th, text, c.side, l.left()))
}

// textStyle sets comments back and headings out. A file can be in any language;
// this is right for most that lie in images, and harmless in the rest.
func textStyle(th *theme, line []byte) lipgloss.Style {
	text := strings.TrimSpace(string(line[:min(len(line), 80)]))
	switch {
	case strings.HasPrefix(text, "#"), strings.HasPrefix(text, "//"), strings.HasPrefix(text, ";"), strings.HasPrefix(text, "--"):
		return th.dim
	case strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]"):
		return th.strong
	}
	return th.text
}

const tabWidth = 4

// cut makes the columns of a line that are in sight printable. However long the
// line is, only its bytes up to there are looked at.
func cut(th *theme, text []byte, side, width int) string {
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
	plain = th.charset.Escape(plain)
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
func (c *content) drawBytes(l *line, i int) {
	n := perRow(l.width)
	row := c.data[i*n : min((i+1)*n, len(c.data))]
	if l.width >= 44 {
		l.gap(1).add(l.th.dim, fmt.Sprintf("%08x", i*n))
	}
	l.gap(2)
	start := l.used
	for at, b := range row {
		if at == 8 {
			l.gap(1)
		}
		style := l.th.text
		if b == 0 {
			style = l.th.dim
		}
		l.add(style, hex.EncodeToString([]byte{b})).gap(1)
	}
	l.to(start + 3*n + 1 + n/16)
	var text strings.Builder
	for _, b := range row {
		if b < ' ' || b >= 0x7f {
			b = '.'
		}
		text.WriteByte(b)
	}
	l.add(l.th.accent, text.String())
}

// drawDiff draws a line of a comparison.
func (c *content) drawDiff(l *line, i int) {
	d := c.diff[i]
	style := l.th.text
	switch d.sign {
	case '+':
		style = l.th.added
	case '-':
		style = l.th.removed
	case '@':
		l.gap(1).add(l.th.dim, d.text)
		return
	}
	l.gap(1).add(style, string(d.sign)+" ").add(style, cut(l.th, []byte(d.text), c.side, l.left()))
}

// position says where the window is.
func (c *content) position(width int) string {
	total := c.count(width)
	if total == 0 {
		return ""
	}
	return display.Count(min(c.top+1, total)) + "/" + display.Count(total)
}
