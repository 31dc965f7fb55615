package tui

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
)

// action is a binding with the name that settings know it by.
type action struct {
	name    string
	binding *key.Binding
}

// actions are all bindings, by name.
func (k *keymap) actions() []action {
	return []action{
		{"added", &k.Added}, {"attributes", &k.Attributes}, {"bottom", &k.Bottom}, {"bytes", &k.Bytes}, {"command", &k.Command}, {"config", &k.Config},
		{"copy-fix", &k.CopyFix}, {"copy-path", &k.CopyPath}, {"deleted", &k.Deleted}, {"diff", &k.Diff}, {"dockerfile", &k.Source}, {"down", &k.Down},
		{"escape", &k.Escape}, {"files", &k.Files}, {"filter", &k.Filter}, {"fixes", &k.Fixes}, {"half-down", &k.HalfDown}, {"half-up", &k.HalfUp},
		{"help", &k.Help}, {"image", &k.Image}, {"leave", &k.Leave}, {"left", &k.Left}, {"merged", &k.Merged}, {"modified", &k.Modified},
		{"mouse", &k.Mouse}, {"next-match", &k.NextMatch}, {"next-pane", &k.NextPane}, {"open", &k.Open}, {"packages", &k.Packages}, {"page-down", &k.PageDown},
		{"page-up", &k.PageUp}, {"prev-match", &k.PrevMatch}, {"prev-pane", &k.PrevPane}, {"quit", &k.Quit}, {"reload", &k.Reload}, {"right", &k.Right},
		{"save", &k.Save}, {"sort", &k.Sort}, {"suspend", &k.Suspend}, {"text-down", &k.TextDown}, {"text-up", &k.TextUp}, {"top", &k.Top},
		{"unchanged", &k.Unchanged}, {"up", &k.Up},
	}
}

// Actions are the names that keys can be bound to.
func Actions() []string {
	var names []string
	for _, a := range newKeymap(false).actions() {
		names = append(names, a.name)
	}
	return names
}

// Rebind is one action's keys as a user wants them.
type Rebind struct {
	Action string
	Keys   []string // as Bubble Tea names them: "n", "ctrl+f", "f3", "space"
	Where  string   // file and line, for errors
}

// rebind gives actions other keys. The error says where two actions have the
// same key, and nothing of it is done then.
func (k *keymap) rebind(all []Rebind) error {
	actions := k.actions()
	where := make(map[string]string)
	for _, r := range all {
		at := slices.IndexFunc(actions, func(a action) bool { return a.name == r.Action })
		if at < 0 {
			return fmt.Errorf("%s: there is no action %q", r.Where, r.Action)
		}
		if len(r.Keys) == 0 {
			return fmt.Errorf("%s: %s has no key; name one or leave the line out", r.Where, r.Action)
		}
		b := actions[at].binding
		b.SetKeys(r.Keys...)
		b.SetHelp(strings.Join(shownKeys(r.Keys), " "), b.Help().Desc)
		where[r.Action] = r.Where
	}
	owner := make(map[string]string)
	for _, a := range actions {
		for _, pressed := range a.binding.Keys() {
			other, taken := owner[pressed]
			owner[pressed] = a.name
			if !taken || other == a.name {
				continue
			}
			at := where[a.name]
			if at == "" {
				at = where[other]
			}
			return fmt.Errorf("%s: the key %s would be both %s and %s; give one of them another", at, pressed, other, a.name)
		}
	}
	return nil
}

// shownKeys spells keys as the help does: ^F for ctrl+f.
func shownKeys(keys []string) []string {
	out := make([]string, len(keys))
	for i, name := range keys {
		out[i] = name
		if letter, ok := strings.CutPrefix(name, "ctrl+"); ok && len(letter) == 1 {
			out[i] = "^" + strings.ToUpper(letter)
		}
	}
	return out
}
