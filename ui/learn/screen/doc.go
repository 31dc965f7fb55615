// Package screen shows the course on a terminal: the lesson on the left, the learner's image and
// Dockerfile on the right, and below them what to do next.
//
// It is a Bubble Tea program over a session, which makes all decisions. Files are judged in the
// background (judge.go), so that typing never waits. A verdict that arrives after the text has
// changed is dropped.
package screen
