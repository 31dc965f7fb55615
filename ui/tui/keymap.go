package tui

import (
	"charm.land/bubbles/v2/key"
)

// keymap is every key there is. The footer and the help are made from it, so
// neither can promise a key that does nothing. Each action has at least one
// plain key that US, German and French keyboards can type.
type keymap struct {
	Up, Down, Left, Right, Top, Bottom    key.Binding
	PageUp, PageDown, HalfUp, HalfDown    key.Binding
	TextUp, TextDown, Open                key.Binding
	NextPane, PrevPane, Fixes, Files      key.Binding
	Packages, Source, Config              key.Binding
	Filter, NextMatch, PrevMatch, Sort    key.Binding
	Merged, Attributes                    key.Binding
	Added, Modified, Deleted, Unchanged   key.Binding
	Save, Diff, Bytes, Reload, Command    key.Binding
	CopyFix, CopyPath, Image, Mouse, Help key.Binding
	Escape, Quit, Leave, Suspend          key.Binding
}

// keyGroup is a part of the help.
type keyGroup struct {
	title    string
	bindings []key.Binding
}

func newKeymap(ascii bool) *keymap {
	name := func(unicode, plain string) string {
		if ascii {
			return plain
		}
		return unicode
	}
	bind := func(shown, does string, keys ...string) key.Binding {
		return key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, does))
	}
	return &keymap{
		Up:         bind(name("↑ k", "up k"), "a row up", "up", "k"),
		Down:       bind(name("↓ j", "down j"), "a row down", "down", "j"),
		Left:       bind(name("← h", "left h"), "close; to the parent", "left", "h"),
		Right:      bind(name("→ l", "right l"), "open; a fix's files", "right", "l"),
		Top:        bind("g Home", "to the first row", "g", "home"),
		Bottom:     bind("G End", "to the last row", "G", "end"),
		PageUp:     bind("PgUp", "a page up", "pgup"),
		PageDown:   bind("PgDn", "a page down", "pgdown"),
		HalfUp:     bind("^U", "half a page up", "ctrl+u"),
		HalfDown:   bind("^D", "half a page down", "ctrl+d"),
		TextUp:     bind("K", "text below: up", "K", "shift+up"),
		TextDown:   bind("J", "text below: down", "J", "shift+down"),
		Open:       bind(name("⏎ Space", "Enter Space"), "open, close, read in full", "enter", "space"),
		NextPane:   bind(name("⇥", "Tab"), "next pane", "tab"),
		PrevPane:   bind(name("⇧⇥", "Shift+Tab"), "pane before", "shift+tab"),
		Fixes:      bind("1", "fixes, by bytes", "1"),
		Files:      bind("2", "files of the instruction", "2"),
		Packages:   bind("3", "packages, and why", "3"),
		Source:     bind("4", "the Dockerfile's costs", "4"),
		Config:     bind("5", "how it will run", "5"),
		Filter:     bind("/", "filter the files", "/", "ctrl+f"),
		NextMatch:  bind("n", "next match", "n"),
		PrevMatch:  bind("N", "match before", "N"),
		Sort:       bind("s", "sort by another column", "s", "o", "ctrl+o"),
		Merged:     bind("a", "all up to here, or its own", "a", "ctrl+l"),
		Attributes: bind("t", "modes and owners", "t", "ctrl+b"),
		Added:      bind("A", "hide or show added", "A", "ctrl+a"),
		Modified:   bind("M", "hide or show modified", "M"),
		Deleted:    bind("D", "hide or show deleted", "D", "ctrl+r"),
		Unchanged:  bind("U", "hide or show unchanged", "U"),
		Save:       bind("x", "save the file here", "x", "ctrl+e"),
		Diff:       bind("d", "what changed in the file", "d"),
		Bytes:      bind("b", "a file's text or bytes", "b"),
		Reload:     bind("r", "read the image again", "r"),
		Command:    bind(":", "a command", ":"),
		CopyFix:    bind("Y", "copy the fix", "Y"),
		CopyPath:   bind("y", "copy the path", "y"),
		Image:      bind("i", "about the image", "i"),
		Mouse:      bind("m", "mouse on or off", "m"),
		Help:       bind("?", "this help", "?"),
		Escape:     bind("Esc", "back; stop reading", "esc"),
		Quit:       bind("q", "quit", "q"),
		Leave:      bind("^C", "leave at once", "ctrl+c"),
		Suspend:    bind("^Z", "suspend", "ctrl+z"),
	}
}

// groups is the help.
func (k *keymap) groups() []keyGroup {
	return []keyGroup{
		{"Move", []key.Binding{k.Up, k.Down, k.Left, k.Right, k.Top, k.Bottom, k.PageUp, k.PageDown, k.HalfUp, k.HalfDown}},
		{"Look", []key.Binding{k.NextPane, k.PrevPane, k.Fixes, k.Files, k.Packages, k.Source, k.Config, k.Open, k.TextDown, k.TextUp, k.Image}},
		{"Files", []key.Binding{k.Filter, k.NextMatch, k.PrevMatch, k.Sort, k.Merged, k.Added, k.Modified, k.Deleted, k.Unchanged, k.Attributes, k.Diff, k.Bytes, k.Save, k.CopyPath}},
		{"Do", []key.Binding{k.CopyFix, k.Reload, k.Command, k.Mouse, k.Help, k.Escape, k.Suspend, k.Quit, k.Leave}},
	}
}

// short gives a binding another, shorter text, for the footer.
func short(b key.Binding, shown, does string) key.Binding {
	if shown == "" {
		shown = b.Help().Key
	}
	b.SetHelp(shown, does)
	return b
}
