// Package pty holds the storms: the real program runs on a pseudo-terminal,
// random keys, pastes, clicks, window sizes, suspensions and signals come down on
// it, at any moment, and at the end the terminal has to be as it was before.
//
// The terminal is the kernel's (Linux only, and nothing else is needed) with a
// small emulator behind it that knows modes and nothing else: which are on, by
// what the program wrote. A storm's seed decides what is sent; when it arrives is
// up to the machine, so a storm that fails once may not fail again at once.
//
//	go test ./test/pty                                 # a few storms
//	TARE_STORMS=200 go test -timeout 30m ./test/pty    # what .ci/full does
//	TARE_STORM_SEED=17 TARE_STORMS=1 go test ./test/pty
package pty
