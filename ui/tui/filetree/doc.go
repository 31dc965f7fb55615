// Package filetree shows what layers put into an image and take out of it as a tree of
// directories that open and close.
//
// A [Span] is the run of layers that is looked at. [Build] gathers their records into a
// [LayerTree], with the change of each path (added, modified, deleted) and the sums of each
// directory: its bytes, and those wasted, which no container can use. An [Outline] is such a
// tree as far as its directories are open, a flat list of rows. A [Query] says which files
// are wanted, and its [Matches] which were found; an [Order] is what directories are sorted
// by.
//
// Build, Find, Filtered and Sorted take time in proportion to the number of paths, which can
// be millions, and are made to run away from the interface: they change nothing that others
// may be reading. Opening a directory costs what comes into sight, moving about nothing. A
// LayerTree is not changed after it was built and may be read by several goroutines; an
// Outline belongs to one. An entry takes 48 bytes.
//
// The package knows neither a pane nor a screen.
package filetree
