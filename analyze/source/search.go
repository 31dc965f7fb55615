package source

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// hinted adds to an error that docker:dind and registry:2 are read as a
// transport and a name, though there are images of these names.
func hinted(err error, transport, rest string) error {
	var p *problem
	if !errors.As(err, &p) || !errors.Is(err, errAbsent) && !notRunning(err) || !looksLikeTag.MatchString(rest) {
		return err
	}
	full := transport + ":" + rest
	return &problem{what: err.Error(), next: fmt.Sprintf("for the image %s write docker:%s or registry:%s", full, full, full), cause: err}
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
	return "names are in lower case, as in debian:slim"
}

// looksLikeTag matches what stands behind the colon of docker:dind and registry:2.
var looksLikeTag = regexp.MustCompile(`^(v?[0-9][0-9a-z.-]*|dind|cli|git|latest|stable|edge)$`)

// search asks the engines of this machine and then the registry.
func search(ctx context.Context, reference string, folder bool, img *Image, opt Options) error {
	if !validName(reference) {
		return &problem{what: "there is no such file, and this is no image's name", next: nameAdvice(reference)}
	}
	said := []string{"no file of that name"}
	var causes []error
	next := "check the name, or write a file's path with ./"
	if folder {
		said[0] = "the folder of that name is no image"
	}
	for _, from := range origins() {
		if !from.byName {
			continue
		}
		img.Source = ""
		err := from.open(ctx, reference, img, opt)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		what := err.Error()
		var p *problem
		if errors.As(err, &p) {
			what = p.what
			if p.next != "" && p.next != nextPull && !notRunning(err) {
				next = p.next
			}
		}
		said = append(said, from.transport+": "+what)
		causes = append(causes, err)
	}
	return &problem{what: strings.Join(said, ", "), next: next, cause: errors.Join(causes...)}
}
