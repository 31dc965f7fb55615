package source

import (
	"fmt"
	"runtime"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// parsePlatform reads "os/arch", "os/arch/variant" or, as containerd and Docker
// do, one of the two alone: the other is then Linux, or this machine's
// architecture. "arm/v7" has no system and means Linux, too.
func parsePlatform(text string) (v1.Platform, error) {
	parts := strings.Split(strings.ToLower(text), "/")
	if len(parts) > 3 || slices.Contains(parts, "") {
		return v1.Platform{}, notPlatform(text)
	}
	_, isArch := architectures[spelled(v1.Platform{Architecture: parts[0]}).Architecture]
	switch {
	case isArch && len(parts) <= 2:
		parts = append([]string{"linux"}, parts...)
	case len(parts) == 1 && systems[parts[0]]:
		parts = append(parts, runtime.GOARCH)
	case len(parts) == 1:
		return v1.Platform{}, notPlatform(text)
	}
	p := v1.Platform{OS: parts[0], Architecture: parts[1]}
	if len(parts) == 3 {
		p.Variant = parts[2]
	}
	return normal(p), nil
}

func notPlatform(text string) error {
	return &problem{what: fmt.Sprintf("platform %q is not os/arch or os/arch/variant", text), next: "write it as in linux/amd64 or linux/arm/v7"}
}

// architectures and systems are the words that may stand alone: those of Go that
// images are built for.
var (
	architectures = words("386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x wasm")
	systems       = words("linux windows darwin freebsd netbsd openbsd wasi")
)

func words(text string) map[string]bool {
	set := make(map[string]bool)
	for word := range strings.FieldsSeq(text) {
		set[word] = true
	}
	return set
}

// spelled writes an architecture the way Go does.
func spelled(p v1.Platform) v1.Platform {
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
	return p
}

// normal spells a platform the way Go does. The variants that every machine of
// an architecture has are left out: arm64 is v8, amd64 is v1.
func normal(p v1.Platform) v1.Platform {
	p.OS, p.Architecture, p.Variant = strings.ToLower(p.OS), strings.ToLower(p.Architecture), strings.ToLower(p.Variant)
	p = spelled(p)
	if p.Architecture == "arm64" && (p.Variant == "8" || p.Variant == "v8" || p.Variant == "v8.0") || p.Architecture == "amd64" && p.Variant == "v1" {
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

// samePlatform reports whether two platforms are one, however they are spelled.
func samePlatform(a, b v1.Platform) bool {
	return platformName(normal(a)) == platformName(normal(b))
}

// PlatformMatches reports whether a report's platform is the one that a user asks
// for, however it is spelled.
func PlatformMatches(have, asked string) bool {
	is, err := parsePlatform(have)
	if err != nil {
		return have == asked
	}
	want, err := parsePlatform(asked)
	return err == nil && fit(is, want) < noFit
}

// wrongPlatform says which platforms there are, and advises to name one only
// where that can lead somewhere. others are the digests of images whose platform
// is not known.
func wrongPlatform(want v1.Platform, names, others []string) error {
	what := fmt.Sprintf("no image for %s, only for %s", platformName(want), list(names))
	switch {
	case len(names) == 0:
		return &problem{
			what: fmt.Sprintf("there are %d images, and none says which platform it is for", len(others)),
			next: "choose one by its digest, as in @" + others[0],
		}
	case len(names) == 1 && len(others) == 0:
		return &problem{what: what, next: "leave out --platform, or write --platform " + names[0]}
	case len(others) > 0:
		what += " and for platforms that are not told"
	}
	return &problem{what: what, next: "choose one with --platform"}
}

// checkPlatform refuses an image that is not for the platform asked for, judging
// by its config. The note says where that is not quite sure, or not quite it.
func checkPlatform(have v1.Platform, asked string) (note string, err error) {
	if asked == "" || have.OS == "" && have.Architecture == "" {
		return "", nil
	}
	want, err := parsePlatform(asked)
	if err != nil {
		return "", err
	}
	if fit(have, want) < noFit {
		return fallbackNote(have, want), nil
	}
	return "", wrongPlatform(want, []string{platformName(have)}, nil)
}
