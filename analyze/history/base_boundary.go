package history

import (
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/model"
)

// BaseLayers guesses from the history how many of the lowest layers are the
// base image's. An image ends with CMD or ENTRYPOINT as a rule, so the last of
// them that a layer still follows ends the base. Without one, layers that were
// imported as a whole, or an ADD that unpacks a root filesystem, are the base.
// It returns 0 where nothing tells, and never all layers.
//
// Steps are what Instructions made of the same config.
func BaseLayers(config *v1.ConfigFile, steps []model.Instruction, layers int) int {
	above := layers // the lowest layer of the steps looked at so far, from the end
	for i := len(steps) - 1; i >= 0; i-- {
		if k := steps[i].Keyword; (k == "CMD" || k == "ENTRYPOINT") && above < layers {
			if above > 0 {
				return above
			}
			break
		}
		if layer := steps[i].Layer; layer != nil {
			above = min(above, *layer)
		}
	}
	return imported(config, steps, layers)
}

// imported counts the lowest layers that came as a whole.
func imported(config *v1.ConfigFile, steps []model.Instruction, layers int) int {
	n := 0
	for i := range steps {
		layer := steps[i].Layer
		if layer == nil {
			continue
		}
		if *layer != n || config == nil || i >= len(config.History) || !rootFilesystem(&steps[i], config.History[i]) {
			break
		}
		n++
		if !stacks(config.History[i]) {
			break
		}
	}
	if n >= layers {
		return 0
	}
	return n
}

var (
	// rootArchive is an ADD of an archive, or of the content that the classic
	// builder names by its digest, to the root.
	rootArchive = lazyregexp.New(`^ADD (?:--\S+ )*(?:file:[0-9a-f]+|\S+\.(?:tar(?:\.\w+)?|tgz|txz|tbz2?)) /$`)
	// wholeSystem is what tools write that make a root filesystem: debuerreotype
	// (Debian), KIWI (openSUSE, Fedora), BusyBox's own, apko (Wolfi), mkosi,
	// rpm-ostree, crane flatten, bazel and nix.
	wholeSystem = lazyregexp.New(`^(?:# debian\.sh |KIWI |BusyBox |apko\b|mkosi\b|rpm-ostree\b|ostree |crane flatten |bazel |nix\b|dockerTools\b|umoci (?:insert|repack))`)
)

// rootFilesystem reports whether a step brought the root filesystem of a base.
func rootFilesystem(step *model.Instruction, h v1.History) bool {
	return strings.HasPrefix(h.Comment, "Imported from ") && strings.TrimSpace(h.CreatedBy) == "" ||
		strings.HasPrefix(h.Comment, "debuerreotype ") ||
		step.Keyword == "ADD" && rootArchive.MatchString(step.Text) ||
		step.Keyword == "" && wholeSystem.MatchString(strings.TrimSpace(h.CreatedBy))
}

// stacks says that a tool makes a base of several layers with an item each:
// distroless images come from bazel so, and nix and apko split by package.
func stacks(h v1.History) bool {
	by := strings.TrimSpace(h.CreatedBy)
	for _, tool := range []string{"bazel ", "apko", "nix", "dockerTools"} {
		if strings.HasPrefix(by, tool) {
			return true
		}
	}
	return false
}
