// Package terminal sees to it that a terminal is given back as it was, however the interface
// ends: by a key, a signal, an error, a panic, or a stop for a while.
//
// A terminal's modes outlive the program that switched them on: the alternate screen, reports
// of the mouse, bracketed paste (DECSET, as in xterm's control sequences), the Kitty keyboard
// protocol, progress in the taskbar (OSC 9;4). A [Guard] stands between Bubble Tea and the
// terminal, reads along which modes are on, and switches them off at the end; a [Program] has
// one. [Restore] does so from any goroutine when the program cannot wait for the interface. [CatchStop] and
// [Suspend] hand the terminal back before the program is stopped by SIGTSTP or the suspend
// key, and take it again when it goes on; only Unix has such signals.
//
// What is written passes through unchanged and at once. Giving back waits up to a few tenths
// of a second for a terminal that is slow to read.
package terminal
