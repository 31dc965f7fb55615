package tui

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/atomicfile"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// contentReport is an image whose one file has a version in two layers.
func contentReport(name string) (*model.Report, model.RecordID) {
	t := model.NewTree()
	n := t.AddNode(model.Root, name)
	for _, r := range []model.Record{
		{Kind: model.File, Node: n, Size: model.SizeOf(4), Gone: 1, HiddenBy: 1},
		{Kind: model.File, Node: n, Size: model.SizeOf(5), Layer: 1, Gone: model.StillThere, HiddenBy: model.StillThere},
	} {
		t.Push(r)
	}
	t.Starts = []int{0, 1, 2}
	return &model.Report{Tree: t}, 1
}

func opening(contents ...string) OpenFile {
	return func(_ context.Context, _ *model.Report, id model.RecordID) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(contents[id])), nil
	}
}

func shown(t *testing.T, c *content, width, height int) []string {
	t.Helper()
	th := newTheme("", nil, true, true, time.Time{})
	c.settle(width, height)
	rows := c.draw(th, width, height)
	for i, row := range rows {
		if display.Width(row) != width {
			t.Errorf("row %d is %d columns wide, not %d: %q", i, display.Width(row), width, row)
		}
		rows[i] = strings.TrimRight(row, " ")
	}
	return rows
}

func TestRequirement20Content(t *testing.T) {
	for _, c := range []struct {
		name, data string
		want       []string
	}{
		{"text", "# comment\n\tindented\nlast", []string{" 1  # comment", " 2      indented", " 3  last"}},
		{"hostile text", "\x1b[2Ja\u202eb\r\n\x9b31m", []string{` 1  \x1b[2Ja\u202eb`, ` 2  \x9b31m`}},
		{"bytes", "\x7fELF\x00\x01", []string{" 00000000  7f 45 4c 46 00 01        .ELF.."}},
		{"empty", "", []string{"", "", strings.Repeat(" ", 21) + "the file is empty"}},
	} {
		v := &content{size: int64(len(c.data))}
		v.take(contentMsg{of: v, data: []byte(c.data)})
		if diff := cmp.Diff(c.want, shown(t, v, 60, 5)[:len(c.want)]); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}
}

// TestRequirement20Bounded: of a large file only the head is read.
func TestRequirement20Bounded(t *testing.T) {
	r, id := contentReport("big")
	endless := func(context.Context, *model.Report, model.RecordID) (io.ReadCloser, error) {
		return io.NopCloser(endlessText{}), nil
	}
	v := &content{id: id, size: 1 << 30}
	v.take(v.look(t.Context(), endless, r)().(contentMsg))
	if len(v.data) != maxContent {
		t.Errorf("%d bytes are held, %d are meant to be", len(v.data), maxContent)
	}
	if got := v.about(newTheme("", nil, true, true, time.Time{})); !strings.Contains(got, "the first 1.0 MB of 1.1 GB") {
		t.Errorf("the title says %q", got)
	}
	shown(t, v, 40, 10) // a line of a megabyte
	v.side = 5000
	shown(t, v, 40, 10)
	v.switchKind()
	shown(t, v, 40, 10)
}

type endlessText struct{}

func (endlessText) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestContentError(t *testing.T) {
	r, id := contentReport("x")
	v := &content{id: id}
	v.take(v.look(t.Context(), func(context.Context, *model.Report, model.RecordID) (io.ReadCloser, error) {
		return io.NopCloser(iotest.ErrReader(errors.New("the registry\x1b[31m fell over"))), nil
	}, r)().(contentMsg))
	if rows := strings.Join(shown(t, v, 60, 3), "\n"); !strings.Contains(rows, `the registry\x1b[31m fell over`) {
		t.Errorf("shown:\n%s", rows)
	}
}

func TestContentDiff(t *testing.T) {
	for _, c := range []struct {
		name, before, after string
		want                []string
	}{
		{"the same", "a\n", "a\n", nil},
		{"a line", "a\nb\nc\n", "a\nB\nc\n", []string{"@line 1, now 1", " a", "-b", "+B", " c"}},
		{"another size", "a\n", "a\nb\n", []string{"@2 B became 4 B", "@line 1, now 1", " a", "+b"}},
		{"binary", "a\x00b", "a\x00c", []string{"@binary files; they part at byte 2"}},
	} {
		var got []string
		for _, l := range differences([]byte(c.before), []byte(c.after), int64(len(c.before)), int64(len(c.after))) {
			got = append(got, string(l.sign)+l.text)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}
	r, id := contentReport("x")
	v := &content{id: id, how: asDiff}
	v.take(v.compare(t.Context(), opening("old\n", "new!\n"), r)().(contentMsg))
	want := []string{" 4 B became 5 B", " line 1, now 1", " - old", " + new!"}
	if diff := cmp.Diff(want, shown(t, v, 40, 4)); diff != "" {
		t.Error(diff)
	}
	v = &content{id: 0, how: asDiff}
	v.take(v.compare(t.Context(), opening("old\n", "new!\n"), r)().(contentMsg))
	if v.failed == "" {
		t.Error("a comparison with nothing says nothing")
	}
}

func TestRequirement21Save(t *testing.T) {
	t.Chdir(t.TempDir())
	r, id := contentReport("conf")
	saving := func(overwrite bool, content string) savedMsg {
		return save(t.Context(), opening("", content), r, id, overwrite)().(savedMsg)
	}
	holds := func(want string) {
		t.Helper()
		got, err := os.ReadFile("conf")
		if err != nil || string(got) != want {
			t.Errorf("the file holds %q (%v), want %q", got, err, want)
		}
	}
	if msg := saving(false, "one"); msg.err != nil || msg.n != 3 {
		t.Fatalf("got %+v", msg)
	}
	holds("one")
	if info, err := os.Stat("conf"); err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v (%v), want 0600", info.Mode(), err)
	}
	if msg := saving(false, "two"); !msg.exists {
		t.Errorf("overwritten unasked: %+v", msg)
	}
	holds("one")
	if msg := saving(true, "two"); msg.err != nil {
		t.Errorf("got %+v", msg)
	}
	holds("two")

	os.Remove("conf")
	if err := os.Symlink("target", "conf"); err != nil {
		t.Skip("no symbolic links here")
	}
	if msg := saving(false, "three"); !msg.exists {
		t.Errorf("a link was followed: %+v", msg)
	}
	if msg := saving(true, "three"); msg.err != nil {
		t.Errorf("got %+v", msg)
	}
	if _, err := os.Lstat("target"); err == nil {
		t.Error("a link was followed")
	}
	holds("three")

	os.Remove("conf")
	for _, overwrite := range []bool{false, true} {
		broken := func(context.Context, *model.Report, model.RecordID) (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(strings.NewReader("half"), iotest.ErrReader(context.Canceled))), nil
		}
		if msg := save(t.Context(), broken, r, id, overwrite)().(savedMsg); !errors.Is(msg.err, context.Canceled) {
			t.Errorf("got %+v", msg)
		}
	}
	if left, _ := filepath.Glob("*"); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	if left, _ := filepath.Glob(atomicfile.Prefix + "*"); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestFileName(t *testing.T) {
	for name, want := range map[string]string{
		"conf": "conf", "..": "_..", ".": "_", "": "_", "a\x1b[31m\nb": "a_[31m_b", `c:\x`: "c__x", "CON": "_CON", "nul.txt": "_nul.txt",
		"a\u202eb": "a_b", "-rf": "-rf", "ü": "ü", strings.Repeat("x", 4096): strings.Repeat("x", 200), "\xff\xfe": "__",
	} {
		got := fileName(name)
		if want == "_" {
			if strings.Trim(got, "./") == "" {
				t.Errorf("%q becomes %q", name, got)
			}
			continue
		}
		if got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}
