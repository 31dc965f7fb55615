package source

import (
	"fmt"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// layerName is what errors call a layer: its index, as in the report, and what
// it is called where it lies.
func layerName(i int, called string) string {
	text := fmt.Sprintf("layer %d", i)
	if called != "" {
		text += " (" + called + ")"
	}
	return text
}

// checkCount refuses an image with more layers than anybody builds, before they
// are looked for.
func checkCount(layers int) error {
	if layers > maxLayers {
		return &problem{what: fmt.Sprintf("it has %d layers", layers), next: fmt.Sprintf("tare reads at most %d", maxLayers)}
	}
	return nil
}

// checkLayer refuses layers that nobody here can read: foreign ones, which their
// owner keeps elsewhere, and encrypted ones (ocicrypt adds "+encrypted" to the
// media type).
func checkLayer(called string, mediaType types.MediaType, urls []string) error {
	switch {
	case !mediaType.IsDistributable() || strings.Contains(string(mediaType), ".nondistributable.") || len(urls) > 0:
		return &problem{what: called + " is a foreign layer, which the image does not carry", next: "tare reads images that hold all their layers"}
	case strings.HasSuffix(string(mediaType), "+encrypted"):
		return &problem{what: called + " is encrypted", next: "decrypt the image first, as with skopeo copy --decryption-key"}
	}
	return nil
}

// parseConfig reads an image's config and refuses what is not a Linux image.
func parseConfig(doc []byte) (*v1.ConfigFile, error) {
	var config v1.ConfigFile
	if err := decode("the config", doc, &config); err != nil {
		return nil, err
	}
	if strings.EqualFold(config.OS, "windows") {
		return nil, &problem{what: "this is a Windows image", next: "tare reads the layers of Linux images; choose another with --platform where the image has one"}
	}
	if n := len(config.History); n > maxHistory {
		return nil, &problem{what: fmt.Sprintf("the config's history has %d steps", n), next: fmt.Sprintf("tare reads at most %d", maxHistory)}
	}
	return &config, nil
}

// complete fills in what the config says. The layers are the manifest's; they
// get the config's diff IDs.
func (i *Image) complete(doc []byte, layers []Layer, asked string) error {
	config, err := parseConfig(doc)
	if err != nil {
		return err
	}
	platform := v1.Platform{OS: config.OS, Architecture: config.Architecture, Variant: config.Variant}
	if err := checkPlatform(platform, asked); err != nil {
		return err
	}
	if have := len(config.RootFS.DiffIDs); have != len(layers) {
		return &problem{what: fmt.Sprintf("its config names %d layers and its manifest %d", have, len(layers)), next: "the image is broken; build or pull it again"}
	}
	for n := range layers {
		layers[n].DiffID = config.RootFS.DiffIDs[n].String()
	}
	i.Config, i.Layers, i.ID, i.Platform = config, layers, digestOf(doc), platformName(platform)
	return nil
}

// diffIDs are the diff IDs of a config.
func diffIDs(config *v1.ConfigFile) []string {
	ids := make([]string, len(config.RootFS.DiffIDs))
	for n, id := range config.RootFS.DiffIDs {
		ids[n] = id.String()
	}
	return ids
}
