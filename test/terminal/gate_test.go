package terminal

import (
	"strconv"
	"strings"
	"testing"
)

// TestTextReport prints the report where there is no person or no
// terminal that can be drawn on.
func TestTextReport(t *testing.T) {
	needTerminal(t)
	demo := quote(tare, "demo")
	for name, s := range map[string]setting{
		"pipe":         {command: "true; " + demo + " | cat"},
		"TERM=dumb":    {env: []string{"TERM=dumb"}, args: []string{"demo"}, command: "env TERM=dumb " + demo},
		"CI=true":      {env: []string{"CI=true"}, args: []string{"demo"}},
		"no keyboard":  {command: demo + " </dev/null"},
		"into a file":  {command: demo + " >out; cat out"},
		"a 40-col one": {columns: 40, rows: 10, env: []string{"CI=1"}, args: []string{"demo"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if strings.Contains(s.command, demo) && !strings.Contains(s.command, "env ") {
				s.command = "sh -c " + quote(s.command)
			}
			term := open(t, s)
			term.left(0)
			raw := term.raw()
			if !strings.Contains(raw, "wasted") || strings.Contains(raw, "\x1b[?1049h") {
				t.Errorf("no text report:\n%s", picture(raw))
			}
		})
	}
}

// TestResize makes the terminal as small as it gets, as large, and
// as it was, with every view.
func TestResize(t *testing.T) {
	needTerminal(t)
	term := sample(t, setting{})
	for _, view := range "12345" {
		term.press(string(view))
		for _, s := range []size{{40, 10}, {39, 9}, {1, 1}, {300, 80}, {69, 12}, {2, 40}, {80, 24}, {120, 36}} {
			term.resize(s)
			if s.columns >= 40 && s.rows >= 10 {
				term.wait("? help")
				term.whole()
			} else if s.columns >= 39 {
				term.wait("tare needs")
			}
		}
	}
	term.press("q")
	term.left(0)
}

// resize gives the terminal another size.
func (term *terminal) resize(s size) {
	term.t.Helper()
	term.tmux("resize-window", "-x", strconv.Itoa(s.columns), "-y", strconv.Itoa(s.rows))
	term.columns, term.rows = s.columns, s.rows
}

// TestMouse clicks, and turns the wheel.
func TestMouse(t *testing.T) {
	needTerminal(t)
	term := sample(t, setting{})
	term.wait("/9", "1/6") // the lists are whole, so that nothing but the click changes the screen
	term.text("\x1b[<0;5;3M\x1b[<0;5;3m")
	term.wait("▌  ▸ base", "the base image, found by its history", "Enter open the base")
	clicked := term.whole()
	term.see("?", "Keys")
	term.whole()
	term.resize(size{80, 24})
	term.wait("Keys")
	top := term.whole()
	term.text("\x1b[<65;10;10M")
	term.until("scrolled help", func(s string) bool { return s != top })
	term.press("Escape")
	term.resize(size{120, 36})
	term.until("row that was clicked", func(s string) bool { return s == clicked })
	term.see("m", "selecting text")
	if on := term.tmux("display", "-p", "#{mouse_any_flag}"); on != "0\n" {
		t.Error("the mouse is still the program's")
	}
	term.press("q")
	term.left(0)
}

// TestColours has no colour where NO_COLOR asks for none, and is
// readable on both backgrounds.
func TestColours(t *testing.T) {
	needTerminal(t)
	for name, s := range map[string]setting{
		"no colour": {env: []string{"NO_COLOR=1"}},
		"light":     {style: "fg=black,bg=#ffffff,"},
		"dark":      {style: "fg=white,bg=#101010,"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			term := sample(t, s)
			term.whole()
			if got := strings.Contains(term.coloured(), "\x1b[38;"); got == (name == "no colour") {
				t.Errorf("%s: colours %v", name, got)
			}
			term.press("q")
			term.left(0)
		})
	}
}

// TestMove moves by every key there is for it.
func TestMove(t *testing.T) {
	needTerminal(t)
	term := sample(t, setting{})
	term.wait("/9", "1/6") // the lists are whole
	term.press("BTab")
	for _, step := range []struct{ key, at string }{
		{"g", "1/9"}, {"j", "2/9"}, {"Down", "3/9"}, {"k", "2/9"}, {"Up", "1/9"}, {"G", "9/9"}, {"Home", "1/9"}, {"End", "9/9"},
		{"PPage", "1/9"}, {"NPage", "9/9"}, {"C-u", "/9"}, {"C-d", "9/9"},
	} {
		term.see(step.key, step.at)
		term.whole()
	}
	term.press("q")
	term.left(0)
}
