// Package leftovers holds the rules of what builds leave lying about: files that no
// tool reads again and a container has no use for, or perhaps none.
//
// Each rule stands in its file with its texts, its fix and its fixture; package
// catalogue lists them. Rules hold no state and are safe for concurrent use.
package leftovers
