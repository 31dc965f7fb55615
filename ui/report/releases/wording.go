package releases

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
)

// Title names the row: the repository, where all are of one, and how many they are.
func Title(r *model.Releases) string {
	count := display.Plural(len(r.Releases), "release")
	if at := strings.TrimSuffix(commonRepository(r), ":"); at != "" {
		return at + " · " + count
	}
	return count
}

// Name is the shortest name that tells a release from the others: its tag, where all are
// tags of one repository.
func Name(r *model.Releases, i int) string {
	name := r.Releases[i].References[0]
	prefix := commonRepository(r)
	if short := strings.TrimPrefix(name, prefix); prefix != "" && short != "" {
		return short
	}
	return name
}

// commonRepository is what all names begin with, up to their tags, "" for nothing.
func commonRepository(r *model.Releases) string {
	prefix := ""
	for i := range r.Releases {
		name := r.Releases[i].References[0]
		cut := strings.LastIndexByte(name, ':')
		if cut < 0 || strings.ContainsAny(name[cut:], "/@") || prefix != "" && name[:cut+1] != prefix {
			return ""
		}
		prefix = name[:cut+1]
	}
	return prefix
}

// sentence is the row in one.
func sentence(r *model.Releases) string {
	t := &r.Totals
	good := 0
	for i := range r.Releases {
		if r.Releases[i].Error == "" {
			good++
		}
	}
	if good < 2 || t.PullBytes == nil {
		return ""
	}
	text := "Whoever took all " + display.Count(good) + " pulled " + display.Bytes(*t.PullBytes) + " after the first"
	if good == 2 {
		text = "Whoever took both pulled " + display.Bytes(*t.PullBytes) + " for the second"
	}
	switch {
	case t.PulledAgainBytes == nil:
		return text + "."
	case *t.PulledAgainBytes == 0:
		return text + ", none of it twice."
	}
	return text + ", " + display.Bytes(*t.PulledAgainBytes) + " of it for nothing."
}

// Order says what order of lines would have been pulled least.
func Order(r *model.Releases) string {
	if r.Order == nil || r.Totals.OrderedBytes == nil {
		return ""
	}
	text := "With lines that seldom change above those that often do, and times that stay the same, they would have pulled " + display.Bytes(*r.Totals.OrderedBytes) + ". Check which lines need the ones above them."
	switch n := len(BaseLines(r)); n {
	case 0:
		return text
	case 1:
		return text + " The line of the base stays above them."
	default:
		return text + " The " + display.Count(n) + " lines of the base stay above them."
	}
}

// BaseLines are the lines of the newest release that its base brings, which no order of the Dockerfile moves.
func BaseLines(r *model.Releases) (lines []int) {
	newest := 0
	for i := range r.Releases {
		if r.Releases[i].Error == "" {
			newest = i
		}
	}
	for i := range r.Lines {
		if r.Lines[i].Step.Inherited && r.Lines[i].Release == newest {
			lines = append(lines, i)
		}
	}
	return lines
}

// NameOf is the text of a line's instruction, and that it is the base's.
func NameOf(l *model.ReleasedLine) string {
	name := l.Step.Text
	if name == "" {
		name = "a layer that no known instruction made"
	}
	if l.Step.Inherited {
		return name + " (base image)"
	}
	return name
}

// Volatile are the lines that made people pull, those that made them pull most first.
func Volatile(r *model.Releases) []int {
	var all []int
	for i := range r.Lines {
		if r.Lines[i].Changes > 0 {
			all = append(all, i)
		}
	}
	weight := func(i int) int64 { // lines of which it is not known stand last
		if n := r.Lines[i].Bytes; n != nil {
			return *n
		}
		return -1
	}
	slices.SortStableFunc(all, func(a, b int) int { return cmp.Compare(weight(b), weight(a)) })
	return all
}

// Often says how often a line's layer was another one.
func Often(r *model.Releases, l *model.ReleasedLine) string {
	text := "new in " + strconv.Itoa(l.Changes) + " of " + strconv.Itoa(max(len(r.Releases)-1, 1))
	switch {
	case r.Read && l.Own == 0:
		return text + ", always with the same content"
	case r.Read && l.Own < l.Changes:
		return text + ", " + strconv.Itoa(l.Own) + " with other content"
	case !r.Read && l.Own < l.Changes:
		return text + ", " + strconv.Itoa(l.Changes-l.Own) + " below a line that changed"
	}
	return text
}

// place names the line or step of an instruction.
func place(l *model.ReleasedLine) string {
	if l.Step.Instruction == nil {
		if l.Step.Layer == nil {
			return ""
		}
		return "layer " + strconv.Itoa(*l.Step.Layer)
	}
	return view.StepPlace(l.Step.Number, l.Step.Location, l.Step.Inherited)
}
