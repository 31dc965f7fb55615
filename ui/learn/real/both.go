package real

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/learn/lesson"
)

// Both are a replayed image and the one that was built, side by side.
type Both struct {
	Replayed, Built Figures
	Lines           []Line // those that store something in one of the two
}

// Figures are what one of the images weighs.
type Figures struct {
	Size, Wasted int64 // bytes
	Layers       int
}

// Line is what a line of the Dockerfile stores in each.
type Line struct {
	Number          int // 0 where it is not known
	Text            string
	Replayed, Built Share
}

// Share is what a line stores, and how much of it no container can use, in bytes.
type Share struct{ Size, Wasted int64 }

func compare(replayed, built *model.Report) *Both {
	b := &Both{Replayed: figures(replayed), Built: figures(built)}
	at := func(s lesson.Step) *Line {
		i := slices.IndexFunc(b.Lines, func(l Line) bool { return l.Number == s.Line })
		if i < 0 {
			i = len(b.Lines)
			b.Lines = append(b.Lines, Line{Number: s.Line, Text: s.Text})
		}
		return &b.Lines[i]
	}
	for _, s := range lesson.Steps(replayed) {
		l := at(s)
		l.Replayed = Share{l.Replayed.Size + s.Size, l.Replayed.Wasted + s.Wasted}
	}
	for _, s := range lesson.Steps(built) {
		l := at(s)
		l.Built = Share{l.Built.Size + s.Size, l.Built.Wasted + s.Wasted}
	}
	b.Lines = slices.DeleteFunc(b.Lines, func(l Line) bool { return l.Replayed.Size == 0 && l.Built.Size == 0 })
	return b
}

func figures(r *model.Report) Figures {
	return Figures{Size: r.Image.Size, Wasted: r.Summary.WastedBytes, Layers: len(r.Layers)}
}

// worthwhile is from how many wasted bytes on a line wastes something that a learner
// would look at. What a package manager writes twice is less.
const worthwhile = 1_000_000

// Why says in a sentence or two what the two have in common and why they differ.
func (b *Both) Why() string {
	replayed := b.wasting(func(l Line) Share { return l.Replayed })
	built := b.wasting(func(l Line) Share { return l.Built })
	verdict := "Both waste in " + replayed + "."
	switch {
	case replayed != built:
		verdict = fmt.Sprintf("The replay wastes in %s, the build in %s.", replayed, built)
	case replayed == none:
		verdict = "Neither wastes anything to speak of."
	}
	return verdict + " Bytes differ because a replay has the packages of one day, by their real names and sizes, and contents that are made up; a build gets those of today."
}

const none = "no line"

// wasting names the lines that waste something.
func (b *Both) wasting(of func(Line) Share) string {
	var lines []string
	for _, l := range b.Lines {
		if of(l).Wasted >= worthwhile {
			lines = append(lines, fmt.Sprint(l.Number))
		}
	}
	switch len(lines) {
	case 0:
		return none
	case 1:
		return "line " + lines[0]
	}
	return "lines " + strings.Join(lines[:len(lines)-1], ", ") + " and " + lines[len(lines)-1]
}
