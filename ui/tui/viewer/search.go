package viewer

import (
	"bytes"
	"sort"

	"github.com/tare-oci/tare/ui/display"
)

// search is the text that is searched for in a file, as bytes; ASCII letters match in any case.
type search struct {
	text  string // as it was typed
	at    []int  // where the matches begin: in the data, or, of a difference, its lines
	now   int    // index of the one that was gone to
	lower []byte // the data in lower case, made once
}

// maxMatches is how many matches are counted.
const maxMatches = 100_000

// Search looks for a text and goes to the first match from the top of the screen on; ""
// ends the search.
func (c *Content) Search(text string, width, height int) {
	c.find.text, c.find.at, c.find.now = text, nil, 0
	if text == "" || !c.ready || c.failed != "" {
		return
	}
	wanted := bytes.ToLower([]byte(text))
	if c.how == AsDiff {
		for i := range c.diff {
			if bytes.Contains(bytes.ToLower([]byte(c.diff[i].text)), wanted) {
				c.find.at = append(c.find.at, i)
			}
		}
	} else {
		c.findBytes(wanted)
	}
	if len(c.find.at) == 0 {
		return
	}
	c.find.now = sort.Search(len(c.find.at), func(i int) bool { return c.row(c.find.at[i], width) >= c.top }) % len(c.find.at)
	c.show(width, height)
}

func (c *Content) findBytes(wanted []byte) {
	if c.find.lower == nil {
		c.find.lower = lowerASCII(c.data)
	}
	for from := 0; len(c.find.at) < maxMatches; {
		i := bytes.Index(c.find.lower[from:], wanted)
		if i < 0 {
			return
		}
		c.find.at = append(c.find.at, from+i)
		from += i + len(wanted)
	}
}

// lowerASCII copies bytes with the letters of ASCII in lower case; all others keep their
// place and value.
func lowerASCII(data []byte) []byte {
	lower := bytes.Clone(data)
	for i, b := range lower {
		if b >= 'A' && b <= 'Z' {
			lower[i] = b + 'a' - 'A'
		}
	}
	return lower
}

// Seeks reports whether anything is looked for.
func (c *Content) Seeks() bool { return c.find.text != "" }

// Next goes to the next match, or the one before, round the end, and reports whether
// there is any.
func (c *Content) Next(back bool, width, height int) bool {
	n := len(c.find.at)
	if n == 0 {
		return false
	}
	step := 1
	if back {
		step = n - 1
	}
	c.find.now = (c.find.now + step) % n
	c.show(width, height)
	return true
}

// show scrolls to the match that was gone to.
func (c *Content) show(width, height int) {
	row := c.row(c.find.at[c.find.now], width)
	if row < c.top || row >= c.top+height {
		c.top = row - height/3
	}
}

// row is where a match is on the page.
func (c *Content) row(at, width int) int {
	switch c.how {
	case AsDiff:
		return at
	case AsBytes:
		return at / perRow(width)
	}
	return sort.SearchInts(c.starts, at+1) - 1
}

// found is the row of the match that was gone to, -1 where nothing is looked for.
func (c *Content) found(width int) int {
	if len(c.find.at) == 0 {
		return -1
	}
	return c.row(c.find.at[c.find.now], width)
}

// Said returns how the search prompt describes the result.
func (c *Content) Said() string {
	switch n := len(c.find.at); {
	case c.find.text == "":
		return ""
	case n == 0:
		return "no match"
	default:
		return display.Count(c.find.now+1) + " of " + display.Count(n)
	}
}
