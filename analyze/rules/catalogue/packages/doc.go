// Package packages has the rules that look at the package database of the finished image. They
// claim the visible files of packages, either by the reason why a package is installed or by
// what it is for: recommended packages, compilers, orphans.
//
// Each rule is in a file with its texts, its fix and its fixture, and package catalogue lists
// them. Rules hold no state and are safe for concurrent use.
package packages
