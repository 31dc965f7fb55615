// Package caches holds the rules of what package managers and build tools keep so
// that their next run is faster, which in an image never comes.
// The caches of compilers and build tools can hold the program itself: their rules are
// likely at most, and suppressed where the image runs something of them.
//
// Each rule stands in its file with its texts, its fix and its fixture; package
// catalogue lists them. Rules hold no state and are safe for concurrent use.
package caches
