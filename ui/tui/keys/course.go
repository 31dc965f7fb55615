package keys

import (
	"slices"

	"charm.land/bubbles/v2/key"
)

// Course is every key of tare learn. What it has in common with the interface has the
// interface's keys, those that the user chose included; the rest has names of its own.
type Course struct {
	*Map

	Hint, Next, Back, Look    key.Binding
	Editor, Solution, Restart key.Binding
	Lessons                   key.Binding
}

// NewCourse is the keymap of the course as it comes; ascii names keys in ASCII alone.
func NewCourse(ascii bool) *Course {
	c := &Course{Map: New(ascii)}
	for _, a := range c.own() {
		c.bind(a, fields(a))
	}
	return c
}

// Actions is the one list of what keys do in the course, in the order of its help.
func (c *Course) Actions() []Action {
	own := c.own()
	all := []Action{
		c.shared("open", "answer the question, or edit"), c.shared("edit", "edit here; Esc ends it"),
	}
	all = append(all, own...)
	return append(all,
		c.shared("build", "build your image for real, and show both"),
		c.shared("undo", "bring back the files of before the last change"),
		c.shared("next-pane", "from the lesson to the work and back"),
		c.shared("up", "one row up"), c.shared("down", "one row down"), c.shared("page-up", "one page up"), c.shared("page-down", "one page down"),
		c.shared("select", "one page down"), c.shared("top", "to the first row"), c.shared("bottom", "to the last row"),
		c.shared("help", "this help"), c.shared("escape", "back"), c.shared("suspend", "pause tare (fg resumes)"),
		c.shared("quit", "quit; what you did is kept"), c.shared("leave", "quit at once"),
	)
}

// own are the actions that the course alone has.
func (c *Course) own() []Action {
	return []Action{
		{"learn-look", "", "o", "look around in the image, in tare's interface", &c.Look},
		{"learn-hint", "", "h", "a hint; each says more than the one before", &c.Hint},
		{"learn-next", "", "n", "the next lesson", &c.Next},
		{"learn-back", "", "p", "the lesson before", &c.Back},
		{"learn-lessons", "", "l", "all lessons, and which are solved", &c.Lessons},
		{"learn-editor", "", "E", "edit in $EDITOR; any other editor will do, too", &c.Editor},
		{"learn-solution", "", "S", "a solution, to compare with yours", &c.Solution},
		{"learn-restart", "", "R", "begin the lesson again", &c.Restart},
	}
}

// shared is an action of the interface that does something in the course, too.
func (c *Course) shared(name, does string) Action {
	all := c.Map.Actions()
	a := all[slices.IndexFunc(all, func(a Action) bool { return a.Name == name })]
	a.Does = does
	return a
}

// Rebind gives actions other keys, of the interface and of the course. The error says
// where two actions have the same key on one screen.
func (c *Course) Rebind(all []Rebind) error {
	if err := c.Map.Rebind(all); err != nil {
		return err
	}
	return c.rebind(c.Actions(), all)
}
