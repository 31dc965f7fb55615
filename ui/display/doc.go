// Package display turns text and figures into something printable, and is the
// only place that does.
//
// An image is written by a stranger. A file name in it may hold escape
// sequences that clear the screen, a newline that fakes a line of output, or a
// bidi override that shows "txt.exe" as "exe.txt". So whatever comes from an
// image (paths, instructions, package names, notes that quote them) goes
// through [Escape] before it reaches a terminal, and only then through
// [Truncate], [Wrap] and the other functions that lay text out.
//
// Widths are terminal cells, not bytes or runes: "日本" is four cells wide.
// They are counted by grapheme cluster with the library that draws the
// interface, so that a column is as wide in a report as on the screen.
//
// Figures have one spelling everywhere: sizes are decimal (kB, MB, GB) like
// Docker's own, a percentage has no decimals, a count has thousands separators.
//
// The package has no state and does no I/O; everything in it may be used from
// any goroutine.
package display
