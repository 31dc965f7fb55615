// Package keys has every key of the terminal interface: what it does, what it is called,
// and how a user gives an action others.
//
// A [Map] is the one list of actions. Footer, help and the page in docs are made from it.
package keys

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"charm.land/bubbles/v2/key"

	"github.com/tare-oci/tare/ui/tui/pane"
)

// Map is every key there is. The footer and the help are made from it, so
// neither can promise a key that does nothing. Each action has at least one
// plain key that US, German and French keyboards can type.
type Map struct {
	Up, Down, Left, Right, Top, Bottom    key.Binding
	PageUp, PageDown, HalfUp, HalfDown    key.Binding
	TextUp, TextDown, Open, Collapse      key.Binding
	NextPane, PrevPane                    key.Binding
	Filter, NextMatch, PrevMatch, Sort    key.Binding
	Merged, Attributes                    key.Binding
	Added, Modified, Deleted, Unchanged   key.Binding
	Save, Diff, Bytes, Reload, Command    key.Binding
	CopyFix, CopyPath, Image, Mouse, Help key.Binding
	Escape, Quit, Leave, Suspend          key.Binding
	Select, Write, WriteAll, Undo         key.Binding
	Edit, Build, Explain, Zoom            key.Binding
	Unfold, Fold, Earlier, Later, Blame   key.Binding
	Compare, SaveAll                      key.Binding

	Views []key.Binding // that show the views, in the order of the table

	named map[string]*key.Binding // by the action's name
	ascii bool                    // keys are named in ASCII
}

// Action is something that keys do.
type Action struct {
	Name    string // as settings know it
	Group   string // the part of the help it stands in
	Keys    string // as it comes, separated by blanks
	Does    string
	Binding *key.Binding
}

// Actions is the one list of what keys do, in the order of the help.
func (k *Map) Actions() []Action {
	all := []Action{
		{"up", "Move", "up k", "one row up", &k.Up},
		{"down", "Move", "down j", "one row down", &k.Down},
		{"left", "Move", "left h", "close, or to the parent", &k.Left},
		{"right", "Move", "right l", "open, or to the files", &k.Right},
		{"top", "Move", "g home", "to the first row", &k.Top},
		{"bottom", "Move", "G end", "to the last row", &k.Bottom},
		{"page-up", "Move", "pgup", "one page up", &k.PageUp},
		{"page-down", "Move", "pgdown", "one page down", &k.PageDown},
		{"half-up", "Move", ", ctrl+u", "half a page up", &k.HalfUp},
		{"half-down", "Move", ". ctrl+d", "half a page down", &k.HalfDown},
		{"text-down", "Move", "J shift+down", "scroll the text down", &k.TextDown},
		{"text-up", "Move", "K shift+up", "scroll the text up", &k.TextUp},

		{"next-pane", "Look", "tab", "next pane", &k.NextPane},
		{"prev-pane", "Look", "shift+tab", "previous pane", &k.PrevPane},
	}
	all = append(all, k.viewActions()...)
	return append(all, []Action{
		{"open", "Look", "enter", "open, close or read", &k.Open},
		{"image", "Look", "i", "about the image", &k.Image},
		{"unfold", "Look", "+", "open one level more", &k.Unfold},
		{"fold", "Look", "-", "close one level", &k.Fold},
		{"zoom", "Look", "z", "whole screen on or off", &k.Zoom},
		{"earlier", "Look", "[ <", "one build step back", &k.Earlier},
		{"later", "Look", "] >", "one build step forward", &k.Later},
		{"blame", "Look", "B", "who wrote what (blame)", &k.Blame},
		{"compare", "Look", "C", "compare two images", &k.Compare},
		{"explain", "Look", "E", "explain the finding", &k.Explain},
		{"help", "Look", "? f1", "this help", &k.Help},
		{"escape", "Look", "esc", "back, or stop reading", &k.Escape},

		{"filter", "Files", "/ ctrl+f", "filter, search a file", &k.Filter},
		{"next-match", "Files", "n", "next match", &k.NextMatch},
		{"prev-match", "Files", "N", "previous match", &k.PrevMatch},
		{"sort", "Files", "s o ctrl+o", "sort by another column", &k.Sort},
		{"merged", "Files", "a ctrl+l", "up to here, or one step", &k.Merged},
		{"added", "Files", "A ctrl+a", "hide or show added", &k.Added},
		{"modified", "Files", "M", "hide or show modified", &k.Modified},
		{"deleted", "Files", "D ctrl+r", "hide or show deleted", &k.Deleted},
		{"unchanged", "Files", "U", "hide or show unchanged", &k.Unchanged},
		{"attributes", "Files", "t ctrl+b", "show modes and owners", &k.Attributes},
		{"collapse", "Files", "c ctrl+space", "close all directories", &k.Collapse},
		{"diff", "Files", "d", "what changed in the file", &k.Diff},
		{"bytes", "Files", "v", "as text, or as bytes", &k.Bytes},

		{"select", "Act", "space", "select a change, or open", &k.Select},
		{"write", "Act", "w", "show a change, write it", &k.Write},
		{"write-all", "Act", "W", "write all selected", &k.WriteAll},
		{"undo", "Act", "u", "undo the last write", &k.Undo},
		{"edit", "Act", "e", "edit the Dockerfile", &k.Edit},
		{"build", "Act", "b", "build, and compare", &k.Build},

		{"save", "Do", "x ctrl+e", "save the file here", &k.Save},
		{"save-all", "Do", "X", "save directory or step", &k.SaveAll},
		{"copy-path", "Do", "y", "copy the path", &k.CopyPath},
		{"copy-fix", "Do", "Y", "copy the fix", &k.CopyFix},
		{"reload", "Do", "r", "read the image again", &k.Reload},
		{"command", "Do", ":", "type a command", &k.Command},
		{"mouse", "Do", "m", "mouse on or off", &k.Mouse},
		{"suspend", "Do", "Z ctrl+z", "pause tare (fg resumes)", &k.Suspend},
		{"quit", "Do", "q f10", "close the page, or quit", &k.Quit},
		{"leave", "Do", "ctrl+c", "quit at once", &k.Leave},
	}...)
}

// viewActions are the keys of the views: 1 for the first, and so on.
func (k *Map) viewActions() []Action {
	table := pane.Views()
	if k.Views == nil {
		k.Views = make([]key.Binding, len(table))
	}
	all := make([]Action, len(table))
	for i, v := range table {
		all[i] = Action{v.Name, "Look", strconv.Itoa(i + 1), v.Does, &k.Views[i]}
	}
	return all
}

// fixedKeys keep their meaning whatever the user binds.
var fixedKeys = map[string]string{"ctrl+c": "leave", "esc": "escape"}

// New returns the default keymap. With ascii, the names of keys are in ASCII.
func New(ascii bool) *Map {
	k := &Map{ascii: ascii, named: make(map[string]*key.Binding)}
	for _, a := range k.Actions() {
		k.named[a.Name] = a.Binding
		k.bind(a, fields(a))
	}
	return k
}

// fields are an action's keys as it comes.
func fields(a Action) []string { return strings.Fields(a.Keys) }

// bind gives an action its keys, and the names that they are shown by.
func (k *Map) bind(a Action, keys []string) {
	names := make([]string, len(keys))
	for i, one := range keys {
		names[i] = k.label(one)
	}
	*a.Binding = key.NewBinding(key.WithKeys(keys...), key.WithHelp(strings.Join(names, " "), a.Does))
}

// Group is a part of the help.
type Group struct {
	Title    string
	Bindings []key.Binding
}

// Groups is the help.
func (k *Map) Groups() []Group {
	var groups []Group
	for _, a := range k.Actions() {
		at := slices.IndexFunc(groups, func(g Group) bool { return g.Title == a.Group })
		if at < 0 {
			at = len(groups)
			groups = append(groups, Group{Title: a.Group})
		}
		groups[at].Bindings = append(groups[at].Bindings, *a.Binding)
	}
	return groups
}

// First is the name of a binding's first key.
func (k *Map) First(b key.Binding) string { return k.label(b.Keys()[0]) }

// Brief gives a binding its first key's name and another text, for the footer.
func (k *Map) Brief(b key.Binding, does string) key.Binding { return k.Together(does, b) }

// Together makes one entry of the footer for several bindings: their first keys
// side by side, or from one to another where they are digits in order.
func (k *Map) Together(does string, all ...key.Binding) key.Binding {
	names := make([]string, len(all))
	run := len(all) > 2
	for i, b := range all {
		names[i] = k.First(b)
		run = run && len(names[i]) == 1 && names[i][0] >= '0' && names[i][0] <= '9' && (i == 0 || names[i][0] == names[i-1][0]+1)
	}
	between := " "
	if !slices.ContainsFunc(names, func(name string) bool { return utf8.RuneCountInString(name) > 1 || name[0] < utf8.RuneSelf }) {
		between = "" // arrows
	}
	shown := strings.Join(names, between)
	if run {
		shown = names[0] + "-" + names[len(names)-1]
	}
	b := all[0]
	b.SetHelp(shown, does)
	return b
}

// Named is the binding of an action. There must be one.
func (k *Map) Named(action string) key.Binding { return *k.named[action] }
