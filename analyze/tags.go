package analyze

import (
	"context"
	"strings"

	"github.com/tare-oci/tare/analyze/source"
)

// Tags lists the tags of a repository in a registry, with or without the transport in
// front: ghcr.io/org/app. Its errors are one line, fit for a person.
func Tags(ctx context.Context, repository string, opt source.Options) ([]string, error) {
	return source.Tags(ctx, strings.TrimPrefix(repository, "registry:"), opt)
}

// Repositories lists the repositories of a registry by their names without the host, with or
// without the transport in front: ghcr.io; of those that want returns true for. Its errors are one line, fit for a person.
func Repositories(ctx context.Context, host string, want func(path string) bool, opt source.Options) ([]string, error) {
	return source.Repositories(ctx, strings.TrimPrefix(host, "registry:"), want, opt)
}
