// Package faults breaks things around the real program and checks what it does: a registry that drops,
// stalls, lies or refuses; an engine that dies in the middle of an image; a full disk; signals; many
// runs that share one cache. Each time, either the right answer is on standard output and the exit code
// is 0, or one line on standard error says what is wrong and the exit code says so, too. Nothing is left
// behind.
//
// The tests run if TARE_FAULTS is 1 and are skipped otherwise; -short leaves out those that take
// minutes. With -v they end with a table: the fault, how it was injected, how often, and what happened.
//
//	TARE_FAULTS=1 go test -v ./test/faults
package faults
