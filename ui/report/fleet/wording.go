package fleet

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// place is what the first names of all images begin with: a registry, perhaps with a path,
// and a slash; "" where they have nothing in common. Images are in the order of their names,
// so that the first and the last tell.
func place(f *model.Fleet) string {
	if len(f.Images) < 2 {
		return ""
	}
	first, last := f.Images[0].References[0], f.Images[len(f.Images)-1].References[0]
	n := 0
	for n < min(len(first), len(last)) && first[n] == last[n] {
		n++
	}
	return first[:strings.LastIndexByte(first[:n], '/')+1]
}

// Short is a name without what all have in common.
func Short(f *model.Fleet, name string) string {
	at := place(f)
	if after, ok := strings.CutPrefix(name, "the base of "); ok {
		return "the base of " + strings.TrimPrefix(after, at)
	}
	if after, ok := strings.CutPrefix(name, older); ok {
		return older + strings.TrimPrefix(after, at)
	}
	if rest := strings.TrimPrefix(name, at); rest != "" {
		return rest
	}
	return name
}

// Headline is the fleet in a few words.
func Headline(f *model.Fleet) string {
	t := &f.Totals
	facts := []string{display.Plural(t.Images, "image")}
	if at := strings.TrimSuffix(place(f), "/"); at != "" {
		facts[0] += " of " + display.Escape(at)
	}
	if n := len(f.Bases); n > 0 {
		facts = append(facts, display.Plural(n, "base"))
	}
	switch {
	case t.Layers == 0 && t.PullBytes == nil && t.Images > 0:
		facts = append(facts, "layers unknown")
	case unlisted(f) > 0:
		facts = append(facts, "at least "+display.Plural(t.Layers, "layer"))
	default:
		facts = append(facts, display.Plural(t.Layers, "layer"))
	}
	return strings.Join(facts, " · ")
}

// unlisted is of how many images the layers are not known yet.
func unlisted(f *model.Fleet) (n int) {
	for i := range f.Images {
		if img := &f.Images[i]; img.Source != "" && len(img.Layers) == 0 && img.CompressedSize == nil {
			n++
		}
	}
	return n
}

// leastToPull is what a node pulls of the layers of which that is known, and of how many it is not.
func leastToPull(f *model.Fleet) (bytes int64, unknown int) {
	for i := range f.Layers {
		if n := f.Layers[i].CompressedSize; n != nil {
			bytes += *n
		} else {
			unknown++
		}
	}
	return bytes, unknown
}

// pulled says what a node pulls that runs all of the images.
func pulled(f *model.Fleet) (all []string) {
	t := &f.Totals
	least, unknown := leastToPull(f)
	switch {
	case t.Images == 1 && t.PullBytes == nil:
		return []string{"It is not known how much a node that runs it pulls."}
	case t.Images == 1:
		return []string{fmt.Sprintf("A node that runs it pulls %s.", display.Total(*t.PullBytes))}
	case t.PullBytes == nil && least == 0:
		all = append(all, "It is not known how much a node that runs all of them pulls.")
	case t.PullBytes == nil:
		of := display.Plural(unknown, "layer")
		if n := unlisted(f); n > 0 {
			of = display.Plural(n, "image")
		}
		all = append(all, fmt.Sprintf("A node that runs all of them pulls at least %s, each layer once; how much it pulls for %s is not known.", display.Total(least), of))
	case t.AloneBytes != nil && *t.PullBytes == *t.AloneBytes:
		return []string{fmt.Sprintf("A node that runs all of them pulls %s; they share nothing.", display.Total(*t.PullBytes))}
	default:
		return []string{fmt.Sprintf("A node that runs all of them pulls %s, each layer once; without sharing it would be %s.", display.Total(*t.PullBytes), display.Total(*t.AloneBytes))}
	}
	if unlisted(f) == 0 && t.Layers > 0 {
		all = append(all, shared(t.SharedLayers, t.Layers))
	}
	return all
}

// shared says how many of the layers several images have.
func shared(n, of int) string {
	are := "are"
	if n == 1 {
		are = "is"
	}
	return fmt.Sprintf("%s of the %s %s in more than one image.", display.Count(n), display.Plural(of, "layer"), are)
}

// sentences say what the fleet weighs, and what failed.
func sentences(f *model.Fleet) (all []string) {
	t := &f.Totals
	if t.Images > 0 {
		all = pulled(f)
	}
	if len(t.Registries) > 1 && t.RegistryBytes != nil {
		all = append(all, fmt.Sprintf("%d registries keep %s of layers for them.", len(t.Registries), display.Total(*t.RegistryBytes)))
	}
	if t.WastedBytes != nil && t.Size != nil && *t.Size > 0 {
		text := fmt.Sprintf("%s of their %s on disk is wasted (%s)", display.Bytes(*t.WastedBytes), display.Total(*t.Size), display.Percent(*t.WastedBytes, *t.Size))
		if t.WastedCompressedBytes != nil && t.PullBytes != nil {
			text += ", " + display.Bytes(*t.WastedCompressedBytes) + " of the pull"
		}
		all = append(all, text+".")
	}
	if n := t.Failed + t.Unread; n == 1 {
		all = append(all, "1 image could not be read.")
	} else if n > 1 {
		all = append(all, display.Count(n)+" images could not be read.")
	}
	return all
}

// Deed is something worth doing for the whole fleet.
type Deed struct {
	Bytes  int64
	Pull   bool   // Bytes are compressed
	Text   string // "install without recommended packages"; of images, not escaped
	Where  string // "in 5 images"
	Note   string // what to know of it, "" for nothing
	Images []int  // of the fleet
	// Change is the change of Dockerfiles that it is, nil for a base to build on.
	Change *model.FleetChange
}

// saving spells what a deed saves.
func (d *Deed) saving() string { return display.Bytes(d.Bytes) + " " + d.less() }

// less is where a deed saves.
func (d *Deed) less() string {
	if d.Pull {
		return "less to pull"
	}
	return "less on disk"
}

// Deeds are what is worth doing, the largest first.
func Deeds(f *model.Fleet) (all []Deed) {
	covered := make(map[int]bool) // bases that a parent's images move to, or away from
	for i := range f.Parents {
		p := &f.Parents[i]
		covered[p.Base] = true
		for _, m := range p.Moves {
			covered[m.From] = true
		}
		all = append(all, parentDeed(f, p))
	}
	for i := range f.OutOfStep {
		if d := &f.OutOfStep[i]; d.ExtraBytes != nil && !slices.ContainsFunc(d.Versions, func(v model.FleetDriftVersion) bool { return !covered[v.Base] }) {
			continue
		}
		all = append(all, driftDeed(f, &f.OutOfStep[i]))
	}
	for i := range f.Changes {
		if c := &f.Changes[i]; c.Confidence != model.Possible {
			d := Deed{Bytes: c.Bytes, Text: c.Title, Change: c, Where: "in " + display.Plural(len(c.Images), "image")}
			if c.CompressedBytes != nil {
				d.Bytes, d.Pull = *c.CompressedBytes, true
			}
			for _, in := range c.Images {
				d.Images = append(d.Images, in.Image)
			}
			all = append(all, d)
		}
	}
	all = slices.DeleteFunc(all, func(d Deed) bool { return d.Bytes <= 0 })
	slices.SortStableFunc(all, func(a, b Deed) int { return cmp.Compare(b.Bytes, a.Bytes) })
	return all
}

func parentDeed(f *model.Fleet, p *model.FleetParent) Deed {
	d := Deed{Bytes: p.SavedBytes, Pull: p.Compressed, Text: "build on " + BaseName(f, p.Base), Images: p.Images}
	d.Where = display.Plural(len(p.Images), "image") + " on " + display.Plural(len(p.Moves), "other base") + " now"
	var notes []string
	if p.KeptBytes > 0 {
		notes = append(notes, display.Bytes(p.KeptBytes)+" of their old bases counts as kept, since the new one lacks it")
	}
	if n := len(p.Gone); n > 0 {
		notes = append(notes, gone(f, p.Gone))
	}
	d.Note = strings.Join(notes, "; ")
	return d
}

// maxGone is how many of the bases that nobody needs any more are named.
const maxGone = 3

// gone says which images of the fleet are counted as left out, as nothing stands on them then.
func gone(f *model.Fleet, images []int) string {
	var names []string
	for _, i := range images[:min(len(images), maxGone)] {
		names = append(names, Short(f, f.Images[i].References[0]))
	}
	if more := len(images) - len(names); more > 0 {
		names = append(names, display.Count(more)+" more")
	}
	if len(images) == 1 {
		return names[0] + " counts as gone, since nothing is built on it then"
	}
	return strings.Join(names, ", ") + " count as gone, since nothing is built on them then"
}

// Telling are by instruction the word that tells it from the others, see [display.TellApart].
func Telling(f *model.Fleet) []int {
	texts := make([]string, len(f.Instructions))
	for i := range texts {
		texts[i] = f.Instructions[i].Text
	}
	return display.TellApart(texts)
}

// nameOf is an image's first name, with how many others it has.
func nameOf(f *model.Fleet, i int) string {
	names := f.Images[i].References
	if len(names) == 1 {
		return names[0]
	}
	return fmt.Sprintf("%s (+%d)", names[0], len(names)-1)
}

// byWeight lists the images: those that failed first, then those of most own bytes.
func byWeight(f *model.Fleet) []int {
	all := make([]int, len(f.Images))
	for i := range all {
		all[i] = i
	}
	weight := func(i int) int64 {
		img := &f.Images[i]
		switch {
		case img.OwnBytes != nil:
			return *img.OwnBytes
		case img.Size != nil:
			return *img.Size
		}
		return -1
	}
	failed := func(i int) int {
		if f.Images[i].Error != "" {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(all, func(a, b int) int {
		return cmp.Or(cmp.Compare(failed(a), failed(b)), cmp.Compare(weight(b), weight(a)))
	})
	return all
}

// baseOf names the base of an image, "" for none.
func baseOf(f *model.Fleet, i int) string {
	if b := f.Images[i].Base; b != nil {
		return fullName(f, *b)
	}
	return ""
}

// teamName names a team.
func teamName(t *model.FleetTeam) string {
	if t.Name == "" {
		return "(none)"
	}
	return t.Name
}

// kindOfTeam is what teams are made by, in a word.
func kindOfTeam(f *model.Fleet) string {
	if key, ok := strings.CutPrefix(f.By, "label:"); ok {
		return key
	}
	return f.By
}
