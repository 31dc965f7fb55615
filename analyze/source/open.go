package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Open finds an image and reads as much of it as comes without reading layers.
//
// A reference is [transport:]name. Without a transport an existing file or
// directory is looked at, "-" is an archive on standard input, and anything else is
// asked for at Docker, then Podman, then the registry that the name belongs to;
// Image.Source tells which of them answered.
//
// Cancelling ctx stops the opening and, where the image has a Stream, the stream
// too; other layers follow the context they are opened with. The caller closes
// the image. Errors are one line, fit for a person.
func Open(ctx context.Context, reference string, opt Options) (*Image, error) {
	img := &Image{}
	ctx, cancel := context.WithCancel(ctx)
	img.close = append(img.close, func() error { cancel(); return nil })
	if err := open(ctx, reference, img, opt); err != nil {
		img.Close()
		return nil, &failure{act: "opening " + reference, err: err}
	}
	return img, nil
}

func open(ctx context.Context, reference string, img *Image, opt Options) error {
	if opt.Platform != "" {
		if _, err := parsePlatform(opt.Platform); err != nil {
			return err
		}
	}
	transport, rest := splitTransport(reference)
	img.Reference = rest
	switch {
	case rest == "":
		return &problem{what: "no image is named", next: "give a name, a file or a folder; tare demo shows a sample"}
	case transport != "" && strings.HasPrefix(rest, "//"):
		name := strings.TrimPrefix(rest, "//")
		return &problem{what: "transports are written without slashes", next: fmt.Sprintf("for the engine write docker:%s, for the registry registry:%s", name, name)}
	}
	switch transport {
	case viaDocker, viaPodman:
		return hinted(openEngine(ctx, transport, rest, img, opt), transport, rest)
	case viaRegistry:
		return hinted(openRegistry(ctx, rest, img, opt), transport, rest)
	case viaDemo:
		return openDemo(ctx, rest, img, opt)
	case viaDockerArchive, viaOCIArchive, viaOCIDir, viaDir:
		path, want := splitPath(rest)
		return openPath(ctx, path, want, transport, img, opt)
	}
	if reference == "-" {
		return openStdin(ctx, img, opt)
	}
	if isPath(reference) {
		path, want := splitPath(reference)
		return openPath(ctx, path, want, "", img, opt)
	}
	info, err := os.Stat(reference)
	if err != nil {
		if path, want := splitPath(reference); want != "" {
			if at, err := os.Stat(path); err == nil && at.Mode().IsRegular() {
				return openPath(ctx, path, want, "", img, opt)
			}
		}
		return search(ctx, reference, false, img, opt)
	}
	err = openPath(ctx, reference, "", "", img, opt)
	if err == nil || !info.IsDir() || strings.ContainsAny(reference, `/\`) || isLayout(reference) || ctx.Err() != nil {
		return err
	}
	return search(ctx, reference, true, img, opt)
}

// isLayout reports whether a directory says that it is an OCI layout or a directory
// of skopeo's. A project's directory may have the name of its image, and a
// manifest.json of another kind.
func isLayout(folder string) bool {
	if _, err := os.Stat(filepath.Join(folder, "oci-layout")); err == nil {
		return true
	}
	version := filepath.Join(folder, "version")
	if info, err := os.Stat(version); err != nil || !info.Mode().IsRegular() {
		return false // opening a pipe would wait for a writer
	}
	f, err := os.Open(version)
	if err != nil {
		return false
	}
	defer f.Close()
	const says = "Directory Transport Version"
	head := make([]byte, len(says))
	_, err = io.ReadFull(f, head)
	return err == nil && string(head) == says
}

// hinted adds to an error that docker:dind and registry:2 are read as a
// transport and a name, though there are images of these names.
func hinted(err error, transport, rest string) error {
	var p *problem
	if !errors.As(err, &p) || !errors.Is(err, errAbsent) && p.next != nextStart && p.next != nextStartPodman || !looksLikeTag.MatchString(rest) {
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
	places := []struct {
		name string
		open func() error
	}{
		{viaDocker, func() error { return openEngine(ctx, viaDocker, reference, img, opt) }},
		{viaPodman, func() error { return openEngine(ctx, viaPodman, reference, img, opt) }},
		{viaRegistry, func() error { return openRegistry(ctx, reference, img, opt) }},
	}
	said := []string{"no file of that name"}
	var causes []error
	next := "check the name, or write a file's path with ./"
	if folder {
		said[0] = "the folder of that name is no image"
	}
	for _, place := range places {
		img.Source = ""
		err := place.open()
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
			if !slices.Contains([]string{"", nextPull, nextStart, nextStartPodman}, p.next) {
				next = p.next
			}
		}
		said = append(said, place.name+": "+what)
		causes = append(causes, err)
	}
	return &problem{what: strings.Join(said, ", "), next: next, cause: errors.Join(causes...)}
}
