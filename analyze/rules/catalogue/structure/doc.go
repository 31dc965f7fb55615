// Package structure holds the rules that only know what became of the bytes, and
// those about the order of instructions: what a later layer removes, replaces, stores
// again or tears, what is there twice, and which base the image stands on.
//
// Each rule stands in its file with its texts, its fix and its fixture; package
// catalogue lists them. Rules hold no state and are safe for concurrent use.
package structure
