package history

import "fmt"

// layerless are the instructions that set something in the config and leave
// the filesystem alone.
var layerless = map[string]bool{
	"ARG": true, "CMD": true, "ENTRYPOINT": true, "ENV": true, "EXPOSE": true, "FROM": true,
	"HEALTHCHECK": true, "LABEL": true, "MAINTAINER": true, "ONBUILD": true, "SHELL": true,
	"STOPSIGNAL": true, "USER": true, "VOLUME": true,
}

// assignLayers says for each layer which item made it, or -1.
//
// Where as many items claim a layer as there are layers, they go together in
// order, whatever their keywords: images converted from Docker's schema 1 have a
// layer for each ENV.
//
// Too few claims: what has no history is at the bottom. A base built without one
// (bazel, an old buildpack, docker import by way of other tools) keeps its layers
// nameless, and every builder on top appends one item a layer; so the claims are
// tied from the top down.
//
// Too many: what was merged is at the top. Squashing keeps the base's layers,
// with their items, and makes one of what follows; so they are tied from the
// bottom up. BuildKit does the same (exporter/containerimage/writer.go,
// normalizeLayersAndHistory).
func assignLayers(items []item, layers int) (layerStep []int, notes []string) {
	layerStep = make([]int, layers)
	for i := range layerStep {
		layerStep[i] = -1
	}
	if len(items) == 0 {
		return layerStep, nil
	}
	var claims []int
	for i := range items {
		if !items[i].empty {
			claims = append(claims, i)
		}
	}

	if len(claims) == layers {
		copy(layerStep, claims)
		return layerStep, merged(items, claims)
	}
	// Fewer claims than layers are believed unless one of them cannot be true.
	if len(claims) == 0 || len(claims) > layers || anyLayerless(items, claims) {
		if makers, ok := byKeyword(items, claims, layers); ok {
			copy(layerStep, makers)
			return layerStep, []string{"the history marks the wrong items as having made no layer, so layers are matched with the instructions that can make one"}
		}
	}
	note := fmt.Sprintf("the history names %s, the image has %s", count(len(claims), "layer"), count(layers, "layer"))
	if len(claims) < layers {
		copy(layerStep[layers-len(claims):], claims)
		return layerStep, []string{note + "; the lowest are taken to be those without an instruction"}
	}
	copy(layerStep, claims[:layers])
	return layerStep, []string{note + "; the last steps are taken to be those without a layer of their own"}
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func anyLayerless(items []item, claims []int) bool {
	for _, i := range claims {
		if layerless[items[i].keyword] {
			return true
		}
	}
	return false
}

// byKeyword returns the items that by their keyword can have made a layer, if
// they are as many as there are layers: among those that claim one, among all,
// and the same without WORKDIR, which makes one only where the directory is new.
func byKeyword(items []item, claims []int, layers int) ([]int, bool) {
	all := make([]int, len(items))
	for i := range all {
		all[i] = i
	}
	for _, from := range [][]int{claims, all} {
		for _, workdir := range []bool{true, false} {
			var makers []int
			for _, i := range from {
				if k := items[i].keyword; !layerless[k] && (workdir || k != "WORKDIR") {
					makers = append(makers, i)
				}
			}
			if len(makers) == layers {
				return makers, true
			}
		}
	}
	return nil, false
}

// merged tells of layers that hold the work of several instructions: Podman and
// Buildah with --squash or --layers=false mark all items but the last as empty.
func merged(items []item, claims []int) []string {
	from := 0
	for layer, i := range claims {
		if layerless[items[i].keyword] {
			for ; from < i; from++ {
				if k := items[from].keyword; k == "RUN" || k == "COPY" || k == "ADD" {
					return []string{fmt.Sprintf("the builder put several instructions into layer %d; it is tied to the last of them", layer)}
				}
			}
		}
		from = i + 1
	}
	return nil
}
