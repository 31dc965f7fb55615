package tui

import (
	"reflect"
	"testing"

	"charm.land/bubbles/v2/key"

	"github.com/tare-oci/tare/ui/tui/keys"
	"github.com/tare-oci/tare/ui/tui/tuitest"
)

// bindings lists every binding by its action's name.
func bindings(k *keys.Map) map[string]key.Binding {
	out := make(map[string]key.Binding)
	for _, a := range k.Actions() {
		out[a.Name] = *a.Binding
	}
	return out
}

// TestEveryBindingIsAnAction: a field of the keymap without a line in actions
// would have no key.
func TestEveryBindingIsAnAction(t *testing.T) {
	v, fields := reflect.ValueOf(keys.New(false)).Elem(), 0
	for i := range v.NumField() {
		if f := v.Field(i); f.CanSet() {
			if b, ok := f.Addr().Interface().(*key.Binding); ok {
				fields++
				if len(b.Keys()) == 0 {
					t.Errorf("%s has no key", v.Type().Field(i).Name)
				}
			}
			if all, ok := f.Addr().Interface().(*[]key.Binding); ok {
				for at := range *all {
					fields++
					if len((*all)[at].Keys()) == 0 {
						t.Errorf("%s[%d] has no key", v.Type().Field(i).Name, at)
					}
				}
			}
		}
	}
	if n := len(keys.New(false).Actions()); n != fields {
		t.Errorf("%d actions for %d bindings", n, fields)
	}
}

func TestKeymap(t *testing.T) {
	k := keys.New(false)
	used := make(map[string]string)
	for name, b := range bindings(k) {
		if len(b.Keys()) == 0 || b.Help().Key == "" || b.Help().Desc == "" {
			t.Errorf("%s has no key or no help", name)
		}
		for _, keystroke := range b.Keys() {
			if other, clash := used[keystroke]; clash {
				t.Errorf("%q is both %s and %s", keystroke, name, other)
			}
			used[keystroke] = name
		}
	}

	helped := make(map[string]bool)
	for _, g := range k.Groups() {
		for _, b := range g.Bindings {
			helped[b.Help().Desc] = true
		}
	}
	for name, b := range bindings(k) {
		if !helped[b.Help().Desc] {
			t.Errorf("the help lacks %s", name)
		}
	}
}

func TestFooterNamesKeysThatWork(t *testing.T) {
	known := make(map[string]bool)
	for _, b := range bindings(keys.New(false)) {
		for _, keystroke := range b.Keys() {
			known[keystroke] = true
		}
	}
	for _, screen := range screens {
		m := opened(t, 120, 36, Options{}, tuitest.Report())
		typed(m, screen.keys...)
		first, last := m.bindings()
		for _, b := range append(first, last...) {
			for _, keystroke := range b.Keys() {
				if !known[keystroke] {
					t.Errorf("%s: the footer names %q", screen.name, keystroke)
				}
			}
		}
	}
}
