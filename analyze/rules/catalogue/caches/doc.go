// Package caches has the rules about what package managers and build tools keep for their next
// run, which in an image never comes: apt's lists, pip's wheels, Maven's repository.
//
// The cache of a compiler or build tool can hold the program itself. Those rules are likely at
// most, and suppressed if the image runs something from the cache.
//
// Each rule is in a file with its texts, its fix and its fixture, and package catalogue lists
// them; hex.go is a good one to copy. Rules hold no state and are safe for concurrent use.
package caches
