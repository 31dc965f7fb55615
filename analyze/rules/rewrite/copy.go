package rewrite

import (
	"path"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// Copy is what a COPY or ADD says.
type Copy struct {
	Keyword string   // COPY or ADD
	Flags   []string // without quotes
	Sources []string
	Dest    string // as written
	JSON    bool
	// Known is false where only the classic builder's checksum of the sources is
	// left (COPY dir:… in /app), so that the words are not the author's.
	Known bool

	in *instruction
}

// checksum is what the classic builder notes in place of a COPY's sources.
var checksum = lazyregexp.New(`^(?:file|dir|multi):[0-9a-f]{64}$`)

// ParseCopy reads a COPY or ADD; false for others and for here-documents.
func ParseCopy(text string) (*Copy, bool) {
	in, err := split(text)
	if err != nil || !in.is("COPY") && !in.is("ADD") || strings.TrimSpace(in.rest) != "" {
		return nil, false
	}
	words, isJSON := in.list()
	if !isJSON {
		words = strings.Fields(in.body)
	}
	if len(words) < 2 {
		return nil, false
	}
	c := &Copy{Keyword: strings.ToUpper(in.keyword), Flags: in.flags, Sources: words[:len(words)-1], Dest: words[len(words)-1], JSON: isJSON, Known: true, in: in}
	if checksum.MatchString(words[0]) {
		c.Known = false
		if len(words) == 3 && words[1] == "in" {
			c.Sources = words[:1]
		}
	}
	return c, true
}

// Flag returns the value of a flag such as "--from", and whether it is there.
func (c *Copy) Flag(name string) (string, bool) {
	for _, flag := range c.Flags {
		if n, value, _ := strings.Cut(flag, "="); n == name {
			return value, true
		}
	}
	return "", false
}

// Target is the destination as an absolute path, resolved against the working
// directory, which may be ""; false where it cannot be told.
func (c *Copy) Target(workdir string) (string, bool) {
	if path.IsAbs(c.Dest) || strings.HasPrefix(c.Dest, "$") {
		return path.Clean(c.Dest), true
	}
	if workdir == "" {
		return "", false
	}
	return path.Join(workdir, c.Dest), true
}

// withFlag returns the COPY with one flag more, in front of the others.
func (c *Copy) withFlag(flag string) string {
	at := strings.Index(c.in.src, c.in.keyword) + len(c.in.keyword)
	return c.in.src[:at] + " " + flag + c.in.src[at:]
}
