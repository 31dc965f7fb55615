package cli

import (
	"context"
	"errors"
	"slices"

	"github.com/spf13/pflag"

	"github.com/tare-oci/tare/analyze/workloads"
)

// registerManifests adds the flag for Kubernetes manifests, for commands that report on one
// image.
func (f *flags) registerManifests(set *pflag.FlagSet) {
	set.StringArrayVarP(&f.manifestNames, "manifests", "k", nil, "also judge the image as these Kubernetes manifests run it: a `FILE`, a directory, or - for standard input; repeatable")
}

// readManifests reads the manifests that the user named. It fails where a name leads
// nowhere; what is wrong inside of them is in the report's notes.
func (f *flags) readManifests(ctx context.Context, reference string, std Streams) error {
	if len(f.manifestNames) == 0 {
		return nil
	}
	if reference == "-" && slices.Contains(f.manifestNames, workloads.Stdin) {
		return errors.New("standard input is either the image or the manifests; name a file for one of them")
	}
	set, err := workloads.Read(ctx, std.In, f.manifestNames...)
	f.manifests = set
	return err
}
