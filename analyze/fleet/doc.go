// Package fleet looks at many images as one thing: which layers and bases they share, what
// they waste, and which changes are worth most over all of them.
//
//	refs, err := fleet.Expand(ctx, []string{"ghcr.io/org/api:1", "ghcr.io/org/web:v*"}, opt)
//	part, err := fleet.Run(ctx, refs, fleet.Options{Analyze: opt})
//	table := fleet.Finish(version, part) // *model.Fleet
//
// # Steps
//
// [Expand] turns what a person names into references: of a repository the tags that fit a
// pattern, of a registry's catalogue all repositories. [Run] first asks for the manifests and
// configs of all images, a few at a time; what is shared, and what a node pulls, is known
// then. The second step reads layers. The unit of work is the distinct layer, by the digest
// of its blob: the first image that needs one reads it into the store
// ([analyze.Handle.ReadLayer]), all others wait for it and take it from there. So a base is
// read once, however many images stand on it. When all layers of an image are in the store,
// it is analysed like any other image; its findings and changes are added to the [Part], and
// its report is dropped. The lowest layers of an image, its base, are also looked at on their own, once a base
// ([analyze.Handle.LowerPart]), for what other bases have of it. An image that an engine or an archive
// holds has no layers to be fetched; it is read as a whole.
//
// # Parts
//
// A [Part] is all that is known of some of the images. It holds no report, no tree and no path: a few
// hundred bytes an image and a distinct layer, and some 10 bytes a file of each base. A Part
// can be written and read ([Part.Encode], [Decode]), and [Merge] joins parts in any order and
// grouping: each value in it is either a union or the larger of two by a total order, so that
// merging is associative, commutative and idempotent. What [Finish] returns follows from the
// merged Part alone. So several processes can share the work out and their parts give what
// one process would have found, byte for byte, provided that all of them describe all images
// (which base an image stands on depends on the others) and each layer is read by one.
//
// # Shares
//
// With [Options.Share] a run does one of several shares ([ParseShare]). Each asks for all
// manifests, reads the layers whose digest falls to it, and then judges those of its images (by the same
// kind of hash) whose layers are all in the store by then, be it that other shares put them
// there. The rest is left: [JoinParts] checks that parts belong together and merges them, and
// [Complete] judges from the store what no share could, and looks at the bases.
//
// So no share waits for another: they may run side by side, one after the other, or in any
// number at a time. That is why an image is not a unit of work: an image needs
// all of its layers, and who reads them for one image reads a base once a share. Layers are
// shared out by hash, not by weight, since two shares may see different lists of layers (a manifest
// that fails, a tag that moves), and a layer must not fall between them. An index goes into the store as soon as its
// layer is read: a share that is killed and run again reads what is missing. Engines'
// images and archives are read as a whole by the share that judges them.
//
// # What is counted
//
// Sums over the fleet count a distinct layer once. Bytes of a layer that several images waste
// are counted as the one image sees them in which most of the layer is wasted, so that
// no layer is wasted more than it weighs, and waste by rule and by instruction adds up to
// the waste in all. A change saves in each layer what it saves of it in the image where that
// is most; those sums are added over the distinct layers.
//
// # Bases
//
// An image's base is the one that the analysis of the image finds. Where that finds none, or
// guesses from the history, and another image of the fleet is a longer proper prefix of the image
// by its diff IDs, that image is the base. Bases are the same if the diff IDs of
// their layers are. A base has the names that provenance, annotations and labels give it and
// those of the image of the fleet that it is.
//
// # The best common parent
//
// Images of several bases could stand on one of them. Moving an image from base X to base Y exchanges
// the layers of X for those of Y and nothing else. What X has and Y lacks, the image may need:
// every package of X that Y has not, by manager and name, and every file of X that no package
// owns and whose path Y has not, are counted as kept, by their share of the compressed
// layer, once for each image that moves. What a rule calls a leftover is not kept. So
//
//	saved = layers of X that no image has any more − layers of Y that nobody had − kept
//
// All three are counted from bytes that were read. X and Y must have the same package manager
// and the same upstream release of the C library, or packages and programs would not fit.
// Of all Y, and of all sets of X for each, the one is named that saves most (found greedily: starting from all
// X, those whose going saves more than it costs are left out one by one); then the rest is asked again. Of several Y
// that save nearly as much, the one is named that the fewest images have to move to.
// The images of the fleet that are bases themselves are left out of this: nobody runs them.
package fleet
