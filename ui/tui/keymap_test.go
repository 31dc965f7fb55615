package tui

import (
	"reflect"
	"testing"

	"charm.land/bubbles/v2/key"
)

// bindings lists every field of the keymap by name.
func bindings(k *keymap) map[string]key.Binding {
	out := make(map[string]key.Binding)
	v := reflect.ValueOf(*k)
	for i := range v.NumField() {
		out[v.Type().Field(i).Name] = v.Field(i).Interface().(key.Binding)
	}
	return out
}

func TestKeymap(t *testing.T) {
	k := newKeymap(false)
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
	for _, g := range k.groups() {
		for _, b := range g.bindings {
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
	for _, b := range bindings(newKeymap(false)) {
		for _, keystroke := range b.Keys() {
			known[keystroke] = true
		}
	}
	for _, screen := range screens {
		m := opened(t, 120, 36, Options{}, sampleReport())
		typed(m, screen.keys...)
		for _, b := range m.bindings() {
			for _, keystroke := range b.Keys() {
				if !known[keystroke] {
					t.Errorf("%s: the footer names %q", screen.name, keystroke)
				}
			}
		}
	}
}
