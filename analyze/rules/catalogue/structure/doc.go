// Package structure has the rules that go by what happened to the bytes: removed, replaced,
// stored again or torn by a later layer, or present twice; and those about the order of
// instructions and the choice of the base image. owner_*.go belong to metadata-copy: they turn
// a chown into COPY --chown.
//
// Each rule is in a file with its texts, its fix and its fixture, and package catalogue lists
// them. Rules hold no state and are safe for concurrent use.
package structure
