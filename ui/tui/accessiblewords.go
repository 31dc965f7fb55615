package tui

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/tare-oci/tare/analyze/nearest"
)

// spokenWord is something that can be asked for.
type spokenWord struct {
	name, takes, does string
	answer            func(t *talk, about string)
}

// spokenWords is the one list of them, in the order of the help; quit is the
// loop's.
func spokenWords() []spokenWord {
	return []spokenWord{
		{"summary", "", "what the image weighs and wastes", (*talk).summary},
		{"fixes", "", "what to change, the most bytes first", (*talk).fixList},
		{"fix", "NUMBER", "one fix with its edit; the number alone does", (*talk).fix},
		{"copy", "[NUMBER]", "put the edit of a fix on the clipboard", (*talk).copy},
		{"instructions", "", "how the image was built, with costs", (*talk).instructionList},
		{"instruction", "NUMBER", "one instruction in full", (*talk).instruction},
		{"files", "[PATH]", "what is in a folder, or about a file", (*talk).fileList},
		{"find", "CONDITIONS", "files, by part of the name and conditions, such as find conf >10MB is:wasted pkg:curl layer:3", (*talk).find},
		{"packages", "", "what is installed, by size", (*talk).packageList},
		{"package", "NAME", "why one package is there", (*talk).onePackage},
		{"dockerfile", "", "the Dockerfile, with the cost of each instruction", (*talk).source},
		{"config", "", "how the image will run", (*talk).settings},
		{"more", "", "the rest of a long answer", (*talk).more},
		{"help", "", "this list", (*talk).help},
		{"quit", "", "leave", nil},
	}
}

// answer does what was typed, and reports whether it was to leave.
func (t *talk) answer(text string) (leave bool) {
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
	for _, w := range spokenWords() {
		if w.name == name {
			if name != "more" {
				t.later = nil
			}
			w.answer(t, about)
			return false
		}
		names = append(names, w.name)
	}
	said := "There is no word " + t.th.oneLine(name, 40) + "."
	if near := nearest.Name(name, names); near != "" {
		said += " Did you mean " + near + "?"
	} else {
		said += " Type help for what there is."
	}
	t.say(said)
	return false
}

func (t *talk) help(string) {
	for _, w := range spokenWords() {
		t.say(strings.TrimSpace(w.name+" "+w.takes) + ": " + w.does + ".")
	}
}

func (t *talk) more(string) {
	if len(t.later) == 0 {
		t.say("There is no more.")
		return
	}
	t.say(t.later...)
	t.later = nil
}

// number reads a number from 1 to count; it says what is wrong with another.
func (t *talk) number(text, noun string, first, count int) (int, bool) {
	n, err := strconv.Atoi(text)
	switch {
	case count == 0:
		t.say("There is no " + noun + " here.")
	case err != nil:
		t.say(fmt.Sprintf("%s takes a number from %d to %d.", noun, first, first+count-1))
	case n < first || n >= first+count:
		t.say(fmt.Sprintf("There is no %s %d; the numbers are %d to %d.", noun, n, first, first+count-1))
	default:
		return n, true
	}
	return 0, false
}

// copy puts an edit on the terminal's clipboard.
func (t *talk) copy(about string) {
	n := t.last + 1
	if about != "" || n == 0 {
		var ok bool
		if n, ok = t.number(about, "copy", 1, len(t.fixes.findings)); !ok {
			return
		}
	}
	text := pasteable(t.fixes.findings[n-1])
	if text == "" {
		t.say(fmt.Sprintf("Finding %d has no edit to copy.", n))
		return
	}
	t.raw = ansi.SetSystemClipboard(text)
	t.say(fmt.Sprintf("The edit of finding %d is sent to the clipboard.", n))
}
