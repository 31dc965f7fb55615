// Package kubernetes has the rules about running well in a cluster: what process 1 is and
// which user it runs as, where data and logs go, and which secrets the image gives away. They
// look at the config and the tree. Following them saves no bytes.
//
// Each rule is in a file with its texts, its fix and its fixture, and package catalogue lists
// them. Rules hold no state and are safe for concurrent use.
package kubernetes
