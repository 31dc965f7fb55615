// Package recipe makes images from a few lines of text, for the command scripts and for the worked
// examples in docs/ledger.md:
//
//	layer COPY app /app
//	  file app/model 9000
//	layer RUN chmod 600 app/model
//	  file app/model 9000 mode=0600
//	step CMD ["/app/run"]
//
// A file's content depends on its path, so the same path and size give the same bytes; with
// `content=WORD` the content depends on the word instead. The lines below a layer are its tar entries
// in order, and anything odd about the layer. `platform`, `tag` and `label` describe the image, and
// `image` starts another one.
package recipe

import (
	"archive/tar"
	"fmt"
	"strconv"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// Parse reads a recipe and returns its images, at least one. The error names the
// line that cannot be read.
func Parse(text string) ([]imagetest.Image, error) {
	images := []imagetest.Image{{}}
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		word, rest, _ := strings.Cut(line, " ")
		rest = strings.TrimSpace(rest)
		img := &images[len(images)-1]
		var err error
		switch word {
		case "image":
			images = append(images, imagetest.Image{})
		case "tag":
			img.Tag = rest
		case "platform":
			img.Platform = rest
		case "label":
			key, value, _ := strings.Cut(rest, "=")
			if img.Config.Labels == nil {
				img.Config.Labels = map[string]string{}
			}
			img.Config.Labels[key] = value
		case "layer", "step":
			img.Layers = append(img.Layers, imagetest.Layer{
				CreatedBy: asBuildKit(rest), Comment: "buildkit.dockerfile.v0", Empty: word == "step", Compression: imagetest.None,
			})
		default:
			if len(img.Layers) == 0 {
				return nil, fmt.Errorf("line %d: %q stands before the first layer", n+1, line)
			}
			err = layerLine(&img.Layers[len(img.Layers)-1], word, rest)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %q: %w", n+1, line, err)
		}
	}
	return images, nil
}

// asBuildKit is the history that BuildKit leaves of an instruction.
func asBuildKit(instruction string) string {
	if command, ok := strings.CutPrefix(instruction, "RUN "); ok {
		instruction = "RUN /bin/sh -c " + command
	}
	return instruction + " # buildkit"
}

// layerLine adds one line to a layer: an entry, or how it is stored.
func layerLine(l *imagetest.Layer, word, rest string) error {
	args := strings.Fields(rest)
	if len(args) == 0 {
		return fmt.Errorf("it says no more")
	}
	switch word {
	case "stored":
		return store(l, args[0])
	case "media":
		l.MediaType = types.MediaType(args[0])
		return nil
	case "url":
		l.URLs = args
		return nil
	}
	f, err := entry(word, args)
	l.Files = append(l.Files, f)
	return err
}

// store sets how the layer is compressed, or what it is instead.
func store(l *imagetest.Layer, as string) error {
	for _, c := range imagetest.Compressions() {
		if c.String() == as {
			l.Compression = c
			return nil
		}
	}
	magic, ok := map[string]string{"xz": "\xfd7zXZ\x00", "bzip2": "BZh9", "text": "this is no tar\n"}[as]
	if !ok {
		return fmt.Errorf("nothing is stored that way")
	}
	l.Blob = append([]byte(magic), imagetest.Noise(as, 2000)...)
	return nil
}

// entry reads one tar entry.
func entry(word string, args []string) (imagetest.File, error) {
	path := args[0]
	switch {
	case word == "dir":
		return attributes(imagetest.Dir(path), args[1:])
	case word == "delete":
		return imagetest.Whiteout(path), nil
	case word == "opaque":
		return imagetest.Opaque(path), nil
	case len(args) < 2:
		return imagetest.File{}, fmt.Errorf("a word is missing")
	case word == "link":
		return imagetest.HardLink(path, args[1]), nil
	case word == "symlink":
		return imagetest.Symlink(path, args[1]), nil
	}
	size, err := strconv.ParseInt(args[1], 10, 64)
	if err != nil {
		return imagetest.File{}, fmt.Errorf("its size: %w", err)
	}
	switch word {
	case "file":
		return attributes(imagetest.Fill(path, size), args[2:])
	case "zeros":
		return attributes(imagetest.File{Path: path, Body: make([]byte, size)}, args[2:])
	case "hole":
		return sparse(path, size), nil
	case "long": // a name of so many bytes
		return imagetest.Text(path+strings.Repeat("a", int(size)-len(path)), "x"), nil
	}
	return imagetest.File{}, fmt.Errorf("there is no such line in a recipe")
}

func attributes(f imagetest.File, args []string) (imagetest.File, error) {
	for _, a := range args {
		key, value, _ := strings.Cut(a, "=")
		var err error
		switch key {
		case "content":
			f.Body = imagetest.Noise(value, int64(len(f.Body)))
		case "mode":
			var mode int64
			mode, err = strconv.ParseInt(value, 8, 64)
			f = f.Chmod(mode)
		case "owner":
			_, err = fmt.Sscanf(value, "%d:%d", &f.UID, &f.GID)
		default:
			err = fmt.Errorf("there is no attribute %q", key)
		}
		if err != nil {
			return f, err
		}
	}
	return f, nil
}

// sparse is a file of 512 stored bytes behind a hole, as old GNU tar writes it
// (GNU tar manual, "Storing Sparse Files").
func sparse(path string, size int64) imagetest.File {
	raw := imagetest.Tar(imagetest.File{Path: path, Body: imagetest.Noise(path, 512), Format: tar.FormatGNU})[:1024]
	raw[156] = tar.TypeGNUSparse
	base256 := func(at int, n int64) {
		raw[at] = 0x80
		for i := range 8 {
			raw[at+11-i] = byte(n >> (8 * i))
		}
	}
	base256(386, size-512) // where the stored bytes belong
	base256(398, 512)      // how many they are
	base256(483, size)     // the real size
	copy(raw[148:156], "        ")
	sum := 0
	for _, b := range raw[:512] {
		sum += int(b)
	}
	copy(raw[148:156], fmt.Sprintf("%06o\x00 ", sum))
	return imagetest.File{Raw: raw}
}

// Pack gives the images of a recipe the shape that some program would have saved
// them in: oci, legacy, docker25, containerd, kaniko, podman or dir. Only oci
// takes several images.
func Pack(shape string, images []imagetest.Image) (imagetest.Archive, error) {
	if shape == "oci" {
		return imagetest.Index{Images: images}.OCI(), nil
	}
	save, ok := map[string]func(imagetest.Image) imagetest.Archive{
		"legacy": imagetest.Image.Legacy, "docker25": imagetest.Image.Docker25, "containerd": imagetest.Image.Containerd,
		"kaniko": imagetest.Image.Kaniko, "podman": imagetest.Image.Podman, "dir": imagetest.Image.Directory,
	}[shape]
	if !ok || len(images) > 1 {
		return nil, fmt.Errorf("no program saves %d images as %q", len(images), shape)
	}
	return save(images[0]), nil
}

// BlobName is the file in an OCI layout that a word of a script means:
// "config", "manifest", "layer0"; any other word is the file's name itself.
func BlobName(word string, img imagetest.Image) string {
	blob := func(h v1.Hash) string { return imagetest.Blob(h) }
	switch n, err := strconv.Atoi(strings.TrimPrefix(word, "layer")); {
	case word == "config":
		return blob(img.ID())
	case word == "manifest":
		return blob(img.Digest())
	case err == nil:
		return blob(imagetest.Digest(img.Layers[n].Stored()))
	}
	return word
}
