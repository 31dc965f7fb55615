// Package accessible is the interface for screen readers and braille lines: plain lines that
// answer typed words, instead of a screen that is drawn over and over.
//
// [Run] says what a report holds, then prompts for one of [Words] a line. An answer has at
// most 30 lines; "more" gives the next. The texts are those of the panes, in a theme that has
// words for shapes. There is no colour, no box, no moving cursor; the one escape sequence is
// the clipboard's, where an edit is copied. Names from an image are printable, and of lists
// at most 300 entries are named.
//
// Run reads what is typed in a goroutine of its own, which ends with the input.
package accessible
