package report

import (
	"strings"

	"github.com/tare-oci/tare/ui/display"
)

const (
	// maxMarkdown is how many bytes a comment has. GitHub takes 65,536 characters.
	maxMarkdown = 64_000
	// footerRoom is kept for the end of a fold and for what stands last.
	footerRoom = 500
)

// limited is a text in the making that does not grow beyond what a comment may
// have.
type limited struct {
	body   strings.Builder
	missed int // findings that there was no room for
}

// add appends a part, all of it or, where there is no room, nothing.
func (l *limited) add(part string) bool {
	if l.body.Len()+len(part) > maxMarkdown-footerRoom {
		return false
	}
	l.body.WriteString(part)
	return true
}

// fold adds as many items, each as its line, as there is room for, behind one
// line. The title holds nothing of the image.
func fold[T any](l *limited, title, head string, items []T, line func(T) string) {
	const end = "\n</details>\n\n"
	var b strings.Builder
	b.WriteString("<details><summary>" + title + "</summary>\n\n" + head)
	for _, item := range items {
		text := line(item)
		if l.body.Len()+b.Len()+len(text)+len(end) > maxMarkdown-footerRoom {
			break
		}
		b.WriteString(text)
	}
	l.add(b.String() + end)
}

// footer says what there was no room for, and which command has it. It has room
// of its own.
func (l *limited) footer(command string) {
	if l.missed > 0 {
		l.body.WriteString("A comment has no room for " + display.Plural(l.missed, "more finding") + "; `" + command + "` shows all.\n")
	}
}
