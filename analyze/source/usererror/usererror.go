// Package usererror has the errors that a person reads at a terminal: one line that says what was
// being done, what is wrong, and what to do next.
//
//	&usererror.Error{What: "there is no such file", Next: "check the path"}
//
// Error is what is wrong and the next step. OpError puts in front what was being done: "opening
// app.tar: there is no such file; check the path". OpError also shortens and escapes text from a
// registry or an archive and removes passwords from it, so an Error may contain such text
// unchanged.
package usererror

import (
	"errors"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tare-oci/tare/analyze/redact"
)

// Error is an error for the person at the terminal: what is wrong, and what
// to do next. Both are phrases in lower case without a full stop.
type Error struct {
	What  string
	Next  string
	Cause error // for errors.Is; its text is not shown
}

func (e *Error) Error() string {
	if e.Next == "" {
		return e.What
	}
	return e.What + "; " + e.Next
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Advice returns the part of an error that says what is wrong and what to do
// next, where this package wrote one; else nil.
func Advice(err error) error {
	var e *Error
	if errors.As(err, &e) && e.Next != "" {
		return e
	}
	return nil
}

// ErrAbsent marks an engine or registry that answered and does not have the
// image, so that the search for a bare name goes on.
var ErrAbsent = errors.New("no such image")

// OpError prefixes an error with what was being done and keeps the whole text
// on one printable line, whatever a registry or an archive put into it.
type OpError struct {
	Act string
	Err error
}

func (e *OpError) Error() string {
	return OneLine(redact.Message(middle(redact.Message(e.Act), maxAct) + ": " + e.Err.Error()))
}

// maxAct bounds what was being done in bytes: what is wrong and what to do about
// it come after a name that may be of any length.
const maxAct = 300

// middle leaves out what is too much of a text, in the middle.
func middle(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit/2], "") + "…" + strings.ToValidUTF8(text[len(text)-limit/2:], "")
}

// Unwrap returns the error without what was being done.
func (e *OpError) Unwrap() error { return e.Err }

// MaxText bounds an error's text in bytes: registries may answer with a page of HTML.
const MaxText = 2000

// OneLine escapes what a terminal would obey and joins lines with spaces.
func OneLine(text string) string {
	var b strings.Builder
	for len(text) > 0 {
		if b.Len() > MaxText {
			b.WriteString("…")
			break
		}
		r, n := utf8.DecodeRuneInString(text)
		switch {
		case r == utf8.RuneError && n == 1:
			b.WriteString(`\x` + strconv.FormatUint(uint64(text[0])|0x100, 16)[1:])
		case r == '\n' || r == '\t' || r == '\r':
			b.WriteByte(' ')
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		text = text[n:]
	}
	return b.String()
}

// List joins names for an error message and cuts a long list short.
func List(names []string) string {
	const shown = 12
	if len(names) > shown {
		return strings.Join(names[:shown], ", ") + " and " + strconv.Itoa(len(names)-shown) + " more"
	}
	return strings.Join(names, ", ")
}
