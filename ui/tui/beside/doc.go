// Package beside is the page that sets two images beside each other: the instructions of
// both builds, aligned, and what came, went, grew or shrank of findings, packages and
// files, each with the step that is the cause.
//
// [New] works everything out from two reports, away from the interface; a [Page] only
// draws it. A key costs the rows on the screen, but for sorting and filtering, which go
// through the rows of one list. Lists hold no files one by one: the comparison names the
// directories and files that changed most, see package compare.
//
// A page belongs to one goroutine and does no I/O.
package beside
