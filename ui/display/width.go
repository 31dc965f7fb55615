package display

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Width is how many cells s takes on a terminal: two for most CJK characters
// and emoji. Escape sequences take none.
func Width(s string) int {
	if plainASCII(s) { // nearly everything, and much faster
		return len(s)
	}
	return ansi.StringWidth(s)
}

// Pad adds spaces on the right until s is width cells wide.
func Pad(s string, width int) string {
	return s + strings.Repeat(" ", max(width-Width(s), 0))
}

// PadLeft adds spaces on the left until s is width cells wide.
func PadLeft(s string, width int) string {
	return strings.Repeat(" ", max(width-Width(s), 0)) + s
}

// Truncate shortens escaped text to width cells and marks the loss by an
// ellipsis at the end. Styled text needs ansi.Truncate instead.
func Truncate(s string, width int) string { return Unicode.Truncate(s, width) }

// TruncatePath shortens an escaped path to width cells in its middle. The base
// name stays whole as long as it fits.
func TruncatePath(s string, width int) string { return Unicode.TruncatePath(s, width) }

// Truncate is the function Truncate with this set's ellipsis.
func (c Charset) Truncate(s string, width int) string {
	if fits(s, width) {
		return s
	}
	return c.ellipsisAfter(s, width)
}

// maxUnused is how many columns TruncateWords may leave free.
const maxUnused = 10

// TruncateWords is Truncate for a sentence: it is cut between two words, unless that would leave
// half of the room or more than maxUnused columns free.
func (c Charset) TruncateWords(s string, width int) string {
	room := width - Width(c.Ellipsis)
	if fits(s, width) || room < 1 {
		return c.Truncate(s, width)
	}
	short, _ := head(s, room)
	if rest := s[len(short):]; !strings.HasPrefix(rest, " ") {
		short = short[:strings.LastIndexByte(short, ' ')+1]
	}
	if short = strings.TrimRight(short, " ,;:("); width-Width(short) > min(width/2, maxUnused) {
		return c.Truncate(s, width)
	}
	return short + c.Ellipsis
}

// TruncatePath is the function TruncatePath with this set's ellipsis.
func (c Charset) TruncatePath(s string, width int) string {
	if fits(s, width) {
		return s
	}
	base := s[strings.LastIndexByte(strings.TrimRight(s, "/"), '/')+1:]
	tail := c.Ellipsis + "/" + base
	if base == s || Width(tail) > width {
		return c.ellipsisWithin(base, width)
	}
	head, _ := head(s, width-Width(tail))
	return head + tail
}

func (c Charset) ellipsisAfter(s string, width int) string {
	mark := Width(c.Ellipsis)
	if width < mark {
		return strings.Repeat(".", max(width, 0))
	}
	head, _ := head(s, width-mark)
	return head + c.Ellipsis
}

// ellipsisWithin keeps the start and the end of s, so that a long base name
// shows its extension.
func (c Charset) ellipsisWithin(s string, width int) string {
	if fits(s, width) {
		return s
	}
	room := width - Width(c.Ellipsis)
	if room < 4 {
		return c.ellipsisAfter(s, width)
	}
	start, used := head(s, (room+1)/2)
	return start + c.Ellipsis + tail(s, room-used)
}

// fits reports whether s is at most width cells wide. It looks no further than
// it must: names and instructions can be very long.
func fits(s string, width int) bool {
	if len(s) <= width { // no character is wider than its encoding is long
		return true
	}
	start, _ := head(s, width)
	return len(start) == len(s)
}

// head returns as many whole grapheme clusters of s as fit into width cells,
// and the cells they take.
func head(s string, width int) (string, int) {
	// One byte more than needed: a mark there would belong to the last character.
	if width >= 0 && len(s) > width && plainASCII(s[:width+1]) {
		return s[:width], width
	}
	used, at := 0, 0
	for at < len(s) {
		cluster, w := ansi.FirstGraphemeCluster(s[at:], ansi.GraphemeWidth)
		if used+w > width {
			break
		}
		used += w
		at += len(cluster)
	}
	return s[:at], used
}

// first returns the first grapheme cluster of s.
func first(s string) string {
	cluster, _ := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	return cluster
}

// tail returns the end of s, as many whole clusters as fit into width cells.
func tail(s string, width int) string {
	left := Width(s)
	for left > width && s != "" {
		cluster, w := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
		left -= w
		s = s[len(cluster):]
	}
	return s
}
