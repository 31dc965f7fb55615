package usererror

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
)

// TestErrorTexts: what is wrong, then the next step, after what was being done.
func TestErrorTexts(t *testing.T) {
	plain := &Error{What: "there is no such file"}
	advising := &Error{What: "there is no such file", Next: "check the path", Cause: fs.ErrNotExist}
	for want, err := range map[string]error{
		"there is no such file":                                plain,
		"there is no such file; check the path":                advising,
		"opening a.tar: there is no such file; check the path": &OpError{Act: "opening a.tar", Err: advising},
		"opening https://u:***@h/x: there is no such file":     &OpError{Act: "opening https://u:secret@h/x", Err: plain},
		`opening a\x1b[31m.tar: two lines`:                     &OpError{Act: "opening a\x1b[31m.tar", Err: errors.New("two\nlines")},
		"opening " + strings.Repeat("a", 142) + "…" + strings.Repeat("a", 150) + ": there is no such file": &OpError{Act: "opening " + strings.Repeat("a", 500), Err: plain},
	} {
		if err.Error() != want {
			t.Errorf("%s\nwant %s", err, want)
		}
	}
	if !errors.Is(&OpError{Act: "opening", Err: advising}, fs.ErrNotExist) {
		t.Error("the cause is lost")
	}
}

// TestAdvice: an error that advises is found below others, one that does not is not.
func TestAdvice(t *testing.T) {
	advising := &Error{What: "no answer", Next: "try again"}
	if got := Advice(fmt.Errorf("reading: %w", &OpError{Act: "asking", Err: advising})); !errors.Is(got, advising) {
		t.Errorf("the advice is %v", got)
	}
	for _, err := range []error{nil, errors.New("no answer"), &Error{What: "no answer"}} {
		if got := Advice(err); got != nil {
			t.Errorf("%v advises %v", err, got)
		}
	}
}

// TestLongTexts: a page of HTML in an error, and a long list, are cut short.
func TestLongTexts(t *testing.T) {
	if got := OneLine(strings.Repeat("x", 10*MaxText)); len(got) > MaxText+len("x…") || !strings.HasSuffix(got, "…") {
		t.Errorf("%d bytes", len(got))
	}
	names := strings.Split(strings.Repeat("a ", 13)+"a", " ")
	if got := List(names); got != strings.Repeat("a, ", 11)+"a and 2 more" {
		t.Errorf("the list is %s", got)
	}
	if got := List(names[:2]); got != "a, a" {
		t.Errorf("the list is %s", got)
	}
}
