// Package faults breaks things around the real program and looks what it
// does: a registry that drops, stalls, lies or refuses, an engine that dies in
// the middle of an image, a full disk, signals, many programs on one cache.
// After each, either the right answer stands on standard output and the exit
// code is 0, or one line on standard error says what is wrong and the exit code
// says so, too; and nothing is left behind.
//
// The tests run when TARE_FAULTS is 1 and skip otherwise; -short leaves out what
// takes minutes. With -v they end in a table: fault, how it was injected, how
// often, what came of it.
//
//	TARE_FAULTS=1 go test -v ./test/faults
package faults
