package viewer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/aymanbagabas/go-udiff"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// maxCompared is how much of each of two versions is compared, in bytes and in
// lines; the time that takes can grow with their product.
const (
	maxCompared      = 256 << 10
	maxComparedLines = 4000
)

// diffLine is a line of a comparison: '+', '-' or ' ' and its text, or '@' and
// a remark.
type diffLine struct {
	sign byte
	text string
}

// below finds the version that stood at a record's path before it.
func below(t *model.Tree, id model.RecordID) (model.RecordID, bool) {
	for at := t.Below(id); at != model.NoRecord; at = t.Below(at) {
		if k := t.Records[at].Kind; k == model.File || k == model.Link && t.Records[t.Content(at)].Kind == model.File {
			return at, true
		}
	}
	return model.NoRecord, false
}

var errNothingBelow = errors.New("there is no version below: this layer added it")

// compare is the command that reads two versions and compares them.
func (c *Content) compare(ctx context.Context, open OpenFile, r *model.Report) tea.Cmd {
	return func() tea.Msg {
		old, ok := below(r.Tree, c.id)
		if !ok {
			return Loaded{Of: c, err: errNothingBelow}
		}
		before, err := head(ctx, open, r, old, maxCompared)
		if err != nil {
			return Loaded{Of: c, err: err}
		}
		after, err := head(ctx, open, r, c.id, maxCompared)
		if err != nil {
			return Loaded{Of: c, err: err}
		}
		size := func(id model.RecordID) int64 { return r.Tree.Records[r.Tree.Content(id)].Size.Bytes() }
		return Loaded{Of: c, diff: differences(before, after, size(old), size(c.id))}
	}
}

// differences compares two versions of a file, of which the heads are known;
// nil where they are the same.
func differences(before, after []byte, oldSize, newSize int64) []diffLine {
	if bytes.Equal(before, after) && oldSize == newSize && int64(len(after)) == newSize {
		return nil
	}
	var lines []diffLine
	remark := func(format string, args ...any) { lines = append(lines, diffLine{'@', fmt.Sprintf(format, args...)}) }
	if oldSize != newSize {
		remark("%s became %s", display.Bytes(oldSize), display.Bytes(newSize))
	}
	if looksBinary(before) || looksBinary(after) {
		remark("binary files; %s", firstDifference(before, after))
		return lines
	}
	before, cutOld := fewer(before)
	after, cutNew := fewer(after)
	if cutOld || cutNew || int64(len(before)) < oldSize || int64(len(after)) < newSize {
		remark("only the first %s and %s are compared", display.Bytes(int64(len(before))), display.Bytes(int64(len(after))))
	}
	edits := udiff.Lines(string(before), string(after))
	unified, err := udiff.ToUnifiedDiff("a", "b", string(before), edits, udiff.DefaultContextLines)
	if err != nil || len(unified.Hunks) == 0 {
		remark("%s", firstDifference(before, after))
		return lines
	}
	for _, hunk := range unified.Hunks {
		remark("line %d, now %d", hunk.FromLine, hunk.ToLine)
		for _, l := range hunk.Lines {
			sign := byte(' ')
			switch l.Kind {
			case udiff.Insert:
				sign = '+'
			case udiff.Delete:
				sign = '-'
			}
			lines = append(lines, diffLine{sign, strings.TrimRight(l.Content, "\r\n")})
		}
	}
	return lines
}

// firstDifference says from which byte on two versions differ.
func firstDifference(a, b []byte) string {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return fmt.Sprintf("they differ from byte %s on", display.Count(i))
		}
	}
	return fmt.Sprintf("the first %s are the same", display.Bytes(int64(n)))
}

// fewer cuts a text after so many lines as are compared.
func fewer(text []byte) ([]byte, bool) {
	n := 0
	for i, b := range text {
		if b != '\n' {
			continue
		}
		if n++; n == maxComparedLines {
			return text[:i+1], i+1 < len(text)
		}
	}
	return text, false
}
