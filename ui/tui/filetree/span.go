package filetree

// Span names a run of layers, and from which of them on a change counts as
// the chosen instruction's: the first, or a later one where the tree below it is
// shown as well.
type Span struct{ First, Last, From int }
