package deb

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// newRules reads what the image's apt is and how it is configured.
func newRules(u *universe, c *Config, effort *int) rules {
	var r rules
	if i, ok := u.real[key{"apt", u.native}]; ok {
		r.legacy = CompareVersions(u.packages[i].Version, "2.3.3") < 0
	}
	families := c.list("APT::VersionedKernelPackages")
	var versioned []string
	for _, f := range families {
		versioned = append(versioned, "^"+f+"-.*$")
	}
	r.kernel = matcher(versioned, effort)
	var kept []string
	if c.bool("APT::Protect-Kernels", true) {
		for _, release := range u.newestKernels(c) {
			if len(kept) > maxPattern {
				break // they are over matcher's bound already
			}
			for _, f := range families {
				kept = append(kept, "^"+f+"-"+regexp.QuoteMeta(release)+"$")
			}
		}
	}
	r.protected = matcher(kept, effort)
	return r
}

// newestKernels returns the releases of the kernels apt keeps: those of the two
// newest versions. The kernel that runs is not the image's business.
func (u *universe) newestKernels(c *Config) []string {
	releases := make(map[string][]string)
	var versions []string
	for _, p := range u.packages {
		release := kernelRelease(p.Name)
		if release == "" {
			continue
		}
		if releases[p.Version] == nil {
			versions = append(versions, p.Version)
		}
		releases[p.Version] = append(releases[p.Version], release)
	}
	slices.SortStableFunc(versions, func(a, b string) int { return CompareVersions(b, a) })
	count, _ := strconv.Atoi(c.text("APT::NeverAutoRemove::KernelCount", ""))
	var kept []string
	for _, v := range versions[:min(len(versions), max(count, 2))] {
		kept = append(kept, releases[v]...)
	}
	return kept
}

// kernelRelease returns "6.1.0-18-amd64" for the package of that kernel, "" for
// what is none.
func kernelRelease(name string) string {
	for _, prefix := range []string{"linux-image-", "kfreebsd-image-", "gnumach-image-"} {
		release, ok := strings.CutPrefix(name, prefix)
		if !ok || strings.HasSuffix(name, "-dbg") || strings.HasSuffix(name, "-dbgsym") {
			continue
		}
		if major, rest := cutNumber(release); (major != "" || rest != release) && strings.HasPrefix(rest, ".") {
			return release
		}
	}
	return ""
}
