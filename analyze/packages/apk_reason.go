package packages

import "strings"

// apkReasons follows apk's world, the list of what was asked for. What it names
// is manual, and so is a virtual package like .build-deps, which is in it, too;
// what those need is a dependency. A package with install_if comes by itself once
// all that it lists is there. What is left nothing asks for: apk would remove it
// the next time it runs.
//
// With each reason comes the package that needs it first, "" for what was asked
// for.
func apkReasons(packages []apkPackage, world []string, known bool) ([]Reason, []string) {
	neededBy := make([]string, len(packages))
	reasons := make([]Reason, len(packages))
	for i := range reasons {
		reasons[i] = Unknown
	}
	if !known {
		return reasons, neededBy
	}
	w := apkWalk{
		packages: packages, reasons: reasons, neededBy: neededBy, named: make(map[string]int), providers: make(map[string][]int),
		wanted: make(map[string]bool), here: make(map[string]bool),
	}
	for i := range packages {
		w.named[packages[i].name] = i
		for _, name := range packages[i].provides {
			name = apkName(name)
			w.providers[name] = append(w.providers[name], i)
		}
	}
	for _, atom := range world {
		w.want(atom, Manual, "")
	}
	w.follow()
	for range maxInstallIf {
		if !w.installIf() {
			break
		}
		w.follow()
	}
	for i := range reasons {
		if reasons[i] == Unknown {
			reasons[i] = Orphan
		}
	}
	return reasons, neededBy
}

// maxInstallIf is how many rounds of packages that bring packages are followed.
const maxInstallIf = 100

type apkWalk struct {
	packages  []apkPackage
	neededBy  []string
	reasons   []Reason         // Unknown: not kept so far
	named     map[string]int   // the package of that very name
	providers map[string][]int // and those that provide it
	queue     []int            // kept, but not followed yet
	wanted    map[string]bool  // names that need no second look
	here      map[string]bool  // names that what is kept answers to
}

// want keeps what an atom like "so:libc.so>=1" or "nginx@edge" names: the package
// of that name, else every package that provides it. The versions do not matter:
// apk installs no second package of a name, and nothing that would not fit.
func (w *apkWalk) want(atom string, as Reason, by string) {
	name := apkName(atom)
	if strings.HasPrefix(atom, "!") || w.wanted[name] {
		return
	}
	w.wanted[name] = true
	candidates := w.providers[name]
	if i, ok := w.named[name]; ok {
		candidates = []int{i}
	}
	for _, i := range candidates {
		w.keep(i, as, by)
	}
}

func (w *apkWalk) keep(i int, as Reason, by string) {
	if w.reasons[i] != Unknown {
		return
	}
	w.reasons[i], w.neededBy[i] = as, by
	w.queue = append(w.queue, i)
	w.here[w.packages[i].name] = true
	for _, name := range w.packages[i].provides {
		w.here[apkName(name)] = true
	}
}

func (w *apkWalk) follow() {
	for len(w.queue) > 0 {
		i := w.queue[0] // in rings, so that the nearest package is named
		w.queue = w.queue[1:]
		for _, atom := range w.packages[i].depends {
			w.want(atom, Dependency, w.packages[i].name)
		}
	}
}

// installIf keeps what comes by itself, and reports whether anything did.
func (w *apkWalk) installIf() bool {
	for i := range w.packages {
		if list := w.packages[i].installIf; w.reasons[i] == Unknown && len(list) > 0 && w.allHere(list) {
			w.keep(i, Dependency, "")
		}
	}
	return len(w.queue) > 0
}

func (w *apkWalk) allHere(atoms []string) bool {
	for _, atom := range atoms {
		if w.here[apkName(atom)] == strings.HasPrefix(atom, "!") {
			return false
		}
	}
	return true
}

// apkName takes the version and the repository's tag off an atom.
func apkName(atom string) string {
	atom = strings.TrimPrefix(atom, "!")
	if i := strings.IndexAny(atom, "<>=~@"); i >= 0 {
		return atom[:i]
	}
	return atom
}
