// Package filetree holds the files that layers add to an image and remove from it, as a tree of
// directories that can be opened and closed.
//
// A [Span] is the run of layers that is looked at. [Build] gathers their records into a
// [LayerTree], with the change of each path (added, modified, deleted) and the sums of each
// directory: its bytes, and those wasted, which no container can use. An [Outline] is such a
// tree as far as its directories are open, a flat list of rows. A [Query] says which files
// are wanted, and its [Matches] which were found; an [Order] is what directories are sorted
// by.
//
// Build, Find, Filtered and Sorted take time in proportion to the number of paths, which can be
// millions. They change nothing that others may be reading, so they can run in a goroutine of
// their own. The cost of opening a directory is that of the rows that appear. A
// LayerTree is not changed after it was built and may be read by several goroutines; an
// Outline belongs to one. An entry takes 48 bytes.
//
// The package knows neither a pane nor a screen.
package filetree
