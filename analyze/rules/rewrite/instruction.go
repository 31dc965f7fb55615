// Package rewrite reads single Dockerfile instructions and edits them.
//
// Reading gives facts: which commands a RUN executes, which of them update package lists,
// remove files or change owners, and where a COPY puts things. Editing gives new
// instructions: several RUNs joined into one, a clean-up appended, a command removed, COPY with
// --chown (copy_chown.go).
//
//	after, ok := rewrite.AppendCleanup("RUN apt-get update", "rm -rf /var/lib/apt/lists/*")
//
// An edit must never change what a build does, apart from the bytes it leaves behind. Each RUN
// starts a fresh shell, so joining two of them can leak a variable, a directory or a shell
// option from the first into the second, and && binds differently from ; and ||. If an edit can
// isolate such an effect, it does so with ( ) or { }. If it cannot be sure, it reports false
// and changes nothing. The result of every edit is parsed again, and its commands are compared
// with the original ones, before it is returned.
//
// Instructions are given as a person writes them, keyword first, with the default escape
// character. The syntax is that of Docker's Dockerfile reference, "Format" and
// "Here-Documents". Shell text is read as bash, which includes what sh accepts.
//
// There is no I/O and no state; everything is safe for concurrent use.
package rewrite

import (
	"encoding/json"
	"errors"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// maxText bounds an instruction, and with it the depth of what the shell parser
// can meet. BuildKit itself accepts lines of 64 KiB at most.
const maxText = 60 << 10

var errSyntax = errors.New("rewrite: not one whole instruction")

// instruction is one Dockerfile instruction taken apart. The body is what
// BuildKit sees after it dropped line continuations and comment lines; at leads
// from each of its bytes back to the source, so that an edit can keep layout
// and comments.
type instruction struct {
	src     string
	keyword string   // as written
	flags   []string // without quotes
	body    string
	at      []int  // at[i] is where body[i] stands in src; one more for the end
	rest    string // the lines after the instruction's own: here-documents
}

// continues finds a line's continuation: an escape character that no escape
// character precedes, with nothing but blanks behind it.
var continues = lazyregexp.New(`(?:[^\\]|^)(\\[ \t]*)$`)

// split takes an instruction apart.
func split(src string) (*instruction, error) {
	if len(src) > maxText || strings.ContainsAny(src, "\x00\r") {
		return nil, errSyntax
	}
	in := &instruction{src: src}
	var line []byte
	var at []int
	pos, more := 0, true
	for first := true; more && pos < len(src); first = false {
		end := len(src)
		if i := strings.IndexByte(src[pos:], '\n'); i >= 0 {
			end = pos + i
		}
		text := src[pos:end]
		bare := strings.TrimLeftFunc(text, unicode.IsSpace)
		switch {
		case first && (bare == "" || bare[0] == '#'):
			return nil, errSyntax
		case !first && (bare == "" || bare[0] == '#'):
			pos = end + 1
			continue
		case first:
			pos += len(text) - len(bare)
			text = bare
		}
		more = false
		if m := continues.FindStringSubmatchIndex(text); m != nil {
			text, more = text[:m[2]], true
		}
		for i := range len(text) {
			line = append(line, text[i])
			at = append(at, pos+i)
		}
		pos = end + 1
	}
	if pos < len(src) {
		in.rest = src[pos:]
	}
	in.take(string(line), append(at, min(pos, len(src))))
	if in.keyword == "" {
		return nil, errSyntax
	}
	if strings.TrimSpace(in.rest) != "" && !strings.Contains(in.body, "<<") {
		return nil, errSyntax
	}
	return in, nil
}

// take splits a joined line into keyword, flags and body.
func (in *instruction) take(line string, at []int) {
	blank := func(c byte) bool { return strings.IndexByte("\t\v\f\r ", c) >= 0 }
	start, end := 0, len(strings.TrimRightFunc(line, unicode.IsSpace))
	for start < end && !blank(line[start]) {
		start++
	}
	in.keyword = line[:start]
	for start < end && blank(line[start]) {
		start++
	}
	flags, size := builderFlags(line[start:end])
	in.flags, start = flags, start+size
	start = end - len(strings.TrimLeftFunc(line[start:end], unicode.IsSpace))
	in.body, in.at = line[start:end], at[start:end+1]
	if start < end {
		in.at[end-start] = in.at[end-start-1] + 1
	}
}

// builderFlags reads the --name=value words before the body, and returns how
// many bytes they take. Quotes group and a backslash escapes, as in BuildKit,
// which reads a byte as a character here.
func builderFlags(line string) (flags []string, size int) {
	for i := 0; ; {
		for i < len(line) && unicode.IsSpace(rune(line[i])) {
			i++
		}
		if i == len(line) || !strings.HasPrefix(line[i:], "--") {
			return flags, i
		}
		var word []byte
		var quote byte
		for ; i < len(line) && (quote != 0 || !unicode.IsSpace(rune(line[i]))); i++ {
			switch c := line[i]; {
			case c == quote:
				quote = 0
			case quote == 0 && (c == '\'' || c == '"'):
				quote = c
			case c == '\\':
				if i++; i < len(line) {
					word = utf8.AppendRune(word, rune(line[i]))
				}
			default:
				word = utf8.AppendRune(word, rune(c))
			}
		}
		if string(word) == "--" {
			return flags, i
		}
		flags = append(flags, string(word))
		i = min(i, len(line))
	}
}

// is reports whether the instruction has a keyword, whatever its case.
func (in *instruction) is(keyword string) bool { return strings.EqualFold(in.keyword, keyword) }

// list reads the JSON form of RUN, COPY and the like: an array of strings.
func (in *instruction) list() ([]string, bool) {
	if !strings.HasPrefix(in.body, "[") {
		return nil, false
	}
	var words []string
	if json.Unmarshal([]byte(in.body), &words) != nil || words == nil {
		return nil, false
	}
	return words, true
}

// slice returns the source of body[from:to], layout and comments included.
func (in *instruction) slice(from, to int) string {
	if from >= to {
		return ""
	}
	return in.src[in.at[from] : in.at[to-1]+1]
}

// between returns the source between two parts of the body, one that ends at from and one that
// begins at to, with all line continuations there.
func (in *instruction) between(from, to int) string {
	if from < 1 || from > to {
		return ""
	}
	return in.src[in.at[from-1]+1 : in.at[to]]
}

// head returns the source in front of the body: keyword, flags and what
// separates them.
func (in *instruction) head() string {
	if in.body == "" {
		return in.src
	}
	return in.src[:in.at[0]]
}

// Keyword returns an instruction's keyword in capitals, "" if there is none.
func Keyword(text string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if i := strings.IndexFunc(word, unicode.IsSpace); i >= 0 {
		word = word[:i]
	}
	return strings.ToUpper(word)
}

// WorkDir is the working directory after an instruction, given the one before it.
// Only WORKDIR changes it. "" is a directory that nobody can tell: that of a
// relative path below such a directory, and of one that the builder has still to
// expand (a variable, a backslash that may escape or be a part of the name). An
// absolute path makes it known again.
func WorkDir(dir, text string) string {
	if Keyword(text) != "WORKDIR" {
		return dir
	}
	in, err := split(text)
	if err != nil {
		return ""
	}
	to := in.body
	if n := len(to); n > 1 && (to[0] == '"' || to[0] == '\'') && to[n-1] == to[0] {
		to = to[1 : n-1]
	}
	switch {
	case to == "" || strings.ContainsAny(to, "$\\\"'"):
		return ""
	case path.IsAbs(to):
		return path.Clean(to)
	case dir == "":
		return ""
	}
	return path.Join(dir, to)
}
