package keys

import (
	"fmt"
	"slices"
)

// Names are the names of the actions, which keys can be bound to: of the interface, then
// those that the course alone has.
func Names() []string {
	var names []string
	for _, a := range append(new(Map).Actions(), new(Course).own()...) {
		names = append(names, a.Name)
	}
	return names
}

// Rebind is one action's keys as a user wants them.
type Rebind struct {
	Action string
	Keys   []string // as people write them: n, Ctrl+F, f3, Space
	Where  string   // file and line, for errors
}

// Rebind gives actions other keys. It returns an error if two actions would share a key, because
// only one of them could be done.
func (k *Map) Rebind(all []Rebind) error { return k.rebind(k.Actions(), all) }

// rebind gives actions of a screen other keys. Those that the screen does not have are
// another screen's.
func (k *Map) rebind(actions []Action, all []Rebind) error {
	own := make(map[string]bool)
	owner := make(map[string]string) // of each key
	type binding struct {
		Action
		keys []string
	}
	var bindings []binding
	var where []string
	for _, r := range all {
		at := slices.IndexFunc(actions, func(a Action) bool { return a.Name == r.Action })
		switch {
		case at < 0 && slices.Contains(Names(), r.Action):
			continue
		case at < 0:
			return fmt.Errorf("%s: there is no action %q", r.Where, r.Action)
		}
		keys, err := r.keys()
		if err != nil {
			return err
		}
		own[r.Action] = true
		bindings, where = append(bindings, binding{actions[at], keys}), append(where, r.Where)
	}
	for _, a := range actions {
		for _, name := range a.Binding.Keys() {
			if !own[a.Name] {
				owner[name] = a.Name
			}
		}
	}
	for i, b := range bindings {
		for _, name := range b.keys {
			if other, taken := owner[name]; taken && other != b.Name {
				return fmt.Errorf("%s: the key %s would be both %s and %s; give one of them another", where[i], k.label(name), other, b.Name)
			}
			owner[name] = b.Name
		}
	}
	for _, b := range bindings {
		k.bind(b.Action, b.keys)
	}
	return nil
}

// keys are a rebinding's keys as the terminal reports them, with those that the
// action always has.
func (r Rebind) keys() ([]string, error) {
	if len(r.Keys) == 0 {
		return nil, fmt.Errorf("%s: %s has no key; name one or leave the line out", r.Where, r.Action)
	}
	var keys []string
	for _, written := range r.Keys {
		name, ok := parseKey(written)
		if !ok {
			return nil, fmt.Errorf("%s: %s: there is no key %q; write x, F5, PgUp, Ctrl+F, Alt+x or the like", r.Where, r.Action, written)
		}
		if other := sameKeys[name]; other != "" {
			return nil, fmt.Errorf("%s: %s: terminals cannot tell %s from %s; choose another", r.Where, r.Action, written, other)
		}
		if fixed := fixedKeys[name]; fixed != "" && fixed != r.Action {
			return nil, fmt.Errorf("%s: %s: %s is always %s; choose another", r.Where, r.Action, written, fixed)
		}
		if !slices.Contains(keys, name) {
			keys = append(keys, name)
		}
	}
	for name, fixed := range fixedKeys {
		if fixed == r.Action && !slices.Contains(keys, name) {
			keys = append(keys, name)
		}
	}
	return keys, nil
}
