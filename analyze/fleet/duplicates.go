package fleet

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// duplicates finds the images that are in the part twice, since one place names them by their manifest and another, an
// engine or an archive of one, by their config: the key of the latter, and that of the former, which says more of
// them.
func (p *Part) duplicates() map[string]string {
	manifests := make(map[string]string) // by digest of config or manifest: the key
	keys := slices.Sorted(maps.Keys(p.Images))
	for _, key := range keys {
		if img := p.Images[key]; img.State != Failed && img.Digest == key {
			for _, id := range []string{img.ID, img.Digest} {
				if id != "" && manifests[id] == "" {
					manifests[id] = key
				}
			}
		}
	}
	duplicates := make(map[string]string)
	for _, key := range keys {
		img := p.Images[key]
		if img.State == Failed || img.Digest == key {
			continue
		}
		for _, id := range []string{img.Digest, img.ID, img.EngineID} {
			if other := manifests[id]; other != "" && p.Images[other].Platform == cmp.Or(img.Platform, p.Images[other].Platform) {
				duplicates[key] = other
				break
			}
		}
	}
	return duplicates
}

// oneOfDuplicates makes one image of those that are in the part twice, with the names of both. It returns the part itself
// where there is none.
func (p *Part) oneOfDuplicates() *Part {
	duplicates := p.duplicates()
	if len(duplicates) == 0 {
		return p
	}
	q := *p
	q.Images, q.Layers = maps.Clone(p.Images), maps.Clone(p.Layers)
	for _, key := range slices.Sorted(maps.Keys(duplicates)) {
		of, other := *q.Images[duplicates[key]], q.Images[key]
		if other.State == Judged && of.State != Judged {
			// Its layers were read where the other lies. What the registry keeps of it is known all the same.
			judged := *other
			judged.References, judged.Hosts, judged.Teams, judged.Runs, judged.Digest = of.References, of.Hosts, of.Teams, of.Runs, of.Digest
			if len(of.Layers) == len(judged.Layers) {
				judged.Layers, judged.Sizes = of.Layers, of.Sizes
			}
			of = judged
		}
		of.References, of.Hosts, of.Teams, of.Runs = union(of.References, other.References), union(of.Hosts, other.Hosts), union(of.Teams, other.Teams), of.Runs || other.Runs
		q.Images[duplicates[key]] = &of
		delete(q.Images, key)
	}
	for key, l := range q.Layers {
		if l.Waste != nil && duplicates[l.Waste.In] != "" {
			of, waste := *l, *l.Waste
			waste.In = duplicates[waste.In]
			of.Waste = &waste
			q.Layers[key] = &of
		}
	}
	return &q
}

// maxPassedOver is how many images a note names.
const maxPassedOver = 3

// notPulled tells of which images an engine's copy is counted, because their registries had none.
func (t *table) notPulled() {
	var names []string
	reason := ""
	for _, key := range t.images {
		if img := t.part.Images[key]; img.NotPulled != "" && img.State != Failed {
			names = append(names, img.References[0])
			reason = cmp.Or(reason, img.NotPulled)
		}
	}
	if len(names) == 0 {
		return
	}
	shown := strings.Join(names[:min(len(names), maxPassedOver)], ", ")
	if more := len(names) - maxPassedOver; more > 0 {
		shown += fmt.Sprintf(" and %d more", more)
	}
	t.out.Notes = append(t.out.Notes, fmt.Sprintf("registries were asked first and did not have %s, so that this machine's own copy is counted: %s", shown, reason))
}
