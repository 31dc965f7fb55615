package source

import (
	"fmt"
	"runtime"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// parsePlatform reads "os/arch" or "os/arch/variant".
func parsePlatform(text string) (v1.Platform, error) {
	parts := strings.Split(text, "/")
	if len(parts) < 2 || len(parts) > 3 || slices.Contains(parts, "") {
		return v1.Platform{}, &problem{what: fmt.Sprintf("platform %q is not os/arch or os/arch/variant", text), next: "write it as in linux/amd64 or linux/arm/v7"}
	}
	p := v1.Platform{OS: strings.ToLower(parts[0]), Architecture: strings.ToLower(parts[1])}
	if len(parts) == 3 {
		p.Variant = strings.ToLower(parts[2])
	}
	return normal(p), nil
}

// normal spells a platform the way Go does. The variants that every machine of
// an architecture has are left out: arm64 is v8, 386 and amd64 have a first one.
func normal(p v1.Platform) v1.Platform {
	switch p.Architecture {
	case "x86_64", "x86-64":
		p.Architecture = "amd64"
	case "aarch64":
		p.Architecture = "arm64"
	case "i386", "i686":
		p.Architecture = "386"
	case "armhf":
		p.Architecture, p.Variant = "arm", "v7"
	case "armel":
		p.Architecture, p.Variant = "arm", "v6"
	}
	if p.Architecture == "arm64" && (p.Variant == "8" || p.Variant == "v8") || p.Architecture == "amd64" && p.Variant == "v1" {
		p.Variant = ""
	}
	if p.Architecture == "arm" && len(p.Variant) == 1 {
		p.Variant = "v" + p.Variant
	}
	return p
}

// machine is the platform taken when the user names none: images run on Linux,
// also those that a Mac or a Windows machine pulls.
func machine() v1.Platform { return v1.Platform{OS: "linux", Architecture: runtime.GOARCH} }

// platformName is os/arch[/variant], "" where neither is known.
func platformName(p v1.Platform) string {
	text := strings.Trim(p.OS+"/"+p.Architecture, "/")
	if p.Variant != "" {
		text += "/" + p.Variant
	}
	return text
}

// fits reports whether an image's platform is the one asked for. A request
// without a variant takes any.
func fits(have, want v1.Platform) bool {
	have, want = normal(have), normal(want)
	return have.OS == want.OS && have.Architecture == want.Architecture && (want.Variant == "" || have.Variant == want.Variant)
}

// pickPlatform chooses among images that differ in platform only: the one asked
// for; else this machine's; else the only one there is. Of several that fit, one
// without a variant is preferred, then the first. Every candidate's platform
// must be known, unless there is just one.
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
	var found *candidate
	for i := range all {
		p := all[i].platform
		if p == nil || !fits(*p, want) {
			continue
		}
		if found == nil || found.platform.Variant != "" && normal(*p).Variant == "" {
			found = &all[i]
		}
	}
	if found != nil {
		return *found, nil
	}
	if len(all) == 1 && all[0].platform == nil {
		return all[0], nil // its config will say
	}
	return candidate{}, wrongPlatform(want, all)
}

func wrongPlatform(want v1.Platform, all []candidate) error {
	var names []string
	for _, c := range all {
		text := "unknown"
		if c.platform != nil && platformName(*c.platform) != "" {
			text = platformName(*c.platform)
		}
		if !slices.Contains(names, text) {
			names = append(names, text)
		}
	}
	return &problem{
		what: fmt.Sprintf("no image for %s, only for %s", platformName(want), list(names)),
		next: "choose one with --platform",
	}
}

// checkPlatform refuses an image that is not for the platform asked for.
func checkPlatform(have v1.Platform, asked string) error {
	if asked == "" || have.OS == "" && have.Architecture == "" {
		return nil
	}
	want, err := parsePlatform(asked)
	if err != nil {
		return err
	}
	if !fits(have, want) {
		return wrongPlatform(want, []candidate{{platform: &have}})
	}
	return nil
}
