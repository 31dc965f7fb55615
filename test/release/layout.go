package release

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Layout is what the container image is made of.
type Layout struct {
	Dockerfile   string            // the recipe
	Certificates string            // a file of roots, as Debian's ca-certificates has it
	Programs     map[string]string // by platform, as linux/amd64
	Platforms    []string          // their order
	Tag          string            // the version
	Made         time.Time         // the time of the commit
}

// LayoutMain is the command .ci/layout.
func LayoutMain() {
	l := Layout{Programs: make(map[string]string)}
	out := flag.String("o", "", "the archive to write")
	seconds := flag.Int64("time", 0, "the time that files bear, in seconds since 1970")
	flag.StringVar(&l.Dockerfile, "f", "Dockerfile", "the Dockerfile")
	flag.StringVar(&l.Certificates, "certificates", "/etc/ssl/certs/ca-certificates.crt", "the roots that the image trusts")
	flag.StringVar(&l.Tag, "tag", "dev", "the tag of the image")
	flag.Parse()
	for _, arg := range flag.Args() {
		platform, program, ok := strings.Cut(arg, "=")
		if !ok {
			fail(fmt.Errorf("%q is not PLATFORM=PROGRAM", arg))
		}
		l.Platforms, l.Programs[platform] = append(l.Platforms, platform), program
	}
	l.Made = time.Unix(*seconds, 0).UTC()
	if *out == "" || len(l.Platforms) == 0 {
		fail(errors.New("it takes -o FILE and at least one PLATFORM=PROGRAM"))
	}
	file, err := os.Create(*out)
	if err == nil {
		err = errors.Join(l.Write(file), file.Close())
	}
	if err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "layout:", err)
	os.Exit(1)
}

// dockerManifest is an entry of manifest.json, by which engines older than Docker 25 find
// the image of one platform in the same archive.
type dockerManifest struct {
	Config   string
	RepoTags []string
	Layers   []string
}

// Write writes the layout as a tar archive. The same parts give the same bytes.
func (l Layout) Write(w io.Writer) error {
	dir, err := os.MkdirTemp("", "tare-layout")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	manifests, err := l.blobs(dir)
	if err != nil {
		return err
	}
	text, err := json.Marshal(manifests)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "manifest.json"), text, 0o644); err != nil {
		return err
	}
	return l.archive(w, dir)
}

// blobs writes the layout into a directory: an index in it that names an index of all
// platforms, which has the tag.
func (l Layout) blobs(dir string) ([]dockerManifest, error) {
	recipe, err := readRecipe(l.Dockerfile)
	if err != nil {
		return nil, err
	}
	platforms := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	var manifests []dockerManifest
	for _, name := range l.Platforms {
		platform, err := v1.ParsePlatform(name)
		if err != nil {
			return nil, err
		}
		image, err := recipe.image(*platform, l.Made, func(file string) (io.ReadCloser, error) {
			switch file {
			case "tare":
				return os.Open(l.Programs[name])
			case "ca-certificates.crt":
				return os.Open(l.Certificates)
			}
			return nil, fmt.Errorf("the build context has no %s", file)
		})
		if err != nil {
			return nil, err
		}
		entry, err := l.dockerManifest(image, *platform)
		if err != nil {
			return nil, err
		}
		manifests = append(manifests, entry)
		platforms = mutate.AppendManifests(platforms, mutate.IndexAddendum{Add: image, Descriptor: v1.Descriptor{Platform: platform}})
	}
	written, err := layout.Write(dir, empty.Index)
	if err != nil {
		return nil, err
	}
	return manifests, written.AppendIndex(platforms, layout.WithAnnotations(map[string]string{"org.opencontainers.image.ref.name": l.Tag}))
}

func (l Layout) dockerManifest(image v1.Image, platform v1.Platform) (m dockerManifest, err error) {
	blob := func(h v1.Hash) string { return "blobs/" + h.Algorithm + "/" + h.Hex }
	config, err := image.ConfigName()
	if err != nil {
		return m, err
	}
	layers, err := image.Layers()
	if err != nil {
		return m, err
	}
	m = dockerManifest{Config: blob(config), RepoTags: []string{"tare:" + l.Tag + "-" + platform.Architecture}}
	for _, layer := range layers {
		digest, err := layer.Digest()
		if err != nil {
			return m, err
		}
		m.Layers = append(m.Layers, blob(digest))
	}
	return m, nil
}

// archive writes the files of a directory in the order of their names.
func (l Layout) archive(w io.Writer, dir string) error {
	out := tar.NewWriter(w)
	files := os.DirFS(dir)
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		if err := out.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644, Size: int64(len(content)), ModTime: l.Made}); err != nil {
			return err
		}
		_, err = out.Write(content)
		return err
	})
	return errors.Join(err, out.Close())
}
