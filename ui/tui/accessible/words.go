package accessible

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/tare-oci/tare/analyze/nearest"
)

// Word is something that can be asked for.
type Word struct {
	Name, Takes, Does string
	answer            func(s *dialog, about string)
}

// Words is the one list of them, in the order of the help; quit is the
// loop's.
func Words() []Word {
	return []Word{
		{"summary", "", "the image's size and waste", (*dialog).summary},
		{"fixes", "", "what to change, the most bytes first", (*dialog).fixList},
		{"fix", "NUMBER", "one fix with its edit; just the number works too", (*dialog).fix},
		{"copy", "[NUMBER]", "put the edit of a fix on the clipboard", (*dialog).copy},
		{"instructions", "", "how the image was built, with costs", (*dialog).instructionList},
		{"instruction", "NUMBER", "one step in full, by its number", (*dialog).instruction},
		{"files", "[PATH]", "what a directory holds, or details of a file", (*dialog).fileList},
		{"find", "CONDITIONS", "files, by part of the name and conditions, such as find conf >10MB is:wasted pkg:curl layer:3", (*dialog).find},
		{"packages", "", "what is installed, by size", (*dialog).packageList},
		{"package", "NAME", "why one package is there", (*dialog).onePackage},
		{"dockerfile", "", "the Dockerfile, with the cost of each instruction", (*dialog).source},
		{"config", "", "how the image will run", (*dialog).settings},
		{"more", "", "the rest of a long answer", (*dialog).more},
		{"help", "", "this list", (*dialog).help},
		{"quit", "", "leave", nil},
	}
}

// answer does what was typed, and reports whether it was to leave.
func (d *dialog) answer(text string) (leave bool) {
	name, about, _ := strings.Cut(strings.TrimSpace(text), " ")
	name, about = strings.ToLower(name), strings.TrimSpace(about)
	switch name {
	case "":
		return false
	case "quit", "q", "exit":
		return true
	case "?":
		name = "help"
	case "/":
		name = "find"
	}
	if _, err := strconv.Atoi(name); err == nil && about == "" {
		name, about = "fix", name
	}
	var names []string
	for _, w := range Words() {
		if w.Name == name {
			if name != "more" {
				d.later = nil
			}
			w.answer(d, about)
			return false
		}
		names = append(names, w.Name)
	}
	said := "There is no command " + d.th.OneLine(name, 40) + "."
	if near := nearest.Name(name, names); near != "" {
		said += " Did you mean " + near + "?"
	} else {
		said += " Type help for a list."
	}
	d.say(said)
	return false
}

func (d *dialog) help(string) {
	for _, w := range Words() {
		d.say(strings.TrimSpace(w.Name+" "+w.Takes) + ": " + w.Does + ".")
	}
}

func (d *dialog) more(string) {
	if len(d.later) == 0 {
		d.say("That was all.")
		return
	}
	d.say(d.later...)
	d.later = nil
}

// number reads a number from 1 to count; it says what is wrong with another.
func (d *dialog) number(text, noun string, first, count int) (int, bool) {
	n, err := strconv.Atoi(text)
	switch {
	case count == 0:
		d.say("There is no " + noun + " here.")
	case err != nil:
		d.say(fmt.Sprintf("%s takes a number from %d to %d.", noun, first, first+count-1))
	case n < first || n >= first+count:
		d.say(fmt.Sprintf("There is no %s %d; the numbers are %d to %d.", noun, n, first, first+count-1))
	default:
		return n, true
	}
	return 0, false
}

// copy puts an edit on the terminal's clipboard.
func (d *dialog) copy(about string) {
	n := d.last + 1
	if about != "" || n == 0 {
		var ok bool
		if n, ok = d.number(about, "copy", 1, d.fixes.Count); !ok {
			return
		}
	}
	d.fixes.Cursor = n - 1
	text := d.fixes.Pasteable()
	if text == "" {
		d.say(fmt.Sprintf("Number %d has no edit to copy.", n))
		return
	}
	d.raw = ansi.SetSystemClipboard(text)
	d.say(fmt.Sprintf("Sent the edit of number %d to the clipboard.", n))
}
