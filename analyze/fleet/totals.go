package fleet

import (
	"maps"
	"slices"

	"github.com/tare-oci/tare/model"
)

// addUp fills in the totals.
func (t *table) addUp() {
	sums := &t.out.Totals
	sums.AloneBytes = new(int64)
	all := make([]int, len(t.out.Layers))
	for i, key := range t.images {
		switch t.part.Images[key].State {
		case Failed:
			sums.Failed++
			continue
		case Unread:
			sums.Unread++
		}
		sums.Images++
		sums.AloneBytes = plus(sums.AloneBytes, t.out.Images[i].CompressedSize)
	}
	for i := range all {
		all[i] = i
		if len(t.out.Layers[i].Images) > 1 {
			sums.SharedLayers++
		}
	}
	sums.Layers = len(all)
	t.registries()
	if t.unlisted > 0 {
		return
	}
	sums.PullBytes = t.sum(all, compressed)
	if t.part.Read {
		sums.Size = t.sum(all, size)
		sums.WastedBytes = t.sum(all, func(l *model.FleetLayer) *int64 { return l.WastedBytes })
		sums.WastedCompressedBytes = t.sum(all, func(l *model.FleetLayer) *int64 { return l.WastedCompressedBytes })
	}
}

// registries adds up what each registry keeps.
func (t *table) registries() {
	sums := &t.out.Totals
	sums.Registries = []model.FleetRegistry{}
	images, layers := make(map[string]int), make(map[string][]int)
	for i, key := range t.images {
		for _, host := range t.part.Images[key].Hosts {
			images[host]++
			layers[host] = append(layers[host], t.out.Images[i].Layers...)
		}
	}
	if len(images) > 0 {
		sums.RegistryBytes = new(int64)
	}
	for _, host := range slices.Sorted(maps.Keys(images)) {
		kept := once(layers[host])
		row := model.FleetRegistry{Host: host, Images: images[host], Layers: len(kept), Bytes: t.sum(kept, compressed)}
		sums.RegistryBytes = plus(sums.RegistryBytes, row.Bytes)
		sums.Registries = append(sums.Registries, row)
	}
}

// teams adds up what each team uses.
func (t *table) teams() {
	images := make(map[string][]int)
	for i, key := range t.images {
		img := t.part.Images[key]
		if img.State == Failed {
			continue
		}
		for _, team := range img.Teams {
			images[team] = append(images[team], i)
		}
		if len(img.Teams) == 0 {
			images[""] = append(images[""], i)
		}
	}
	users := make([]int, len(t.out.Layers)) // by layer: teams that have it
	layers := make(map[string][]int)
	for team, all := range images {
		var list []int
		for _, i := range all {
			list = append(list, t.out.Images[i].Layers...)
		}
		layers[team] = once(list)
		for _, l := range layers[team] {
			users[l]++
		}
	}
	if len(images) == 1 && images[""] != nil {
		return // nobody has a team
	}
	for _, team := range slices.Sorted(maps.Keys(images)) {
		own := layers[team]
		row := model.FleetTeam{Name: team, Images: len(images[team]), Layers: len(own)}
		listed := !slices.ContainsFunc(images[team], func(i int) bool { return t.part.Images[t.images[i]].Unlisted })
		if listed {
			row.PullBytes = t.sum(own, compressed)
		}
		if t.unlisted == 0 {
			row.SharedBytes = t.sum(distinct(own, func(l int) bool { return users[l] > 1 }), compressed)
		}
		if t.part.Read && listed {
			row.WastedBytes = t.sum(own, func(l *model.FleetLayer) *int64 { return l.WastedBytes })
			row.AvoidableBytes = t.avoidable(own)
		}
		t.out.Teams = append(t.out.Teams, row)
	}
	slices.SortStableFunc(t.out.Teams, func(a, b model.FleetTeam) int { return compareUnknown(b.PullBytes, a.PullBytes) })
}

// avoidable is what the changes save of the waste of some layers, nil where one was not read.
func (t *table) avoidable(layers []int) *int64 {
	total := new(int64)
	for _, l := range layers {
		row := &t.out.Layers[l]
		known := t.part.Layers[t.layers[l]]
		if row.WastedBytes == nil {
			return nil
		}
		sum := int64(0)
		for _, saved := range known.Changes {
			sum += saved.Avoidable
		}
		*total += min(sum, *row.WastedBytes)
	}
	return total
}

// compareUnknown compares two figures; those that are not known are the smallest.
func compareUnknown(a, b *int64) int {
	x, y := value(a), value(b)
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}
