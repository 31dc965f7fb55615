// Package draw makes the rows of the terminal interface, each exactly as wide as it is
// meant to be.
//
// A [Line] is one row being written from left to right; it cuts what does not fit and
// fills what is missing. A [Page] is a text of such rows that scrolls as a whole. [Frame]
// puts rows into borders: a box has an upper and a lower part, each with a title. A [List]
// is a cursor and a window over rows that are drawn elsewhere. The [Theme] has every
// colour and shape in use; [AccessibleTheme] has words for the shapes, for lines that are
// read aloud. A gauge and a bar show live and wasted bytes on a scale.
//
// All text must be printable before it comes here: it is the program's own or went through
// package display. The methods of Theme that take names from an image see to that, and look
// only at as much of a name as a row can show, so a row costs the same for hostile names.
//
// Nothing here is safe for use by several goroutines at once, but for a Theme, which no one
// changes after it was made.
package draw
