// Package beside is the page that compares two images side by side: the aligned instructions of
// both builds, and the findings, packages and files that were added or removed, grew or shrank,
// each with the step that caused the change.
//
// [New] computes everything from two reports, and is slow enough to be called in a command; a
// [Page] only draws. The cost of a key depends on the rows on the screen, except for sorting and
// filtering, which go through one list. Files are not listed one by one: the comparison names the
// directories and files that changed most, see package compare.
//
// A page belongs to one goroutine and does no I/O.
package beside
