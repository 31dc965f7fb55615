package platforms

import (
	"fmt"
	"strconv"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// NoFit is the rank of a platform that a machine does not run.
const NoFit = 1 << 20

// Fit ranks how well an image's platform suits a machine: 0 is best, NoFit is not
// at all. The order is that of containerd's platforms.Only, by which Docker and
// Kubernetes choose, too. Where one of the two names no variant, any variant of
// the architecture comes after those, since an image need not run to be looked
// at, and before what the machine runs of another architecture.
func Fit(have, want v1.Platform) int {
	have, want = Normal(have), Normal(want)
	if have.OS != want.OS {
		return NoFit
	}
	for rank, p := range runs(want) {
		if p.Architecture == have.Architecture && p.Variant == implied(have).Variant {
			if have.Architecture != want.Architecture {
				rank += NoFit / 2
			}
			return rank
		}
	}
	if have.Architecture == want.Architecture && (have.Variant == "" || want.Variant == "") {
		return NoFit/2 - 1
	}
	return NoFit
}

// implied adds the variant that a platform without one means: arm is v7.
func implied(p v1.Platform) v1.Platform {
	if p.Architecture == "arm" && p.Variant == "" {
		p.Variant = "v7"
	}
	return p
}

// runs lists what a machine runs, best first: its own variant, the lower ones,
// and the 32-bit architecture that its processors speak as well.
func runs(machine v1.Platform) []v1.Platform {
	machine = implied(machine)
	all := []v1.Platform{machine}
	add := func(architecture, variant string) {
		all = append(all, Normal(v1.Platform{OS: machine.OS, Architecture: architecture, Variant: variant}))
	}
	lower := func(architecture string, from, to int) {
		for v := from; v >= to; v-- {
			add(architecture, "v"+strconv.Itoa(v))
		}
	}
	major, minor := version(machine.Variant)
	switch machine.Architecture {
	case "amd64":
		lower("amd64", min(major, 9)-1, 1)
		add("386", "")
	case "arm":
		lower("arm", min(major, 9)-1, 5)
	case "arm64":
		if machine.Variant == "" {
			major = 8
		}
		for v := min(minor, 9) - 1; v >= 0; v-- {
			add("arm64", release(major, v))
		}
		if major == 9 { // each 9.x has what 8.(x+5) has
			for v := min(minor, 4) + 5; v >= 0; v-- {
				add("arm64", release(8, v))
			}
		}
		lower("arm", 8, 5)
	}
	return all
}

// version reads "v8" and "v8.2"; 0 is a number that is not there.
func version(variant string) (major, minor int) {
	first, second, _ := strings.Cut(strings.TrimPrefix(variant, "v"), ".")
	major, _ = strconv.Atoi(first)
	minor, _ = strconv.Atoi(second)
	return major, minor
}

// release writes what version reads.
func release(major, minor int) string {
	if minor == 0 {
		return fmt.Sprintf("v%d", major)
	}
	return fmt.Sprintf("v%d.%d", major, minor)
}

// FallbackNote says that an image is not quite what was asked for, "" where it is.
func FallbackNote(have, want v1.Platform) string {
	have, want = Normal(have), Normal(want)
	same := have.Architecture == want.Architecture
	switch {
	case same && (want.Variant == "" || implied(have).Variant == want.Variant):
		return ""
	case same && have.Variant == "" && have.Architecture == "arm" && Fit(have, want) == NoFit/2-1:
		return fmt.Sprintf("you asked for %s, and the image says %s without a variant", Name(want), Name(have))
	}
	return fmt.Sprintf("there is no image for %s; this is the one for %s, which engines use instead", Name(want), Name(implied(have)))
}
