// Package packages holds the rules that judge the package database of the finished
// image: they claim the visible files of packages by the reason why each is installed,
// or by what the package is there for.
//
// Each rule stands in its file with its texts, its fix and its fixture; package
// catalogue lists them. Rules hold no state and are safe for concurrent use.
package packages
