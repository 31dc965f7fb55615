package fleet

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Share is one of several equal shares of the work. The zero Share is all of it.
type Share struct {
	Number int // 0 to Of-1
	Of     int // 0 for all of the work
}

// maxShares is how many shares the work is divided into at most.
const maxShares = 10_000

// ParseShare reads a share as a person writes it, "2/4". People count from 1 and schedulers
// from 0: n/n is the same share as 0/n.
func ParseShare(text string) (Share, error) {
	first, second, ok := strings.Cut(text, "/")
	n, err := strconv.ParseUint(first, 10, 16)
	of, err2 := strconv.ParseUint(second, 10, 16)
	if !ok || err != nil || err2 != nil || of == 0 || of > maxShares || n > of {
		return Share{}, fmt.Errorf("it takes a share of the work, such as 2/4 (of at most %d)", maxShares)
	}
	return Share{int(n % of), int(of)}, nil
}

// String writes a share as ParseShare reads it, counted from 1.
func (s Share) String() string {
	n := s.Number
	if n == 0 {
		n = s.Of
	}
	return fmt.Sprintf("%d/%d", n, s.Of)
}

// has reports whether what a key names belongs to the share. Who has another share of as
// many gives the same answer, whatever else each of them knows.
func (s Share) has(key string) bool {
	if s.Of <= 1 {
		return true
	}
	sum := sha256.Sum256([]byte(key))
	return binary.BigEndian.Uint64(sum[:])%uint64(s.Of) == uint64(s.Number)
}

// ListDigest tells two lists of images apart, whatever their order.
func ListDigest(refs []Ref) string {
	lines := make([]string, len(refs))
	for i, ref := range refs {
		line, _ := json.Marshal([]any{Shown(ref.Name), sorted(ref.Teams)}) // texts can always be written
		lines[i] = string(line)
	}
	sum := sha256.Sum256([]byte(strings.Join(sorted(lines), "\n")))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// readShare does a share of the second step: it reads the share's layers, and then judges
// those of its images whose layers are all known by now. The others stay Described, for
// [Complete].
func (r *run) readShare(ctx context.Context) error {
	work := r.shareOfLayers()
	if err := each(ctx, r, "layers", work, func(w layersOfImage) string { return r.nameOf(w.image) }, func(w layersOfImage) { r.readLayers(ctx, w) }); err != nil {
		return err
	}
	var mine []string
	for _, key := range r.keys {
		if r.opt.Share.has(key) {
			mine = append(mine, key)
		}
	}
	return each(ctx, r, "images", mine, r.nameOf, func(key string) {
		if r.allKnown(ctx, key) {
			r.judgeOne(ctx, key)
		}
	})
}

// layersOfImage is what is to be read of one image.
type layersOfImage struct {
	image   string
	digests map[string]bool
}

// shareOfLayers lists the layers of the share by the first image that has them.
func (r *run) shareOfLayers() []layersOfImage {
	var all []layersOfImage
	seen := make(map[string]bool)
	for _, key := range r.keys {
		w := layersOfImage{key, make(map[string]bool)}
		for _, digest := range r.part.blobs(key) {
			if !seen[digest] && r.opt.Share.has(digest) {
				seen[digest] = true
				w.digests[digest] = true
			}
		}
		if len(w.digests) > 0 {
			all = append(all, w)
		}
	}
	return all
}

// blobs are the digests of an image's layers, nil for an image that is read as a whole: an
// engine's, or one that lies in an archive.
func (p *Part) blobs(image string) []string {
	img := p.Images[image]
	var digests []string
	for _, l := range img.Layers {
		digest := p.Layers[l].Digest
		if digest == "" || img.Source != "registry" {
			return nil
		}
		digests = append(digests, digest)
	}
	return digests
}

// readLayers reads some layers of an image that are not known yet. A layer that cannot be
// read is left to whoever judges an image that has it, and says why.
func (r *run) readLayers(ctx context.Context, w layersOfImage) {
	maps.DeleteFunc(w.digests, func(digest string, _ bool) bool {
		return !r.opt.Analyze.Verify && r.opt.Analyze.Store.PublishedLayer(ctx, digest)
	})
	if len(w.digests) == 0 {
		return
	}
	h, err := r.handle(ctx, w.image)
	if err != nil {
		return
	}
	for i := range h.Image.Layers {
		if w.digests[h.Image.Layers[i].Digest] && ctx.Err() == nil {
			_ = r.layers.do(ctx, h.LayerKey(i), func() error { return h.ReadLayer(ctx, i) })
		}
	}
	r.putBack(w.image, h)
}

// known reports whether the index of a layer lies where the analysis finds it.
func (r *run) known(ctx context.Context, digest string) bool {
	return !r.opt.Analyze.Verify && r.opt.Analyze.Store.KnownLayer(ctx, digest)
}

// allKnown reports whether an image can be judged without reading a layer of another share.
func (r *run) allKnown(ctx context.Context, image string) bool {
	digests := r.part.blobs(image)
	return !slices.ContainsFunc(digests, func(digest string) bool { return !r.known(ctx, digest) })
}

// Complete ends what shares began, on their joined part: it judges the images whose layers
// were not all known when their share ended, and looks at the bases. Layers are taken from
// the store; one that is not there is read. The part is changed.
func Complete(ctx context.Context, p *Part, opt Options) error {
	if opt.Analyze.Store == nil {
		return fmt.Errorf("joining parts needs the store that has their layers")
	}
	opt.By = p.By
	r := newRun(opt)
	defer r.close()
	r.part = p
	duplicates := p.duplicates()
	for _, key := range slices.Sorted(maps.Keys(p.Images)) {
		img := p.Images[key]
		if img.State == Failed {
			continue
		}
		name := img.References[0]
		if img.Source == "registry" {
			name = "registry:" + name
		}
		r.open[key] = &opened{ref: Ref{Name: name}}
		if img.State == Described && duplicates[key] == "" {
			r.keys = append(r.keys, key)
		}
	}
	p.Read = true
	if err := r.readAll(ctx); err != nil {
		return err
	}
	return r.lookAtBases(ctx)
}
