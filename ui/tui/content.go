package tui

import (
	"bytes"
	"context"
	"io"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// OpenFile opens the content of a record of a report's tree: a file, or a hard
// link to one. The reader obeys ctx.
type OpenFile func(ctx context.Context, r *model.Report, id model.RecordID) (io.ReadCloser, error)

// maxContent is how much of a file is read to be shown. Whoever wants more saves
// the file.
const maxContent = 1 << 20

// content is the page that shows what is in a file: text, bytes, or what changed
// against the version below. Only the head of the file is held, and only the
// rows on the screen are made.
type content struct {
	name   string // the path, as the image spells it
	size   int64  // of the whole file
	id     model.RecordID
	how    contentKind
	binary bool // it does not look like text
	end    context.CancelFunc

	failed string // why there is nothing to see
	ready  bool
	data   []byte
	starts []int // where the lines of data begin
	diff   []diffLine

	top, side int
}

type contentKind int

const (
	asText contentKind = iota
	asBytes
	asDiff
)

// contentMsg brings what was read of a file. Its end function says which request
// it answers: one that was given up comes too late.
type contentMsg struct {
	of   *content
	data []byte
	diff []diffLine
	err  error
}

// look is the command that reads the head of a file.
func (c *content) look(ctx context.Context, open OpenFile, r *model.Report) tea.Cmd {
	return func() tea.Msg {
		data, err := head(ctx, open, r, c.id, maxContent)
		return contentMsg{of: c, data: data, err: err}
	}
}

// head reads at most limit bytes of a file.
func head(ctx context.Context, open OpenFile, r *model.Report, id model.RecordID, limit int64) ([]byte, error) {
	file, err := open(ctx, r, id)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, limit))
}

// take shows what was read.
func (c *content) take(msg contentMsg) {
	c.ready = true
	if msg.err != nil {
		c.failed = msg.err.Error()
		return
	}
	c.data, c.diff = msg.data, msg.diff
	if c.how == asDiff {
		return
	}
	c.binary = looksBinary(c.data)
	c.how = asText
	if c.binary {
		c.how = asBytes
	}
	c.starts = lineStarts(c.data)
}

// looksBinary judges by the first bytes, as git does: a NUL is in no text. What
// is mostly not UTF-8 is none either.
func looksBinary(data []byte) bool {
	const look = 8000
	if len(data) > look {
		data = data[:look]
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return true
	}
	odd := 0
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 && i < len(data)-utf8.UTFMax {
			odd++
		}
		i += size
	}
	return odd > len(data)/10
}

// lineStarts finds where lines begin.
func lineStarts(data []byte) []int {
	if len(data) == 0 {
		return nil
	}
	starts := []int{0}
	for i, b := range data {
		if b == '\n' && i+1 < len(data) {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// count is how many rows there are at a width.
func (c *content) count(width int) int {
	switch {
	case !c.ready || c.failed != "":
		return 0
	case c.how == asDiff:
		return len(c.diff)
	case c.how == asBytes:
		return (len(c.data) + perRow(width) - 1) / perRow(width)
	}
	return len(c.starts)
}

// settle holds the window within the rows there are.
func (c *content) settle(width, height int) {
	c.top = max(0, min(c.top, c.count(width)-height))
	c.side = max(0, min(c.side, maxContent))
}

// switchKind turns from text to bytes and back.
func (c *content) switchKind() {
	switch {
	case !c.ready || c.failed != "" || c.how == asDiff:
		return
	case c.how == asText:
		c.how = asBytes
	default:
		c.how = asText
	}
	c.top, c.side = 0, 0
}

// sentence is what to say instead of rows.
func (c *content) sentence() string {
	switch {
	case !c.ready:
		return "reading; Esc gives it up"
	case c.failed != "":
		return c.failed
	case c.how == asDiff:
		return "nothing changed in its content"
	}
	return "the file is empty"
}

// about is the end of the page's title.
func (c *content) about(th *theme) string {
	what := display.Bytes(c.size)
	if c.ready && c.failed == "" && c.how != asDiff && int64(len(c.data)) < c.size {
		what = "the first " + display.Bytes(int64(len(c.data))) + " of " + what
	}
	if c.how == asDiff {
		what = "against the version below"
	}
	return " " + th.charset.Dot + " " + what
}
