package manifest

import (
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/source/platforms"
)

// PickPlatform chooses among images that differ in platform only: the one asked
// for; else this machine's; else the only one there is. Of several that a machine
// runs, the best for it is taken, then the first. Every candidate's platform must
// be known, unless there is just one.
func PickPlatform(all []Candidate, asked string) (Candidate, error) {
	want := platforms.Machine()
	if asked != "" {
		var err error
		if want, err = platforms.Parse(asked); err != nil {
			return Candidate{}, err
		}
	} else if len(all) == 1 {
		return all[0], nil
	}
	found, best := -1, platforms.NoFit
	for i := range all {
		if all[i].Platform == nil {
			continue
		}
		if rank := platforms.Fit(*all[i].Platform, want); rank < best {
			found, best = i, rank
		}
	}
	switch {
	case found >= 0:
		all[found].note = platforms.FallbackNote(*all[found].Platform, want)
		return all[found], nil
	case asked == "" && (oneDigest(all) || onePlatform(all)), len(all) == 1 && all[0].Platform == nil: // its config will say
		return all[0], nil
	}
	return Candidate{}, noneFits(want, all)
}

// noneFits is the error for candidates of which none is for the platform wanted.
func noneFits(want v1.Platform, all []Candidate) error {
	var names, unnamed []string
	for i := range all {
		if p := all[i].Platform; p == nil || platforms.Name(*p) == "" {
			unnamed = append(unnamed, all[i].Digest)
		} else if text := platforms.Name(*p); !slices.Contains(names, text) {
			names = append(names, text)
		}
	}
	return platforms.Missing(want, names, unnamed)
}
