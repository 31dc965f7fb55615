package analyze

import (
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/store"
	"github.com/tare-oci/tare/analyze/workloads"
)

// Layers carries layers in memory from one analysis to the next.
type Layers = store.Layers

// Options says how to analyse an image.
type Options struct {
	source.Options

	// Base names the base image: a reference, or a number of layers. "" lets
	// tare find it.
	Base string
	// BaseMayDiffer lets the image stand on another base than that one, as older releases do: tare finds it then.
	BaseMayDiffer bool
	// Dockerfile is the path of the Dockerfile that built the image, "" for the
	// one that the image's provenance holds, if any. One that does not match the
	// image is an error.
	Dockerfile string
	// DockerfileText is what that file is taken to hold; nil reads it.
	DockerfileText []byte
	// DockerfileMayDiffer makes that a note instead: the file may have been edited since
	// the image was built. Then the report has no lines of it.
	DockerfileMayDiffer bool
	// Verify reads every byte of every layer and checks all digests and diff
	// IDs, also where the answer would not need it.
	Verify bool
	// IgnoreTOC reads all of each layer that is not known yet, also where a table of
	// contents would do: a table can lie.
	IgnoreTOC bool
	// Contents says that the image will be compared with another: what each layer holds
	// ([model.LayerContent]) is worked out, and the contents of all files are read.
	Contents bool
	// NoTree says that Report.Tree is not needed: then it is nil where the cache
	// holds the report of the very same question, and no layer's index is looked at.
	NoTree bool
	// Store keeps what was learnt for the next run; nil keeps nothing.
	Store *store.Store
	// Layers, where not nil, carries layers from one analysis to the next.
	Layers *Layers
	// NeedBuild asks for [Result.Build], which is not stored.
	NeedBuild bool
	// Manifests are Kubernetes manifests: the image is also judged as their containers run
	// it. It is an error if none does. Nil for an image by itself.
	Manifests *workloads.Set
	// Version is the program's own, for the report.
	Version string
	// Memory is told how many bytes of memory the analysis may take, which grows
	// with what is read of the image, so that the caller can set the garbage
	// collector; nil for nobody. It may be called concurrently.
	Memory func(bytes int64)
	// Progress receives events; nil for none.
	Progress func(Event)
}
