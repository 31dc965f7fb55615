package fleet

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/redact"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/model"
)

// maxText is how many bytes of an instruction are kept.
const maxText = 1000

// keyOf names an image: by its manifest or, where it has none, by its config.
func keyOf(r *model.Report) string {
	switch {
	case r.Image.Digest != nil:
		return *r.Image.Digest
	case r.Image.ID != nil:
		return "id:" + *r.Image.ID
	}
	return ""
}

// failedKey names an image that could not be opened.
func failedKey(reference string) string { return "failed:" + reference }

// fail notes an image that could not be opened.
func (p *Part) fail(ref Ref, err error) {
	name := Shown(ref.Name)
	p.addImage(failedKey(name), &Image{State: Failed, Error: err.Error(), References: []string{name}, Runs: ref.Runs, Teams: sorted(ref.Teams)})
}

// describe notes what manifest and config say of an image, and returns its key.
func (p *Part) describe(ref Ref, h *analyze.Handle, r *model.Report) string {
	name := Shown(ref.Name)
	key := keyOf(r)
	switch engineID := h.Image.EngineID(); {
	case key == "" && engineID != "":
		key = "id:" + engineID
	case key == "":
		key = "name:" + name
	}
	img := &Image{
		State: Described, References: []string{name}, Runs: ref.Runs, Source: r.Image.Source, Platform: r.Image.Platform, Created: r.Image.Created,
		Teams: p.teams(ref, h), Base: baseOf(h, r),
	}
	p.describeLayers(img, h, r)
	img.Unlisted = h.Image.Stream != nil && len(r.Layers) == 0
	if err := h.Image.NotInRegistry; err != nil {
		img.NotPulled = redact.Message(err.Error())
	}
	img.EngineID = h.Image.EngineID()
	img.identify(r)
	if img.Source == "registry" {
		host, _ := split(name)
		img.Hosts = []string{host}
	}
	p.addImage(key, img)
	return key
}

// identify notes by which digests the image is known.
func (img *Image) identify(r *model.Report) {
	if r.Image.Digest != nil {
		img.Digest = *r.Image.Digest
	}
	if r.Image.ID != nil {
		img.ID = *r.Image.ID
	}
}

// describeLayers notes an image's layers, and what the image itself says of their sizes.
func (p *Part) describeLayers(img *Image, h *analyze.Handle, r *model.Report) {
	made := make(map[int]*model.Instruction)
	for i := range r.Instructions {
		if at := r.Instructions[i].Layer; at != nil {
			made[*at] = &r.Instructions[i]
		}
	}
	keys, sizes := make([]string, len(r.Layers)), make([]int64, len(r.Layers))
	for i := range r.Layers {
		l := &r.Layers[i]
		known := &Layer{Compressed: l.CompressedSize}
		if i < len(h.Image.Layers) && h.Image.Layers[i].AsPushed && l.CompressedSize != nil {
			known.Compressed = model.Ptr(h.Image.Layers[i].Size) // also of a blob that the image has several times
		}
		sizes[i] = value(known.Compressed)
		if l.Digest != nil && (l.CompressedSize != nil || l.DiffID == nil) {
			known.Digest = *l.Digest // the blob of a registry, and not one that an archive made
		}
		if l.DiffID != nil {
			known.DiffID = *l.DiffID
		}
		if step := made[i]; step != nil {
			known.Created, known.Keyword, known.Text = step.Created, step.Keyword, clip(step.Text)
		}
		keys[i] = cmp.Or(known.Digest, known.DiffID)
		if keys[i] == "" {
			keys[i] = keyOf(r) + "#" + strconv.Itoa(i)
		}
		p.addLayer(keys[i], known)
	}
	img.Layers, img.Sizes = keys, sizes
}

// clip shortens a text to what is kept of it.
func clip(text string) string {
	if len(text) <= maxText {
		return text
	}
	return strings.ToValidUTF8(text[:maxText], "") + "…"
}

// baseOf is what an image says of its base. A label may be inherited from the base itself,
// so that it is believed only where nothing better is known.
func baseOf(h *analyze.Handle, r *model.Report) Base {
	b := Base{Layers: r.Image.Base.Layers, How: r.Image.Base.How}
	switch {
	case r.Image.Base.Reference != nil:
		b.Name = withoutDigest(*r.Image.Base.Reference)
	case b.isGuess():
		b.Name, b.Digest = withoutDigest(h.Said(analyze.BaseName)), h.Said(analyze.BaseDigest)
	}
	return b
}

// withoutDigest is the name of an image without digest, and without what everybody leaves
// out.
func withoutDigest(name string) string {
	name, _, _ = strings.Cut(name, "@")
	for _, prefix := range []string{"https://", "index.docker.io/", "docker.io/", "library/"} {
		name = strings.TrimPrefix(name, prefix)
	}
	return name
}

// teams are whose image it is.
func (p *Part) teams(ref Ref, h *analyze.Handle) []string {
	_, path := split(Shown(ref.Name))
	switch key, isLabel := strings.CutPrefix(p.By, ByLabel); {
	case ref.Teams != nil:
		return sorted(ref.Teams)
	case isLabel:
		if team := h.Said(key); team != "" {
			return []string{clip(team)}
		}
	case p.By == ByRepository && isNamed(h.Image.Source):
		return []string{path}
	case isNamed(h.Image.Source):
		if cut := strings.LastIndexByte(path, '/'); cut > 0 {
			return []string{path[:cut]}
		}
	}
	return nil
}

// isNamed reports whether images of a source have names, and not paths of files.
func isNamed(transport string) bool {
	return transport == "registry" || slices.Contains(source.Engines(), transport)
}

// What makes a team.
const (
	ByNamespace  = "namespace"
	ByRepository = "repository"
	ByLabel      = "label:" // and its key
)

// split takes the registry off a reference's name, and tag and digest off its path.
func split(name string) (host, path string) {
	name, _, _ = strings.Cut(name, "@")
	if first, rest, ok := strings.Cut(name, "/"); ok && (strings.ContainsAny(first, ".:") || first == "localhost") {
		host, name = first, rest
	} else {
		host = "docker.io"
	}
	if cut := strings.LastIndexByte(name, ':'); cut > strings.LastIndexByte(name, '/') {
		name = name[:cut]
	}
	return host, name
}

// Shown is a reference as people write it, and as a part has it.
func Shown(reference string) string {
	return redact.Message(strings.TrimPrefix(reference, "registry:"))
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}
