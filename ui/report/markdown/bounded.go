package markdown

import (
	"strings"

	"github.com/tare-oci/tare/ui/display"
)

const (
	// maxMarkdown is how many bytes a comment has. GitHub takes 65,536 characters.
	maxMarkdown = 64_000
	// footerRoom is kept for the end of a fold and for what stands last.
	footerRoom = 500
	// foldRoom is kept for how many items of a fold are left out.
	foldRoom = 40
)

// Comment is a text in the making that does not grow beyond what a comment may
// have. The zero value is an empty one, for one goroutine.
type Comment struct {
	Body   strings.Builder
	Missed int // findings that there was no room for
	Room   int // bytes that it may have; 0 for what a comment may have
	Rows   int // items that a fold lists; 0 for as many as there is room for
	// Flat shows what Fold would fold, below its title: it is for a text that lies within
	// a fold already.
	Flat bool
}

// Left is how many bytes there is room for.
func (l *Comment) Left() int {
	if l.Room > 0 {
		return l.Room - l.Body.Len()
	}
	return maxMarkdown - footerRoom - l.Body.Len()
}

// Add appends a part, all of it or, where there is no room, nothing. It reports
// whether there was room.
func (l *Comment) Add(part string) bool {
	if len(part) > l.Left() {
		return false
	}
	l.Body.WriteString(part)
	return true
}

// Fold adds as many items, each as its line, as there is room for, behind one
// line. The title holds nothing of the image.
func Fold[T any](l *Comment, title, head string, items []T, line func(T) string) {
	end := "\n</details>\n\n"
	var b strings.Builder
	if l.Flat {
		b.WriteString("**" + title + "**\n\n" + head)
		end = "\n"
	} else {
		b.WriteString("<details><summary>" + title + "</summary>\n\n" + head)
	}
	for i, item := range items {
		text := line(item)
		if l.Rows > 0 && i == l.Rows || b.Len()+len(text)+len(end)+foldRoom > l.Left() {
			end = "\n" + display.Count(len(items)-i) + " more\n" + end
			break
		}
		b.WriteString(text)
	}
	l.Add(b.String() + end)
}

// Footer says what there was no room for, and which command has it. It has room
// of its own.
func (l *Comment) Footer(command string) {
	if l.Missed > 0 {
		l.Body.WriteString("A comment has no room for " + display.Plural(l.Missed, "more finding") + "; `" + command + "` shows all.\n")
	}
}
