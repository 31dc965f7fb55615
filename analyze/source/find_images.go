package source

import (
	"context"

	"github.com/tare-oci/tare/analyze/source/archive"
	"github.com/tare-oci/tare/analyze/source/engine"
	"github.com/tare-oci/tare/analyze/source/registry"
)

// What is at hand to be opened, without asking a registry.
type (
	// ListedImage is an image that an engine holds under a name.
	ListedImage = engine.Listed
	// FoundImage is an archive or a directory that looks like an image.
	FoundImage = archive.Found
)

// Engines are the transports of engines, in the order in which a bare name is looked
// for.
func Engines() []string { return []string{engine.Docker, engine.Podman} }

// ListEngine asks an engine for its images, see [engine.List].
func ListEngine(ctx context.Context, transport string) (kind string, images []ListedImage, err error) {
	return engine.List(ctx, transport)
}

// EngineNotRunning reports whether an error of [ListEngine] says no more than that no
// engine is there.
func EngineNotRunning(err error) bool { return engine.NotRunning(err) }

// FindImages looks for images in a directory, see [archive.Find].
func FindImages(ctx context.Context, dir string) ([]FoundImage, error) {
	return archive.Find(ctx, dir)
}

// Tags lists the tags of a repository in a registry, see [registry.Tags].
func Tags(ctx context.Context, repository string, opt Options) ([]string, error) {
	return registry.Tags(ctx, repository, opt)
}

// Weight is what a registry sends of an image, see [registry.Weight].
type Weight = registry.Weight

// Weigh asks for the sizes of tags of a repository, see [registry.Weigh].
func Weigh(ctx context.Context, repository string, tags []string, opt Options) ([]Weight, error) {
	return registry.Weigh(ctx, repository, tags, opt)
}

// IsMissing reports whether a registry has answered that it does not have, or does not do,
// what it was asked for.
func IsMissing(err error) bool { return registry.IsMissing(err) }

// Repositories lists the repositories of a registry, see [registry.Repositories].
func Repositories(ctx context.Context, host string, want func(path string) bool, opt Options) ([]string, error) {
	return registry.Repositories(ctx, host, want, opt)
}

// Documents in a repository that refer to something by its digest.
type (
	// Artifacts are the documents in one repository.
	Artifacts = registry.Artifacts
	// Artifact is one of them.
	Artifact = registry.Artifact
	// Subject is what an artifact refers to.
	Subject = registry.Subject
)

// ArtifactsIn returns the documents in a repository, see [registry.ArtifactsIn].
func ArtifactsIn(repository string, opt Options) (*Artifacts, error) {
	return registry.ArtifactsIn(repository, opt)
}
