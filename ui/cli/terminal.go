package cli

import (
	"io"
	"os"

	"golang.org/x/term"

	"github.com/tare-oci/tare/ui/display"
)

// terminal knows what the streams can show.
type terminal struct {
	std Streams
}

func (t terminal) env(name string) string {
	v, _ := t.std.Getenv(name)
	return v
}

// fd returns the descriptor of a stream that is a terminal.
func fd(stream any) (int, bool) {
	f, ok := stream.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	return int(f.Fd()), true
}

// plain reports whether nothing may be drawn: the terminal is dumb, or there is a
// pipeline behind it and no person.
func (t terminal) plain() bool {
	ci := t.env("CI")
	return t.env("TERM") == "dumb" || ci != "" && ci != "false" && ci != "0"
}

// interactive reports whether the interface can be opened: a person types here and
// reads here.
func (t terminal) interactive() bool {
	_, out := fd(t.std.Out)
	return out && !t.plain()
}

// width is how many columns a report on w may take.
func (t terminal) width(w io.Writer) int {
	if n, ok := fd(w); ok {
		if columns, _, err := term.GetSize(n); err == nil && columns > 0 {
			return columns
		}
	}
	return 80
}

// color reports whether a report on w may be coloured.
func (t terminal) color(w io.Writer, flag string) bool {
	switch flag {
	case "always":
		return true
	case "never":
		return false
	}
	_, ok := fd(w)
	return ok && t.env("NO_COLOR") == "" && t.env("TERM") != "dumb"
}

// ascii reports whether to draw with ASCII alone.
func (t terminal) ascii(flag bool) bool { return flag || !display.UTF8(t.env) }

// charset is what lines and bars are drawn with.
func (t terminal) charset(ascii bool) display.Charset {
	if t.ascii(ascii) {
		return display.ASCII
	}
	return display.Unicode
}
