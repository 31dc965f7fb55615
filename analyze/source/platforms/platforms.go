// Package platforms parses, compares and chooses platforms: an operating system, an architecture
// and a variant of it, such as linux/arm/v7 (image-index.md of the OCI image spec).
//
//	p, err := platforms.Parse("linux/arm64")
//	platforms.Fit(platforms.Machine(), p) // how well an image for p runs here
//
// Which image a machine takes is decided as in containerd's platforms.Only, which Docker and
// Kubernetes use: the machine's own variant first, then lower ones, then the 32-bit
// architecture that its processor can also run.
package platforms

import (
	"fmt"
	"runtime"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/source/usererror"
)

// Parse reads "os/arch", "os/arch/variant" or, as containerd and Docker
// do, one of the two alone: the other is then Linux, or this machine's
// architecture. "arm/v7" has no system and means Linux, too.
func Parse(text string) (v1.Platform, error) {
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
	return Normal(p), nil
}

func notPlatform(text string) error {
	return &usererror.Error{What: fmt.Sprintf("platform %q is not os/arch or os/arch/variant", text), Next: "write it like linux/amd64 or linux/arm/v7"}
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

// Normal spells a platform the way Go does. The variants that every machine of
// an architecture has are left out: arm64 is v8, amd64 is v1.
func Normal(p v1.Platform) v1.Platform {
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

// Machine is the platform taken when the user names none: images run on Linux,
// also those that a Mac or a Windows machine pulls.
func Machine() v1.Platform { return v1.Platform{OS: "linux", Architecture: runtime.GOARCH} }

// Name is os/arch[/variant], "" where neither is known.
func Name(p v1.Platform) string {
	text := strings.Trim(p.OS+"/"+p.Architecture, "/")
	if p.Variant != "" {
		text += "/" + p.Variant
	}
	return text
}

// Same reports whether two platforms are one, however they are spelled.
func Same(a, b v1.Platform) bool {
	return Name(Normal(a)) == Name(Normal(b))
}

// Matches reports whether a report's platform is the one that a user asks
// for, however it is spelled.
func Matches(have, asked string) bool {
	is, err := Parse(have)
	if err != nil {
		return have == asked
	}
	want, err := Parse(asked)
	return err == nil && Fit(is, want) < NoFit
}

// Missing says which platforms there are, and advises to name one only
// where that can lead somewhere. others are the digests of images whose platform
// is not known.
func Missing(want v1.Platform, names, others []string) error {
	what := fmt.Sprintf("no image for %s, only for %s", Name(want), usererror.List(names))
	switch {
	case len(names) == 0:
		return &usererror.Error{
			What: fmt.Sprintf("there are %d images, and none says which platform it is for", len(others)),
			Next: "choose one by its digest, as in @" + others[0],
		}
	case len(names) == 1 && len(others) == 0:
		return &usererror.Error{What: what, Next: "leave out --platform, or write --platform " + names[0]}
	case len(others) > 0:
		what += " and for platforms that it does not name"
	}
	return &usererror.Error{What: what, Next: "choose one with --platform"}
}

// Check refuses an image that is not for the platform asked for, judging
// by its config. The note says where that is not quite sure, or not quite it.
func Check(have v1.Platform, asked string) (note string, err error) {
	if asked == "" || have.OS == "" && have.Architecture == "" {
		return "", nil
	}
	want, err := Parse(asked)
	if err != nil {
		return "", err
	}
	if Fit(have, want) < NoFit {
		return FallbackNote(have, want), nil
	}
	return "", Missing(want, []string{Name(have)}, nil)
}
