// Package indexstore keeps indexes of layers where other machines find them: in a directory
// that they share, in a registry, or in an S3-compatible store.
//
//	keys, err := indexstore.ParseKeys(text)
//	indexes, err := indexstore.Open("oci://ghcr.io/org/tare-indexes", indexstore.Options{Keys: keys, Generation: store.Generation})
//	cache.ShareWith(indexes, keys.Secret)
//
// Package store asks it for what the machine's own cache lacks, and gives it what was read. What
// goes wrong here costs speed and nothing else: the layer is read, and Options.Warn is told why
// in one line.
//
// # What is believed
//
// A document (document.go) says which layer it is of, by digest, diff ID and size, which
// generation of tare made it, and which secret contents were hashed with; then come a signature
// (Ed25519) and the index, whose SHA-256 and length the signed part names. A reader checks in this order and stops at the first
// that fails, having read no more than it needed: the first lines, which have a limit; the signature, by a key
// that it was told to trust; that the signed part is of the layer, generation and secret asked for; lengths;
// the checksum of the index; and that the index itself names the same layer. So whoever may write to the place, but has
// no trusted key, can keep a reader from finding an index and nothing else. Who has a trusted key can lie.
//
// The secret must be the same for all, since contents are compared by keyed hashes
// ([scan.Key]). It is worth keeping: who has it can make two files that tare takes for
// the same one. Who has neither secret nor trusted key reads layers, as ever.
//
// # Places
//
// A directory has a file a layer. A bucket has an object a layer, under the same name. In a
// registry (an OCI 1.1 referrer, see registry.go) all indexes lie in one repository of their own, so
// that nobody needs the right to push to the repositories of images.
//
// Everything is safe for concurrent use, by any number of processes.
package indexstore
