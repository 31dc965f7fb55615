// Package kubernetes holds the rules of running well in a cluster: what process 1 is
// and whom it runs as, where data and logs go, and which secrets the image tells. They
// look at the config and the tree; no byte would be saved by following them.
//
// Each rule stands in its file with its texts, its fix and its fixture; package
// catalogue lists them. Rules hold no state and are safe for concurrent use.
package kubernetes
