package model

// LayerContent tells what a layer holds apart from how its tar is written. Two layers of
// the same Tree put the same paths in place, of the same types, modes, owners, link
// targets and bytes; the next three fields then tell why their tars differ all the same.
//
// Contents are hashed with the secret of this machine's cache, so the digests of two
// reports can be compared only where one run, or one cache, made both, and they must not
// be shown.
type LayerContent struct {
	Tree   [32]byte
	Times  uint64 // of modification, whatever the order
	Order  uint64 // of the entries in the tar
	Owners uint64 // the names of users and groups beside their numbers
	// Beside is of what a [Tree] does not tell of a layer: what it takes away, extended
	// attributes and the numbers of devices.
	Beside uint64
}
