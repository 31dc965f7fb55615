package draw

import "github.com/tare-oci/tare/ui/display"

// FilterRow is the row above a list that is narrowed: to what, what is left, and how to
// see all of it again. It looks the same above every list.
func FilterRow(th *Theme, width int, text, said string) string {
	const clears = "Esc clears"
	l := NewLine(th, width).Gap(2)
	room := l.Left() - display.Width(said) - len(clears) - 5
	if room < 8 { // the text goes first: the count stands in the border, too
		said, room = "", l.Left()-len(clears)-3
	}
	l.Add(th.Title, "/").AddWithin(th.Strong, th.OneLine(text, width), room-1)
	if said != "" {
		l.Gap(2).Add(th.Text, said)
	}
	return l.To(width-1-len(clears)).Add(th.Accent, "Esc").Add(th.Dim, clears[3:]).String()
}
