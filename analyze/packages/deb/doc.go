// Package deb reads what dpkg and apt leave behind and decides, as apt would,
// why each package is there.
//
// dpkg keeps one paragraph a package in /var/lib/dpkg/status: name, version,
// state, and what it depends on, recommends and provides. apt adds
// /var/lib/apt/extended_states, which says what nobody asked for by name:
// "Auto-Installed: 1". From the two, apt-get autoremove works out what may go:
// it starts at the roots (asked for, essential, required, held, or protected
// by its configuration), follows Depends and Pre-Depends, and, unless told
// otherwise, Recommends and Suggests too. What it does not reach is garbage.
//
// This package walks exactly as apt-pkg/depcache.cc does, three times, each
// walk following more:
//
//	Depends, Pre-Depends            what is reached is needed
//	and Recommends                  what is reached only now is recommended
//	and Suggests                    what is reached only now is suggested
//	                                what is never reached is an orphan
//
// The formats are those of deb822(5), deb-control(5), deb-version(7) and
// apt.conf(5). Everything here is a pure function over text: no I/O, no panic,
// and time and memory bounded by the limits in this package.
package deb
