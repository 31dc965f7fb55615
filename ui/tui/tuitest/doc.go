// Package tuitest has the images that tests of the terminal interface look at, built by hand:
// one as people build them, one without a Dockerfile, one that runs as root behind a shell,
// and one made to break screens. Only tests import it.
package tuitest
