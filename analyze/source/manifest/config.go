package manifest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/tare-oci/tare/analyze/source/image"
	"github.com/tare-oci/tare/analyze/source/platforms"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// LayerName is what errors call a layer: its index, as in the report, and what
// it is called where it lies.
func LayerName(i int, called string) string {
	text := fmt.Sprintf("layer %d", i)
	if called != "" {
		text += " (" + called + ")"
	}
	return text
}

// CheckCount refuses an image with more layers than anybody builds, before they
// are looked for.
func CheckCount(layers int) error {
	if layers > MaxLayers {
		return &usererror.Error{What: fmt.Sprintf("it has %d layers", layers), Next: fmt.Sprintf("tare reads at most %d", MaxLayers)}
	}
	return nil
}

// CheckLayer refuses layers that nobody here can read: foreign ones, which their
// owner keeps elsewhere, those that are no tar by their media type, and encrypted
// ones (ocicrypt adds "+encrypted" to the media type).
func CheckLayer(called string, mediaType types.MediaType, urls []string) error {
	switch {
	case !mediaType.IsDistributable() || strings.Contains(string(mediaType), ".nondistributable.") || len(urls) > 0:
		return &usererror.Error{What: called + " is a foreign layer, which is not part of the image", Next: "tare reads images that include all their layers"}
	case foreignFormat(v1.Descriptor{MediaType: mediaType}) != "":
		return &usererror.Error{What: called + " is not a tar archive but " + foreignFormat(v1.Descriptor{MediaType: mediaType}), Next: "tare reads tar layers; name the image that it was made from"}
	case kindOfArtifact(string(mediaType)) != "" || isDocument(string(mediaType)):
		return &usererror.Error{What: fmt.Sprintf("%s is not a file system but %s", called, describeType(string(mediaType))), Next: "check what the reference points to"}
	case strings.HasSuffix(string(mediaType), "+encrypted"):
		return &usererror.Error{What: called + " is encrypted", Next: "decrypt the image first, for example with skopeo copy --decryption-key"}
	}
	return nil
}

// ParseConfig reads an image's config and refuses what is not a Linux image.
func ParseConfig(doc []byte) (*v1.ConfigFile, error) {
	var config v1.ConfigFile
	if err := Decode("the config", doc, &config); err != nil {
		var shape *json.UnmarshalTypeError
		if !errors.As(err, &shape) {
			return nil, err
		}
		config = v1.ConfigFile{}
		if err := Decode("the config", withLists(doc), &config); err != nil {
			return nil, err
		}
	}
	if strings.EqualFold(config.OS, "windows") {
		return nil, &usererror.Error{What: "this is a Windows image", Next: "tare reads the layers of Linux images; if the image has another platform, choose it with --platform"}
	}
	if n := len(config.History); n > maxHistory {
		return nil, &usererror.Error{What: fmt.Sprintf("the config's history has %d steps", n), Next: fmt.Sprintf("tare reads at most %d", maxHistory)}
	}
	return &config, nil
}

// Complete fills in what the config says. The layers are the manifest's; they
// get the config's diff IDs. listed is the platform that an index tells, nil for
// none: it counts, whatever the config says.
func Complete(img *image.Image, doc []byte, layers []image.Layer, listed *v1.Platform, asked string) error {
	config, err := ParseConfig(doc)
	if err != nil {
		return err
	}
	platform := v1.Platform{OS: config.OS, Architecture: config.Architecture, Variant: config.Variant}
	if listed == nil {
		note, err := platforms.Check(platform, asked)
		if err != nil {
			return err
		}
		img.Note(note)
	} else if !platforms.Same(*listed, platform) {
		img.Note(contradicted(*listed, platform))
		platform = *listed
	}
	if have := len(config.RootFS.DiffIDs); have != len(layers) {
		return &usererror.Error{What: fmt.Sprintf("its config lists %d layers, but its manifest %d", have, len(layers)), Next: "the image is broken; build or pull it again"}
	}
	ids := DiffIDs(config)
	if sorted := InOrder(layers, ids); sorted != nil {
		layers = sorted
		img.Note("its manifest and its config list the layers in different orders; this report follows the config, which has the instructions, but engines refuse such an image, so save or push it again")
	}
	for n := range layers {
		layers[n].DiffID = ids[n]
	}
	img.Config, img.Layers, img.ID, img.Platform = config, layers, DigestOf(doc), platforms.Name(platform)
	return nil
}

// contradicted is the note on an index and a config that tell two platforms.
func contradicted(listed, config v1.Platform) string {
	said := "says " + platforms.Name(config)
	if platforms.Name(config) == "" {
		said = "names no platform"
	}
	return fmt.Sprintf("the index lists this image for %s, but its config %s", platforms.Name(listed), said)
}

// DiffIDs are the diff IDs of a config.
func DiffIDs(config *v1.ConfigFile) []string {
	ids := make([]string, len(config.RootFS.DiffIDs))
	for n, id := range config.RootFS.DiffIDs {
		ids[n] = id.String()
	}
	return ids
}

// InOrder returns the layers in the order of the config's diff IDs where the
// manifest has them in another, as docker save of 25.0.0 wrote it; else nil. A
// layer that is not compressed has its diff ID for its digest; where all of them
// do, as a set, the two documents tell without a byte being read.
func InOrder(layers []image.Layer, ids []string) []image.Layer {
	at := make(map[string][]int) // which layers have a digest
	wrong := false
	for n, l := range layers {
		at[l.Digest] = append(at[l.Digest], n)
		wrong = wrong || l.Digest != ids[n]
	}
	if !wrong {
		return nil
	}
	sorted := make([]image.Layer, len(layers))
	for n, id := range ids {
		if len(at[id]) == 0 {
			return nil
		}
		sorted[n], at[id] = layers[at[id][0]], at[id][1:]
	}
	return sorted
}
