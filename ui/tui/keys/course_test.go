package keys

import (
	"strings"
	"testing"
)

// TestCourseKeys: in the course no key does two things and each action has one; what it
// shares with the interface follows what the user chose for that.
func TestCourseKeys(t *testing.T) {
	c := NewCourse(false)
	if err := c.Rebind(nil); err != nil {
		t.Fatal(err)
	}
	owner := map[string]string{}
	for _, a := range c.Actions() {
		if len(a.Binding.Keys()) == 0 {
			t.Errorf("%s has no key", a.Name)
		}
		for _, key := range a.Binding.Keys() {
			if owner[key] != "" {
				t.Errorf("%q is both %s and %s", key, owner[key], a.Name)
			}
			owner[key] = a.Name
		}
	}
	if err := c.Rebind([]Rebind{{Action: "learn-hint", Keys: []string{"H"}}, {Action: "edit", Keys: []string{"i"}}, {Action: "image", Keys: []string{"F2"}}}); err != nil {
		t.Fatal(err)
	}
	if c.First(c.Hint) != "H" || c.First(c.Edit) != "i" {
		t.Errorf("hint has %s, edit %s", c.First(c.Hint), c.First(c.Edit))
	}
}

// TestCourseClash: two actions of the course on one key are an error with its place; the
// same keys in the interface are none where the interface has but one of them.
func TestCourseClash(t *testing.T) {
	all := []Rebind{{Action: "filter", Keys: []string{"R"}, Where: "c.yaml:2"}, {Action: "help", Keys: []string{"S"}, Where: "c.yaml:3"}}
	if err := New(false).Rebind(all); err != nil {
		t.Errorf("in the interface: %v", err)
	}
	err := NewCourse(false).Rebind(all)
	if err == nil || !strings.HasPrefix(err.Error(), "c.yaml:3: the key S would be both learn-solution and help") {
		t.Errorf("in the course: %v", err)
	}
	err = NewCourse(false).Rebind([]Rebind{{Action: "learn-hunt", Keys: []string{"x"}, Where: "c.yaml:1"}})
	if err == nil || !strings.Contains(err.Error(), `there is no action "learn-hunt"`) {
		t.Errorf("no such action: %v", err)
	}
}
