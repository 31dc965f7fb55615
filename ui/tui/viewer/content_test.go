package viewer

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
	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/tuitest"
)

func shown(t *testing.T, c *Content, width, height int) []string {
	t.Helper()
	th := draw.NewTheme("", nil, true, true, time.Time{})
	c.Settle(width, height)
	rows := c.draw(th, width, height)
	for i, row := range rows {
		if display.Width(row) != width {
			t.Errorf("row %d is %d columns wide, not %d: %q", i, display.Width(row), width, row)
		}
		rows[i] = strings.TrimRight(row, " ")
	}
	return rows
}

func TestContentAsTextBytesAndDiff(t *testing.T) {
	for _, c := range []struct {
		name, data string
		want       []string
	}{
		{"text", "# comment\n\tindented\nlast", []string{" 1  # comment", " 2      indented", " 3  last"}},
		{"hostile text", "\x1b[2Ja\u202eb\r\n\x9b31m", []string{` 1  \x1b[2Ja\u202eb`, ` 2  \x9b31m`}},
		{"bytes", "\x7fELF\x00\x01", []string{" 00000000  7f 45 4c 46 00 01        .ELF.."}},
		{"empty", "", []string{"", "", strings.Repeat(" ", 21) + "the file is empty"}},
	} {
		v := &Content{size: int64(len(c.data))}
		v.Take(Loaded{Of: v, data: []byte(c.data)})
		if diff := cmp.Diff(c.want, shown(t, v, 60, 5)[:len(c.want)]); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}
}

// TestLargeFileIsReadInPart: of a large file only the head is read.
func TestLargeFileIsReadInPart(t *testing.T) {
	r, id := tuitest.Versions("big")
	endless := func(context.Context, *model.Report, model.RecordID) (io.ReadCloser, error) {
		return io.NopCloser(endlessText{}), nil
	}
	v := &Content{id: id, size: 1 << 30}
	v.Take(v.look(t.Context(), endless, r)().(Loaded))
	if len(v.data) != maxContent {
		t.Errorf("%d bytes are held, %d are meant to be", len(v.data), maxContent)
	}
	if got := v.about(draw.NewTheme("", nil, true, true, time.Time{})); !strings.Contains(got, "the first 1.0 MB of 1.1 GB") {
		t.Errorf("the title says %q", got)
	}
	shown(t, v, 40, 10) // a line of a megabyte
	v.side = 5000
	shown(t, v, 40, 10)
	v.Toggle()
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
	r, id := tuitest.Versions("x")
	v := &Content{id: id}
	v.Take(v.look(t.Context(), func(context.Context, *model.Report, model.RecordID) (io.ReadCloser, error) {
		return io.NopCloser(iotest.ErrReader(errors.New("the registry\x1b[31m fell over"))), nil
	}, r)().(Loaded))
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
		{"binary", "a\x00b", "a\x00c", []string{"@binary files; they differ from byte 2 on"}},
	} {
		var got []string
		for _, l := range differences([]byte(c.before), []byte(c.after), int64(len(c.before)), int64(len(c.after))) {
			got = append(got, string(l.sign)+l.text)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}
	r, id := tuitest.Versions("x")
	v := &Content{id: id, how: AsDiff}
	v.Take(v.compare(t.Context(), tuitest.Opening("old\n", "new!\n"), r)().(Loaded))
	want := []string{" 4 B became 5 B", " line 1, now 1", " - old", " + new!"}
	if diff := cmp.Diff(want, shown(t, v, 40, 4)); diff != "" {
		t.Error(diff)
	}
	v = &Content{id: 0, how: AsDiff}
	v.Take(v.compare(t.Context(), tuitest.Opening("old\n", "new!\n"), r)().(Loaded))
	if v.failed == "" {
		t.Error("a comparison with nothing says nothing")
	}
}

func TestSaving(t *testing.T) {
	t.Chdir(t.TempDir())
	r, id := tuitest.Versions("conf")
	saving := func(overwrite bool, content string) Saved {
		return Save(t.Context(), tuitest.Opening("", content), r, id, overwrite)().(Saved)
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
	if msg := saving(false, "two"); !msg.Exists {
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
	if msg := saving(false, "three"); !msg.Exists {
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
		if msg := Save(t.Context(), broken, r, id, overwrite)().(Saved); !errors.Is(msg.err, context.Canceled) {
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
