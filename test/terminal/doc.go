// Package terminal holds the tests that need a terminal: the real program runs
// in tmux, the tests type at it and read the screen. What the tests of the
// interface say of its model and its pictures, these say of what a person sees:
//
//   - every view, at 120×36, 80×24 and 40×10, in a UTF-8 and in a C locale;
//   - a registry that has sent half of an image, and what can be done meanwhile;
//   - names in images that try to speak to the terminal;
//   - the terminal as it was before, whichever way the program ends.
//
// They run when TARE_TMUX is 1 and skip otherwise; they need tmux, 3.3 or newer.
// -short leaves out what only repeats a test at another size or on another
// image. The images of a real engine are looked at too where TARE_REAL is 1; see
// test/engines for what that needs.
//
//	TARE_TMUX=1 go test -short ./test/terminal
//
// No test sleeps. Each waits for what it expects on the screen, and fails with a
// picture of the screen when that does not come.
package terminal
