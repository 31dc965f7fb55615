// Package screen is the course on a terminal: the lesson on the left, the learner's image
// and Dockerfile on the right, what is to be done below them.
//
// It is one Bubble Tea program over a session, which decides everything. Files are
// judged beside it (judge.go), so that typing never waits; what comes back late, for a
// text that has changed since, is not shown.
package screen
