package installs

import "slices"

// purgedNeeds are what packages do not work without that apt has only by recommendation,
// for those that a later command removes: the finished image does not tell what came with
// them.
var purgedNeeds = []struct {
	of, need string
	when     func(*facts) string
}{
	{"gcc gcc-[0-9]* clang clang-[0-9]*", "libc6-dev", nil},
	{"cmake", "make", cmakeMakes},
	{"curl wget git", "ca-certificates", (*facts).tls},
	{"git", "openssh-client", (*facts).ssh},
	{"golang golang-go golang-[0-9]*-go", "gcc", (*facts).cgo},
	{"python3-pip", "python3-dev", (*facts).wheels},
	{"python-pip", "build-essential", (*facts).wheels},
	{"npm", "build-essential", (*facts).addons},
	{"gnupg", "dirmngr", (*facts).keyServer},
	{"r-base r-base-core", "make", nil},
}

// removedBrings are what packages depend on that a build removes again as a rule: the
// finished image does not tell what is in it because of them.
var removedBrings = []struct{ of, needs string }{
	{"build-essential", "libc6-dev gcc gcc-[0-9]* g++ g++-[0-9]* make dpkg-dev libstdc++-[0-9]*-dev libgcc-[0-9]*-dev binutils cpp cpp-[0-9]* bzip2 patch perl xz-utils libdpkg-perl"},
	{"g++ g++-[0-9]*", "gcc gcc-[0-9]* g++-[0-9]* libstdc++-[0-9]*-dev libgcc-[0-9]*-dev libc6-dev binutils cpp cpp-[0-9]*"},
	{"gcc gcc-[0-9]*", "gcc-[0-9]* libgcc-[0-9]*-dev binutils cpp cpp-[0-9]*"},
}

// broughtByRemoved counts what packages bring that a later command removes as there without a
// recommendation, and reports whether the image has the others that the install names.
func (im *image) broughtByRemoved() bool {
	all := true
	for _, name := range im.typed {
		if _, there := im.byName[name]; there {
			continue
		}
		all = false
		for _, r := range removedBrings {
			if !matchesAny(r.of, name) {
				continue
			}
			for i := range im.Packages {
				if p := &im.Packages[i]; p.Layer == im.layer && p.Manager == "dpkg" && matchesAny(r.needs, p.Name) {
					im.roots[i] = true
				}
			}
		}
	}
	return all
}

// purged returns why an install cannot be edited some of whose packages are removed
// again: what it would have to name for them would not go with them.
func (k *keeper) purged() string {
	for _, name := range k.typed {
		if _, there := k.byName[name]; there {
			continue
		}
		for _, p := range purgedNeeds {
			if !matchesAny(p.of, name) || slices.Contains(k.typed, p.need) {
				continue
			}
			if i, there := k.byName[p.need]; there && k.roots[i] || p.when != nil && p.when(k.facts) == "" {
				continue
			}
			return name + " is removed again, and " + p.need + ", which it needs, would have to be removed too"
		}
	}
	return ""
}
