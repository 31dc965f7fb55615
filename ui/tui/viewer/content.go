package viewer

import (
	"bytes"
	"context"
	"io"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// OpenFile opens the content of a record of a report's tree: a file, or a hard
// link to one. The reader obeys ctx.
type OpenFile func(ctx context.Context, r *model.Report, id model.RecordID) (io.ReadCloser, error)

// maxContent is how many bytes of a file are read to be shown. Saving the file gives the rest.
const maxContent = 1 << 20

// Content is the page that shows what is in a file: text, bytes, or what changed
// against the version below. Only the head of the file is held, and only the
// rows on the screen are made.
type Content struct {
	name   string // the path, as the image spells it
	size   int64  // of the whole file
	id     model.RecordID
	how    Kind
	binary bool // it does not look like text
	end    context.CancelFunc

	failed string // why there is nothing to see
	ready  bool
	data   []byte
	starts []int // where the lines of data begin
	diff   []diffLine

	top, side int
	find      search
}

// Kind is how a content is shown. A file that is opened as text turns to bytes where it
// is no text.
type Kind int

const (
	AsText  Kind = iota // numbered lines
	AsBytes             // offset, bytes, characters
	AsDiff              // against the version below
)

// Loaded brings what was read of a file. Of is the page that asked for it; if that page was closed
// in the meantime, the message is dropped.
type Loaded struct {
	Of   *Content
	data []byte
	diff []diffLine
	err  error
}

// Open is the page for one file version, and the command that reads what it
// shows: of AsDiff, the two versions that differ. The command ends early when the page
// is closed or ctx is done.
func Open(ctx context.Context, open OpenFile, r *model.Report, id model.RecordID, how Kind) (*Content, tea.Cmd) {
	ctx, cancel := context.WithCancel(ctx)
	t := r.Tree
	c := &Content{name: t.Path(t.Records[id].Node), size: t.Records[t.Content(id)].Size.Bytes(), id: id, how: how, end: cancel}
	if how == AsDiff {
		return c, c.compare(ctx, open, r)
	}
	return c, c.look(ctx, open, r)
}

// Close ends the reading of the file, if it is still under way.
func (c *Content) Close() { c.end() }

// Record is the file version that is shown.
func (c *Content) Record() model.RecordID { return c.id }

// Path is the file's path, as the image spells it.
func (c *Content) Path() string { return "/" + c.name }

// Kind is how the content is shown now.
func (c *Content) Kind() Kind { return c.how }

// Scroll moves the window by so many rows; Settle keeps it within the file.
func (c *Content) Scroll(rows int) { c.top += rows }

// Pan moves the window by so many columns to the right, or to the left if columns is
// negative, and reports whether it could.
func (c *Content) Pan(columns int) bool {
	if columns < 0 && c.side == 0 {
		return false
	}
	c.side += columns
	return true
}

// look is the command that reads the head of a file.
func (c *Content) look(ctx context.Context, open OpenFile, r *model.Report) tea.Cmd {
	return func() tea.Msg {
		data, err := head(ctx, open, r, c.id, maxContent)
		return Loaded{Of: c, data: data, err: err}
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

// Take shows what was read.
func (c *Content) Take(msg Loaded) {
	c.ready = true
	if msg.err != nil {
		c.failed = msg.err.Error()
		return
	}
	c.data, c.diff = msg.data, msg.diff
	if c.how == AsDiff {
		return
	}
	c.binary = looksBinary(c.data)
	c.how = AsText
	if c.binary {
		c.how = AsBytes
	}
	c.starts = lineStarts(c.data)
}

// looksBinary judges by the first bytes, as git does: a file with a NUL is binary. So is one that is
// mostly not UTF-8.
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

// Count is how many rows there are at a width.
func (c *Content) Count(width int) int {
	switch {
	case !c.ready || c.failed != "":
		return 0
	case c.how == AsDiff:
		return len(c.diff)
	case c.how == AsBytes:
		return (len(c.data) + perRow(width) - 1) / perRow(width)
	}
	return len(c.starts)
}

// Settle holds the window within the rows there are.
func (c *Content) Settle(width, height int) {
	c.top = max(0, min(c.top, c.Count(width)-height))
	c.side = max(0, min(c.side, maxContent))
}

// Toggle turns from text to bytes and back.
func (c *Content) Toggle() {
	switch {
	case !c.ready || c.failed != "" || c.how == AsDiff:
		return
	case c.how == AsText:
		c.how = AsBytes
	default:
		c.how = AsText
	}
	c.top, c.side, c.find.at = 0, 0, nil
}

// sentence is what to say instead of rows.
func (c *Content) sentence() string {
	switch {
	case !c.ready:
		return "reading; Esc cancels"
	case c.failed != "":
		return c.failed
	case c.how == AsDiff:
		return "its content has not changed"
	}
	return "the file is empty"
}

// about is the end of the page's title.
func (c *Content) about(th *draw.Theme) string {
	what := display.Bytes(c.size)
	if c.ready && c.failed == "" && c.how != AsDiff && int64(len(c.data)) < c.size {
		what = "the first " + display.Bytes(int64(len(c.data))) + " of " + what
	}
	if c.how == AsDiff {
		what = "compared with the version below"
	}
	return " " + th.Charset.Dot + " " + what
}
