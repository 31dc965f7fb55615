// Package architecture has the tests that keep the order of the house: which package may import
// which, that CONTRIBUTING.md's map has every package, and that names and comments use the words
// of docs/glossary.md.
//
// A new package needs a row in the map and, unless it is below a package that has one, a row in
// imports_test.go.
package architecture
