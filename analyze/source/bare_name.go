package source

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/source/engine"
	"github.com/tare-oci/tare/analyze/source/imagename"
	"github.com/tare-oci/tare/analyze/source/registry"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// withTagHint adds to an error that docker:dind and registry:2 are read as a
// transport and a name, though there are images of these names.
func withTagHint(err error, transport, rest string) error {
	var p *usererror.Error
	if !errors.As(err, &p) || !errors.Is(err, usererror.ErrAbsent) && !engine.NotRunning(err) || !looksLikeTag.MatchString(rest) {
		return err
	}
	full := transport + ":" + rest
	return &usererror.Error{What: err.Error(), Next: fmt.Sprintf("for the image %s write docker:%s or registry:%s", full, full, full), Cause: err}
}

// nameAdvice says what a name should have been, for the habits people bring from
// other programs.
func nameAdvice(reference string) string {
	for _, other := range []struct{ start, ours string }{
		{"https://", "registry:"}, {"http://", "registry:"}, {"oci:", "oci-dir:"},
		{"docker-daemon:", "docker:"}, {"containers-storage:", "podman:"},
	} {
		if rest, ok := strings.CutPrefix(reference, other.start); ok {
			return "write " + other.ours + rest
		}
	}
	if _, digest, ok := strings.Cut(reference, "@sha256:"); ok && len(digest) != 64 {
		return "a digest has 64 hexadecimal digits"
	}
	return "names are in lower case, like debian:slim"
}

// looksLikeTag matches what stands behind the colon of docker:dind and registry:2.
var looksLikeTag = lazyregexp.New(`^(v?[0-9][0-9a-z.-]*|dind|cli|git|latest|stable|edge)$`)

// search asks for a bare name at the engines of this machine and at the registry, in the
// order that opt says. isDir says that a directory of that name is not an image.
func search(ctx context.Context, reference string, isDir bool, img *Image, opt Options) error {
	if !imagename.Valid(reference) {
		return &usererror.Error{What: "there is no such file, and this is not an image name", Next: nameAdvice(reference)}
	}
	said := []string{"no file of that name"}
	var causes []error
	next := "check the name, or write a file's path with ./"
	if isDir {
		said[0] = "the directory of that name is not an image"
	}
	var registryError error
	for _, from := range namesOrder(opt.RegistryFirst) {
		img.Forget()
		err := from.open(ctx, reference, img, opt)
		if err == nil {
			img.NotInRegistry = registryError
			return nil
		}
		if from.transport == registry.Transport {
			registryError = err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		what := err.Error()
		var p *usererror.Error
		if errors.As(err, &p) {
			what = p.What
			if p.Next != "" && p.Next != engine.NextPull && !engine.NotRunning(err) {
				next = p.Next
			}
		}
		said = append(said, from.transport+": "+what)
		causes = append(causes, err)
	}
	return &usererror.Error{What: strings.Join(said, ", "), Next: next, Cause: errors.Join(causes...)}
}
