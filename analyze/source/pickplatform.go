package source

import (
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// pickPlatform chooses among images that differ in platform only: the one asked
// for; else this machine's; else the only one there is. Of several that a machine
// runs, the best for it is taken, then the first. Every candidate's platform must
// be known, unless there is just one.
func pickPlatform(all []candidate, asked string) (candidate, error) {
	want := machine()
	if asked != "" {
		var err error
		if want, err = parsePlatform(asked); err != nil {
			return candidate{}, err
		}
	} else if len(all) == 1 {
		return all[0], nil
	}
	found, best := -1, noFit
	for i := range all {
		if all[i].platform == nil {
			continue
		}
		if rank := fit(*all[i].platform, want); rank < best {
			found, best = i, rank
		}
	}
	switch {
	case found >= 0:
		all[found].note = fallbackNote(*all[found].platform, want)
		return all[found], nil
	case asked == "" && (oneDigest(all) || onePlatform(all)), len(all) == 1 && all[0].platform == nil: // its config will say
		return all[0], nil
	}
	return candidate{}, noneFits(want, all)
}

// noneFits is the error for candidates of which none is for the platform wanted.
func noneFits(want v1.Platform, all []candidate) error {
	var names, unnamed []string
	for i := range all {
		if p := all[i].platform; p == nil || platformName(*p) == "" {
			unnamed = append(unnamed, all[i].digest)
		} else if text := platformName(*p); !slices.Contains(names, text) {
			names = append(names, text)
		}
	}
	return wrongPlatform(want, names, unnamed)
}
