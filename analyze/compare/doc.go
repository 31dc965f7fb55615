// Package compare works out what changed from one image to another. [Reports] takes two
// finished reports and returns a [model.Comparison]:
//
//	comparison := compare.Reports(before, after)
//
// Two terms: a step is one instruction of the build or, if no known instruction made a layer,
// that layer. The partner of a step is the same step in the other image. Steps are aligned
// first ([Reports] says how), because findings, packages and paths are told apart by the
// step that brought them.
//
// Every list in a comparison explains one difference to the byte: the entries of the list and
// its rest add up to the difference between the two reports' figures.
//
// Aligning n steps with m takes n·m comparisons of their words, up to maxGrid. Beyond that
// only equal text counts and the cost is n+m. Each tree is walked once. There is no I/O and
// the reports are only read, so several comparisons may run at the same time, even of the
// same reports.
package compare
