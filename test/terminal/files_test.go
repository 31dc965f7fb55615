package terminal

import (
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// TestFilter narrows the tree of a demo image down, goes
// from match to match and gets everything back.
func TestFilter(t *testing.T) {
	atEverySize(t, func(t *testing.T, s size) {
		term := sample(t, setting{columns: s.columns, rows: s.rows})
		term.see("2", "usr/")
		term.press("/")
		term.text("copyright")
		found := term.wait("copyright", "matches")
		term.see("BSpace", "copyrigh")
		term.press("t", "Enter")
		first := term.wait("? help", "copyright", "Esc clears")
		term.press("n")
		second := term.until("other match", func(s string) bool { return s != first })
		term.press("N")
		term.until("first match again", func(s string) bool { return s != second })
		term.whole()
		term.press("Escape")
		term.until("whole tree", func(s string) bool { return !strings.Contains(s, "matches") && s != found })
		term.whole()
	})
}

// TestFiltersCombine asks for size, change and name in one.
func TestFiltersCombine(t *testing.T) {
	needTerminal(t)
	term := openStory(t, setting{}, "1", "/app/config.txt")
	term.press("/")
	term.text("is:modified")
	term.wait("config.txt", "is:modified")
	term.gone("it's new.txt")
	term.text(" >1MB")
	term.gone(" config.txt")
	term.press("C-u")
	term.text("is:added")
	term.wait("it's new.txt")
	term.gone(" config.txt")
	term.press("Escape")
	term.wait("config.txt", "it's new.txt")
}

// TestCommand lists, completes and runs a command.
func TestCommand(t *testing.T) {
	atEverySize(t, func(t *testing.T, s size) {
		term := sample(t, setting{columns: s.columns, rows: s.rows})
		term.press(":")
		term.text("pac")
		term.wait(":pac")
		term.see("Tab", ":packages")
		term.see("Enter", "python3-pip", "? help")
		term.press(":")
		term.text("nonsense")
		term.see("Enter", "there is no command nonsense")
		term.whole()
		term.press(":")
		term.text("quit")
		term.press("Enter")
		term.left(0)
	})
}

// TestSort sorts by each column; the heading says which.
func TestSort(t *testing.T) {
	needTerminal(t)
	term := sample(t, setting{})
	bySize := term.see("2", "usr/", "etc/")
	if strings.Index(bySize, "var/") > strings.Index(bySize, "etc/") {
		t.Errorf("by size, var comes before etc:\n%s", picture(bySize))
	}
	for _, by := range []string{"name", "wasted", "count", "size"} {
		term.command("sort " + by)
		s := term.wait("by "+by, "usr/", "? help")
		if by == "name" && strings.Index(s, "etc/") > strings.Index(s, "usr/") {
			t.Errorf("by name, etc comes before usr:\n%s", picture(s))
		}
	}
	term.press("s")
	term.gone("by size")
}

// TestLayersAndLetters shows one layer's changes with their letters, and
// by one key everything up to it.
func TestLayersAndLetters(t *testing.T) {
	needTerminal(t)
	term := openStory(t, setting{env: []string{"NO_COLOR=1"}}, "1", "/app/config.txt")
	s := term.wait("M ", "A ", "config.txt", "it's new.txt")
	rowHas(t, s, "config.txt", "M ")
	rowHas(t, s, "it's new.txt", "A ")
	term.command("layer 2")
	term.see("2", "app/")
	term.command("goto /app/old.log")
	rowHas(t, term.wait("old.log"), "old.log", "D ")
	term.command("layer 1")
	term.press("a")
	term.wait("bin/", "wide/")
	term.press("a")
	term.gone("wide/")
	term.whole()
}

// rowHas looks for a text in the row of the right pane that holds another.
func rowHas(t *testing.T, screen, holds, text string) {
	t.Helper()
	for line := range strings.Lines(screen) {
		if runes := []rune(line); len(runes) > 54 && strings.Contains(string(runes[54:]), holds) {
			if !strings.Contains(string(runes[54:]), text) {
				t.Errorf("%q without %q: %s", holds, text, line)
			}
			return
		}
	}
	t.Errorf("no row with %q:\n%s", holds, picture(screen))
}

// TestContent opens a text, a binary and a difference.
func TestContent(t *testing.T) {
	atEverySize(t, func(t *testing.T, s size) {
		term := openStory(t, setting{columns: s.columns, rows: s.rows}, "1", "/app/config.txt")
		term.see("Enter", "first line", "2nd line")
		term.whole()
		term.see("v", "66 69 72")
		term.whole()
		term.see("d", "second line", "2nd line")
		term.whole()
		term.see("Escape", "? help", "config.txt")
		term.gone("2nd line")
		term.command("goto /bin/tool")
		term.wait("tool")
		term.see("Enter", "7f 45 4c 46")
		term.whole()
		term.press("q") // the file
		term.gone("7f 45")
		term.press("q")
		term.left(0)
	})
}

// TestLargeFile opens a file of a gigabyte: its head is on the
// screen without the rest being read.
func TestLargeFile(t *testing.T) {
	needTerminal(t)
	full(t)
	body := make([]byte, 1<<30)
	copy(body, "the head of it\n")
	large := imagetest.Image{Layers: []imagetest.Layer{{CreatedBy: "COPY large /", Compression: imagetest.Gzip,
		Files: []imagetest.File{{Path: "large", Body: body}}}}}
	term := open(t, setting{args: []string{"oci-archive:" + saveImage(t, "large.tar", large)}})
	term.wait("wasted", "? help")
	term.see("2", "large")
	term.see("Enter", "the head of it", "1.1 GB")
	term.whole()
	term.press("q") // the file
	term.gone("the head of it")
	term.press("q")
	term.left(0)
}

// TestSave saves a file under its base name, for its owner alone,
// and asks before it overwrites one.
func TestSave(t *testing.T) {
	needTerminal(t)
	term := openStory(t, setting{}, "1", "/app/config.txt")
	const want = "first line\n2nd line\nthird line\n"
	term.see("x", "saved", "./config.txt")
	if got := term.read("config.txt"); got != want {
		t.Errorf("saved %q", got)
	}
	if info, err := os.Lstat(term.path("config.txt")); err != nil || info.Mode() != 0o600 {
		t.Errorf("saved with mode %v, %v", info.Mode(), err)
	}

	term.write("victim", "untouched")
	if err := os.Remove(term.path("config.txt")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("victim", term.path("config.txt")); err != nil {
		t.Fatal(err)
	}
	term.see("x", "already exists; overwrite it? y/n")
	term.see("n", "nothing was changed")
	if got := term.read("victim"); got != "untouched" {
		t.Errorf("unasked, the link's target now holds %q", got)
	}
	term.see("x", "already exists; overwrite it? y/n")
	term.see("y", "saved", "./config.txt")
	if got := term.read("victim"); got != "untouched" {
		t.Errorf("the link's target now holds %q", got)
	}
	if info, err := os.Lstat(term.path("config.txt")); err != nil || info.Mode() != fs.FileMode(0o600) {
		t.Errorf("overwritten with mode %v, %v", info.Mode(), err)
	}
	if got := term.read("config.txt"); got != want {
		t.Errorf("overwritten with %q", got)
	}
}

// TestCopy copies a path and a fix through OSC 52 and reads what
// the terminal has in its clipboard.
func TestCopy(t *testing.T) {
	needTerminal(t)
	term := openStory(t, setting{}, "1", "/app/it's new.txt")
	term.see("y", "sent the path to the clipboard")
	if got, want := term.clipboard(), `'/app/it'\''s new.txt'`; got != want {
		t.Errorf("the clipboard holds %q, want %q", got, want)
	}

	fixes := sample(t, setting{})
	fixes.see("1", "the change")
	fixes.see("Y", "sent the fix to the clipboard")
	if got, want := fixes.clipboard(), "RUN apt-get update \\\n    && apt-get install -y --no-install-recommends python3-pip \\\n    && rm -rf /var/lib/apt/lists/*"; strings.TrimSpace(got) != want {
		t.Errorf("the clipboard holds %q, want %q", got, want)
	}
}

// clipboard waits until the terminal has got something and returns it.
func (term *terminal) clipboard() string {
	term.t.Helper()
	term.until("clipboard", func(string) bool { return term.tmux("list-buffers") != "" })
	return term.tmux("show-buffer")
}

// TestWideNames looks whether the borders stay in line beside names
// of double width.
func TestWideNames(t *testing.T) {
	atEverySize(t, func(t *testing.T, s size) {
		term := openStory(t, setting{columns: s.columns, rows: s.rows}, "0", "/wide/日本語のファイル.txt")
		term.wait("日本")
		term.whole()
		for range 4 {
			term.press("j")
			term.whole()
		}
	})
}
