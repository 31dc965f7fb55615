package imagetest

import (
	"archive/tar"
	"bytes"
	"cmp"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// dockerManifest is an item of manifest.json (moby, image/tarexport).
type dockerManifest struct {
	Config       string
	RepoTags     []string
	Layers       []string
	LayerSources map[v1.Hash]v1.Descriptor `json:",omitempty"`
}

func (i Image) manifestJSON(config string, layers []string, sources map[v1.Hash]v1.Descriptor) File {
	var tags []string
	if i.Tag != "" {
		tags = []string{i.Tag}
	}
	return File{Path: "manifest.json", Body: marshal([]dockerManifest{{config, tags, layers, sources}})}
}

// Legacy is what `docker save` wrote from 1.10 to 24: `<id>/layer.tar` with the
// plain tar, a symbolic link where two layers are the same, `<id>.json` the
// config, all in the order of names, manifest.json behind.
func (i Image) Legacy() Archive {
	s := i.store()
	var archive Archive
	var layers []string
	first := map[v1.Hash]string{}
	parent := ""
	for _, l := range s.layers {
		id := Digest([]byte(parent + l.diffID.Hex)).Hex
		parent = id
		at := id + "/layer.tar"
		layers = append(layers, at)
		file := File{Path: at, Body: bytes.Clone(l.tar)}
		if same, ok := first[l.diffID]; ok {
			file = Symlink(at, "../"+same)
		} else {
			first[l.diffID] = at
		}
		archive = append(archive, Dir(id), Text(id+"/VERSION", "1.0"),
			File{Path: id + "/json", Body: marshal(map[string]string{"id": id})}, file)
	}
	config := Digest(s.config).Hex + ".json"
	archive = append(archive, File{Path: config, Body: s.config})
	slices.SortStableFunc(archive, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	archive = append(archive, i.manifestJSON(config, layers, nil))
	if i.Tag != "" {
		name, tag := strings.TrimSuffix(i.Tag, ":"+tagOf(i.Tag)), tagOf(i.Tag)
		archive = append(archive, File{Path: "repositories", Body: marshal(map[string]any{name: map[string]string{tag: parent}})})
	}
	return archive
}

// Docker25 is what `docker save` writes from version 25 with the classic image
// store: an OCI layout of plain tars, and a manifest.json that names its blobs.
func (i Image) Docker25() Archive {
	plain := i
	plain.Layers = slices.Clone(i.Layers)
	plain.DockerTypes = false
	for n := range plain.Layers {
		l := &plain.Layers[n]
		if !l.Empty {
			*l = Layer{Tar: l.Uncompressed(), Compression: None, CreatedBy: l.CreatedBy, Comment: l.Comment, Created: l.Created, NoHistory: l.NoHistory}
		}
	}
	return plain.withManifestJSON()
}

// Containerd is what `docker save` writes with the containerd image store, and
// `ctr image export`: an OCI layout with the layers as a registry sent them, and a
// manifest.json.
func (i Image) Containerd() Archive { return i.withManifestJSON() }

func (i Image) withManifestJSON() Archive {
	s := i.store()
	var layers []string
	sources := map[v1.Hash]v1.Descriptor{}
	for _, l := range s.layers {
		layers = append(layers, Blob(l.Descriptor.Digest))
		sources[l.diffID] = l.Descriptor
	}
	dirs := Archive{Dir("blobs"), Dir("blobs/sha256")}
	archive := append(dirs, Image.OCI(i)...)
	archive = append(archive, i.manifestJSON(Blob(Digest(s.config)), layers, sources))
	slices.SortStableFunc(archive, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return archive
}

// Kaniko is what kaniko's --tar-path and go-containerregistry's tarball package
// write: the config under its digest, layers as `<digest>.tar.gz`, manifest.json
// behind.
func (i Image) Kaniko() Archive {
	s := i.store()
	config := Digest(s.config).String()
	archive := Archive{{Path: config, Body: s.config}}
	var layers []string
	for _, l := range s.layers {
		name := l.Descriptor.Digest.Hex + ".tar.gz"
		layers = append(layers, name)
		archive = archive.add(File{Path: name, Body: bytes.Clone(l.blob)})
	}
	return append(archive, i.manifestJSON(config, layers, nil))
}

// Podman is what `podman save` and `skopeo copy … docker-archive:` write:
// `<diff ID>.tar`, and the legacy names as symbolic links to it.
func (i Image) Podman() Archive {
	s := i.store()
	var archive Archive
	var layers []string
	parent := ""
	for _, l := range s.layers {
		id := Digest([]byte(parent + l.diffID.Hex)).Hex
		parent = id
		name := l.diffID.Hex + ".tar"
		layers = append(layers, name)
		archive = archive.add(File{Path: name, Body: bytes.Clone(l.tar)})
		archive = append(archive, Text(id+"/VERSION", "1.0"), File{
			Path: id + "/layer.tar", Type: tar.TypeSymlink, Linkname: "../" + name,
		})
	}
	config := Digest(s.config).Hex + ".json"
	return append(archive, File{Path: config, Body: s.config}, i.manifestJSON(config, layers, nil))
}

// tagOf is the part of repository:tag behind the last colon.
func tagOf(name string) string { return name[strings.LastIndexByte(name, ':')+1:] }
