package analyze

import (
	"context"
	"strings"

	"github.com/tare-oci/tare/analyze/bases"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/imagename"
	"github.com/tare-oci/tare/analyze/source/usererror"
	"github.com/tare-oci/tare/model"
)

// Bases weighs the image that a reference names in a registry, and the other variants of it in
// the same repository: slim, alpine and the like. It asks for lists of tags and for manifests,
// and downloads nothing. Its errors are one line, fit for a person.
func Bases(ctx context.Context, reference, version string, opt source.Options) (*model.Bases, error) {
	name := strings.TrimPrefix(reference, "registry:")
	repository, tag, digest := imagename.Split(name)
	asked := tag
	if digest != "" {
		asked = digest
	}
	tags, err := source.Tags(ctx, repository, opt)
	if err != nil {
		return nil, withoutTags(ctx, err, name, repository, asked, opt)
	}
	chosen, left := bases.Siblings(tag, tags)
	weights, err := source.Weigh(ctx, repository, append([]string{asked}, chosen...), opt)
	if err != nil {
		return nil, err
	}
	if err := weights[0].Err; err != nil {
		return nil, &usererror.OpError{Act: "asking for the size of " + name, Err: err}
	}
	found := make([]bases.Weight, len(weights))
	for i, w := range weights {
		found[i] = bases.Weight{Tag: w.Tag, Digest: w.Digest, Platform: w.Platform, Size: w.Size, Layers: w.Layers}
		if w.Err != nil {
			found[i].Error = w.Err.Error()
		}
	}
	table := bases.Compare(repository, found, left)
	table.Tool = model.Tool{Name: "tare", Version: version}
	return table, nil
}

// withoutTags is the error of a repository whose tags cannot be listed: some registries have
// the image all the same.
func withoutTags(ctx context.Context, err error, name, repository, asked string, opt source.Options) error {
	if !source.IsMissing(err) {
		return err
	}
	if weights, failed := source.Weigh(ctx, repository, []string{asked}, opt); failed != nil || weights[0].Err != nil {
		return err
	}
	return &usererror.OpError{Act: "looking for variants of " + name, Err: &usererror.Error{What: "the registry has it, but lists no tags of its repository", Next: "name the variants one by one", Cause: err}}
}

// BaseOf is the image that the last stage of a Dockerfile starts from, as FROM names it, with
// the defaults of its build arguments filled in.
func BaseOf(ctx context.Context, dockerfile string) (string, error) {
	file, err := readDockerfile(ctx, dockerfile, func(string) {})
	if err != nil {
		return "", err
	}
	base := file.LastBase()
	switch {
	case base == "":
		return "", &usererror.OpError{Act: "looking for FROM in " + dockerfile, Err: &usererror.Error{What: "it has none", Next: "name the image itself"}}
	case base == "scratch":
		return "", &usererror.OpError{Act: "looking for the base of " + dockerfile, Err: &usererror.Error{What: "it starts from scratch, which is empty", Next: "there is nothing smaller"}}
	case strings.Contains(base, "$"):
		return "", &usererror.OpError{Act: "looking for the base of " + dockerfile, Err: &usererror.Error{What: "FROM " + base + " has a variable without a default", Next: "name the image itself"}}
	}
	return base, nil
}
