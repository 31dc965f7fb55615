// Package terminal has the tests that need a terminal: the real program runs in tmux, and the tests type
// and read the screen. The interface's own tests check its model and its pictures; these check what a
// person sees:
//
//   - every view, at 120×36, 80×24 and 40×10, in a UTF-8 and in a C locale;
//   - a registry that has sent half of an image, and what can be done meanwhile;
//   - names in images that try to control the terminal;
//   - the terminal as it was before, whichever way the program ends.
//
// They run if TARE_TMUX is 1 and are skipped otherwise; they need tmux 3.3 or newer. -short leaves out
// tests that only repeat another one at a different size or with a different image. If TARE_REAL is 1,
// the images of a real engine are looked at, too; see test/engines for what that needs.
//
//	TARE_TMUX=1 go test -short ./test/terminal
//
// No test sleeps. Each waits for what it expects on the screen, and if that does not come, fails with a
// picture of the screen.
package terminal
