// Package compare says what changed from one image to another. Its one door is
// [Reports], from two finished reports to a [model.Comparison].
//
// Two words that the package uses throughout: a step is one instruction of the
// build or, where no known instruction made a layer, the layer; the partner of a
// step is the same step in the other image. Steps are aligned first ([Reports]
// says how), because findings, packages and paths are told apart by the step
// that brought them.
//
// Every list of a comparison explains one difference to the byte: what the list
// holds and its rest add up to the difference between the two reports' figures.
//
// Aligning n steps with m costs n·m comparisons of their words, at most
// maxGrid; beyond, equal text alone decides and the cost is n+m. The trees are
// walked once each. No I/O is done, the reports are only read, and comparisons
// of different or of the same reports may run at the same time.
package compare
