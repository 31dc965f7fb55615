// Package pty floods the real program on a pseudo-terminal with random keys, pastes, clicks, window
// sizes, suspensions and signals, at any moment. At the end the terminal has to be as it was before.
//
// The terminal is the kernel's (Linux only, and nothing else is needed). A small emulator behind it knows
// only about modes: which of them are on, judging by what the program wrote. The seed of a storm decides
// what is sent; when it arrives depends on the machine, so a storm that failed once may not fail again
// at once.
//
//	go test ./test/pty                                 # a few storms
//	TARE_STORMS=200 go test -timeout 30m ./test/pty    # what .ci/full does
//	TARE_STORM_SEED=17 TARE_STORMS=1 go test ./test/pty
package pty
