package pane

import (
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// The columns of a row are, from the left: mark, fold, what it saves, how sure that is as
// a sign, the lines of the Dockerfile, what to do, how sure that is as a word. The word
// takes the sign's place where there is room for it: the titles go first.
const (
	fixHeadings = 50 // from here on, the columns have headings
	fixNarrow   = 56 // below, gaps are small
	fixWorded   = 74 // from here on, confidence is a word
	fixWord     = len(model.Possible)
	fixFigure   = display.BytesWidth + 1 // with a minus
	fixHeading  = "what to do"
)

// measure works out how wide the column of lines has to be, and what it counts.
func (v *Fixes) measure() {
	v.counts, v.numbersWidth = "", 0
	for i := range v.list {
		c := v.list[i].change
		if c == nil {
			continue
		}
		word, numbers := view.New(v.report).ChangeNumbers(c)
		if numbers == "" {
			continue
		}
		if v.counts == "" {
			v.counts = word
		}
		v.numbersWidth = max(v.numbersWidth, len(v.numbers(c)), len(v.counts))
	}
}

// numbers are the lines of a change, as short as the heading allows: it says what is
// counted.
func (v *Fixes) numbers(c *model.Change) string {
	word, numbers := view.New(v.report).ChangeNumbers(c)
	if word != v.counts && numbers != "" {
		return word + " " + numbers
	}
	return numbers
}

// Heading draws the names of the columns.
func (v *Fixes) Heading(l *draw.Line) bool {
	if l.Width < fixHeadings {
		return false
	}
	gap := 2
	if l.Width < fixNarrow {
		gap = 1
	}
	l.To(4).Figure(v.th.Dim, "saves", fixFigure)
	if l.Width < fixWorded {
		l.Gap(1) // and the sign
	}
	l.Gap(2)
	if v.numbersWidth > 0 {
		l.Cell(v.th.Dim, v.counts, v.numbersWidth).Gap(gap)
	}
	l.Add(v.th.Dim, fixHeading)
	if l.Width >= fixWorded {
		l.To(l.Width-1-fixWord).Figure(v.th.Dim, "sure", fixWord)
	}
	return true
}

// Row draws row i.
func (v *Fixes) Row(l *draw.Line, i int) {
	row := &v.list[i]
	v.mark(l, row.change)
	indent := 2
	if l.Width < fixNarrow {
		indent = 1
	}
	l.To(2 + indent*row.depth)
	switch {
	case row.fold == "":
		l.Gap(2)
	case v.isOpen(row.fold):
		l.Paint(v.th.Dim, v.th.DirOpen).Gap(1)
	default:
		l.Paint(v.th.Dim, v.th.DirClosed).Gap(1)
	}
	switch {
	case row.risk:
		v.riskRow(l, row.finding)
	case row.change != nil:
		v.changeRow(l, row.change)
	case row.finding != nil && row.kept == nil:
		v.findingRow(l, row.finding)
	default:
		l.Figure(v.th.Dim, figure(row.bytes, v.th), fixFigure)
		v.beforeTitle(l, v.th.Dim, "", "")
		l.Words(v.th.Dim, row.title, l.Left()-1)
	}
}

func figure(bytes int64, th *draw.Theme) string {
	if bytes == 0 {
		return th.Charset.None
	}
	return display.Bytes(bytes)
}

// beforeTitle draws the columns between what a row saves and its title.
func (v *Fixes) beforeTitle(l *draw.Line, style lipgloss.Style, sign, numbers string) {
	gap := 2
	if l.Width < fixNarrow {
		gap = 1
	}
	switch {
	case l.Width >= fixWorded:
		l.Gap(2)
	case sign == "":
		l.Gap(3)
	default:
		l.Gap(1).Paint(style, sign).Gap(1)
	}
	if v.numbersWidth > 0 && l.Width >= fixHeadings { // without a heading nobody knows what the numbers are
		l.Cell(v.th.Dim, numbers, min(v.numbersWidth, max(l.Left()/3, 4))).Gap(gap)
	}
}

func (v *Fixes) riskRow(l *draw.Line, f *model.Finding) {
	words := v.words()
	l.Figure(v.th.Removed, "risk", fixFigure)
	v.beforeTitle(l, v.th.Removed, v.th.Risk, "")
	l.AddWithin(v.th.Removed, words.RiskTitle(f), l.Left()-1)
}

func (v *Fixes) changeRow(l *draw.Line, c *model.Change) {
	size, text := v.th.Waste, v.th.Text
	if c.Confidence == model.Possible || c.BelowFloor {
		size, text = v.th.Dim, v.th.Dim
	}
	if v.written[c.ID] {
		size, text = v.th.Added, v.th.Dim
	}
	l.Figure(size, v.th.Charset.Minus+display.Bytes(c.Bytes), fixFigure)
	v.beforeTitle(l, v.th.Accent, v.sign(c.Confidence), v.numbers(c))
	words := v.words()
	room := v.titleRoom(l, "")
	l.Words(text, fitTitle(words.OneLine(c.Title), room), room)
	v.afterTitle(l, "", c.Confidence)
}

func (v *Fixes) findingRow(l *draw.Line, f *model.Finding) {
	size, text := v.th.Waste, v.th.Text
	if !f.Wasted() || f.Inherited {
		size, text = v.th.Dim, v.th.Dim
	}
	l.Figure(size, figure(f.Bytes, v.th), fixFigure)
	v.beforeTitle(l, v.th.Accent, v.sign(f.Confidence), "")
	origin := ""
	if f.Inherited {
		origin = "base"
	}
	l.Words(text, v.th.OneLine(f.Title, l.Width), v.titleRoom(l, origin))
	v.afterTitle(l, origin, f.Confidence)
}

// titleRoom is how many columns are left for a title before what follows it.
func (v *Fixes) titleRoom(l *draw.Line, origin string) int {
	room := l.Left()
	if l.Width >= fixWorded {
		room -= fixWord + 2
	}
	if origin != "" {
		room -= len(origin) + 2
	}
	return room
}

// afterTitle draws where a finding is from and how sure it is, to the end of the row.
func (v *Fixes) afterTitle(l *draw.Line, origin string, sure model.Confidence) {
	stop := l.Width - 1
	if l.Width >= fixWorded {
		stop -= fixWord + 1
	}
	if origin != "" {
		l.To(stop-len(origin)).Add(v.th.Dim, origin)
	}
	if l.Width >= fixWorded {
		l.To(stop+1).Figure(v.th.Dim, string(sure), fixWord)
	}
	l.Gap(1)
}

// fitTitle is a change's title in so many columns. Where all that the change does has no
// room, it is told as far as it has, and counted from there on; no word is cut while the
// first thing that it does can be read.
func fitTitle(title string, room int) string {
	if display.Width(title) <= room {
		return title
	}
	parts := strings.Split(title, ", ")
	for told := len(parts) - 1; told > 0; told-- {
		short := strings.Join(parts[:told], ", ")
		more := " +" + strconv.Itoa(len(parts)-told)
		ends := []string{more + " more", more}
		if parts[len(parts)-1] == "and more" { // the title has counted no further
			ends = []string{" and more", " +"}
		}
		for _, end := range ends {
			if display.Width(short+end) <= room {
				return short + end
			}
		}
	}
	if display.Width(parts[0]) > room {
		return brief(parts[0])
	}
	return parts[0]
}

// brief is what a change does in as few words as it can be told, for narrow screens.
func brief(title string) string {
	for _, end := range []string{
		" in the same RUN", " in the RUN that makes them", " in the RUN that unpacks them", " where the files are added", " that nothing needs any more",
		" with .dockerignore", " of the build context", " of a package", " that the server wants", " that nothing uses", " in the foreground",
	} {
		title = strings.TrimSuffix(title, end)
	}
	for _, begin := range []string{"install without ", "do not write the ", "do not write ", "install no "} {
		if rest, ok := strings.CutPrefix(title, begin); ok {
			return "no " + rest
		}
	}
	return strings.Replace(title, " in a separate stage", " in a stage", 1)
}

// sign is a confidence as one character.
func (v *Fixes) sign(c model.Confidence) string {
	switch c {
	case model.Certain:
		return v.th.Certain
	case model.Likely:
		return v.th.Likely
	}
	return v.th.Possible
}
