package language

import (
	"bytes"
	"cmp"
	"iter"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// What RubyGems and Bundler leave below a gem home, which is Ruby's own, GEM_HOME, or Bundler's
// vendor/bundle/ruby/3.1.0: specifications/NAME-VERSION[-PLATFORM].gemspec, Ruby code that
// RubyGems wrote (Gem::Specification#to_ruby), with the line "# stub: NAME VERSION PLATFORM
// PATHS"; the files in gems/ and what was compiled in extensions/PLATFORM/API/, by the same name.
// The gems that Ruby itself brings are in specifications/default, their files among Ruby's. A gem
// that Bundler took from git is unpacked in bundler/gems/NAME-COMMIT, and Bundler writes its
// gemspec, or several, in there in the same form. A Gemfile.lock says which were asked for.
const (
	gemspec        = ".gemspec"
	specifications = "specifications"
	gemfileLock    = "Gemfile.lock"
	bundlerGems    = "/bundler/gems/"
)

const (
	maxGemspec = 1 << 20
	maxLock    = 4 << 20
	maxLocks   = 100 // files
)

func looksGem(name string) *look {
	dir, base := path.Split(name)
	switch {
	case base == gemfileLock:
		return upTo(maxLock, Gem, lookGemfileLock)
	case !strings.HasSuffix(base, gemspec):
	case strings.Contains("/"+dir, bundlerGems):
		return upTo(maxGemspec, Gem, lookGemspec)
	default:
		if home, _ := gemHome(strings.TrimSuffix(dir, "/")); home != "" {
			return upTo(maxGemspec, Gem, lookGemspec)
		}
	}
	return nil
}

var (
	gemStub    = lazyregexp.New(`(?m)^# stub: (\S+) (\S+) (\S+)`)
	gemNeeds   = lazyregexp.New(`add_(?:runtime_)?dependency\(?\s*(?:%q<([^>]+)>|"([^"]+)"|'([^']+)')`)
	gemLists   = lazyregexp.New(`(?m)^\s*s\.(files|executables)\s*=\s*(.*)$`)
	gemVersion = lazyregexp.New(`(?m)^\s*\w+\.version\s*=\s*["']([0-9][0-9A-Za-z.-]*)["']`)
	gemQuoted  = lazyregexp.New(`"((?:[^"\\]|\\.)*)"`)
)

// lookGemspec reads a gemspec that RubyGems wrote. Files are, of one in specifications/default,
// its files, and of others the names of its programs. Of a gemspec that people wrote, which would
// have to be run, it takes the version only where that is written out.
func lookGemspec(name string, content []byte) (Found, bool) {
	row := Row{Name: strings.TrimSuffix(path.Base(name), gemspec)}
	if stub := gemStub.FindSubmatch(content); stub != nil {
		row.Name, row.Version = string(stub[1]), string(stub[2])
	} else if m := gemVersion.FindSubmatch(content); m != nil {
		row.Version = string(m[1])
	}
	known := make(map[string]bool)
	for _, m := range gemNeeds.FindAllSubmatch(content, maxRequires) {
		if needed := string(bytes.Join(m[1:], nil)); !known[needed] {
			known[needed] = true
			row.Requires = append(row.Requires, needed)
		}
	}
	want := "executables"
	if path.Base(path.Dir(name)) == "default" {
		want = "files"
	}
	var list []string
	for _, m := range gemLists.FindAllSubmatch(content, -1) {
		if string(m[1]) != want {
			continue
		}
		for _, q := range gemQuoted.FindAllSubmatch(m[2], -1) {
			list = append(list, string(q[1]))
		}
	}
	row.Files = joinLines(list)
	return Found{Gem, []Row{row}}, true
}

// lookGemfileLock reads which gems a project has and which of them it asks for.
func lookGemfileLock(_ string, content []byte) (Found, bool) {
	asked := make(map[string]bool)
	var rows []Row
	section := ""
	for line := range strings.Lines(string(content)) {
		line = strings.TrimRight(line, "\r\n")
		text := strings.TrimLeft(line, " ")
		fields := strings.Fields(text)
		switch indent := len(line) - len(text); {
		case len(fields) == 0:
		case indent == 0:
			section = text
		case section == "DEPENDENCIES" && indent == 2:
			asked[strings.TrimSuffix(fields[0], "!")] = true
		case (section == "GEM" || section == "GIT" || section == "PATH") && indent == 4 && len(fields) > 1:
			rows = append(rows, Row{Name: fields[0], Version: strings.Trim(fields[1], "()")})
		}
	}
	for i := range rows {
		rows[i].Asked = asked[rows[i].Name]
	}
	return Found{Gem, rows}, len(rows) > 0
}

// locksOf are the Gemfile.lock of an image.
func locksOf(all files) (locks []string) {
	for name := range all {
		if path.Base(name) == gemfileLock {
			locks = append(locks, name)
		}
	}
	slices.Sort(locks)
	return locks
}

func listGem(all files, in *Image) []Package {
	var packages []Package
	t := gemTree{exists: in.Exists, compiled: make(map[string][]string)}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if path.Base(name) != gemfileLock {
			packages = append(packages, t.gem(name, &all[name].Rows[0]))
		}
	}
	packages = gitGemsOnce(packages)
	for _, name := range first(locksOf(all), maxLocks) {
		lockGems(packages, path.Dir(name)+"/", all[name].Rows)
	}
	needs := func(p *Package) []string { return all[p.At].Rows[0].Requires }
	neededWhere(packages, needs, func(s string) string { return s }, func(*Package) string { return "" })
	return packages
}

// lockGems notes what a Gemfile.lock says of the gems that are installed for it: those below its
// directory or, if there are none, those of all gem homes.
func lockGems(packages []Package, project string, rows []Row) {
	asked := make(map[string]bool)     // by name and version
	version := make(map[string]string) // by name
	for _, row := range rows {
		number, _, _ := strings.Cut(row.Version, "-") // a platform may follow
		asked[row.Name+" "+number] = row.Asked
		version[row.Name] = number
	}
	own := slices.ContainsFunc(packages, func(p Package) bool { return strings.HasPrefix(p.At, project) })
	for i := range packages {
		p := &packages[i]
		if own && !strings.HasPrefix(p.At, project) {
			continue
		}
		if home, _ := gemHome(path.Dir(p.At)); home == "" {
			p.Version = cmp.Or(p.Version, version[p.Name])
		}
		if is, ok := asked[p.Name+" "+p.Version]; ok {
			p.Known, p.Asked = true, p.Asked || is
		}
	}
}

// gemTree finds the files of gems in an image.
type gemTree struct {
	exists   Exists
	compiled map[string][]string // by directory of extensions: those in it for a machine and an API
}

// gem is the gem of a gemspec.
func (t *gemTree) gem(name string, row *Row) Package {
	dir := path.Dir(name)
	home, brought := gemHome(dir)
	full := strings.TrimSuffix(path.Base(name), gemspec) // NAME-VERSION[-PLATFORM]
	p := Package{Manager: Gem, Name: cmp.Or(row.Name, full), Version: row.Version, At: name}
	switch {
	case home == "": // from git
		top, checkout := gitCheckout(name)
		p.Location = dir
		if strings.HasPrefix(checkout, row.Name+"-") {
			p.Location = top
		}
		p.Dirs = []string{p.Location}
		if p.Location == top {
			p.Dirs = append(p.Dirs, t.extensions(path.Dir(top)+"/extensions", checkout)...)
		}
	case brought:
		p.Location = path.Join(home, "gems", full)
		p.Dirs = []string{p.Location}
		p.Files = also(t.broughtFiles(home, row.Files), name)
	default:
		p.Location = path.Join(home, "gems", full)
		p.Dirs = append([]string{p.Location, path.Join(home, "doc", full)}, t.extensions(path.Join(home, "extensions"), full)...)
		p.Files = also(gemPrograms(home, row.Files), name, path.Join(home, "cache", full+".gem"), path.Join(home, "build_info", full+".info"))
	}
	return p
}

// gemHome returns the gem home of a directory of specifications, "" for another directory, and
// whether it is the one of the gems that Ruby brings.
func gemHome(dir string) (home string, brought bool) {
	dir, brought = strings.CutSuffix(dir, "/default")
	if path.Base(dir) != specifications {
		return "", false
	}
	return path.Dir(dir), brought
}

// gitCheckout returns the directory that a git repository with this gemspec was unpacked in, and
// the directory's name.
func gitCheckout(name string) (dir, base string) {
	before, rest, _ := strings.Cut("/"+name, bundlerGems)
	base, _, _ = strings.Cut(rest, "/")
	return (before + bundlerGems + base)[1:], base
}

// gitGemsOnce leaves out what another gemspec further up in the same checkout says, as of a copy
// that a gem brings for its tests.
func gitGemsOnce(packages []Package) []Package {
	top := make(map[[2]string]string) // by checkout and name: the gemspec nearest to the top
	deep := func(name string) int { return strings.Count(name, "/") }
	of := func(p *Package) (key [2]string, ok bool) {
		if !strings.Contains("/"+p.At, bundlerGems) {
			return key, false
		}
		dir, _ := gitCheckout(p.At)
		return [2]string{dir, p.Name}, true
	}
	for i := range packages {
		if key, ok := of(&packages[i]); ok && (top[key] == "" || deep(packages[i].At) < deep(top[key])) {
			top[key] = packages[i].At
		}
	}
	return slices.DeleteFunc(packages, func(p Package) bool {
		key, ok := of(&p)
		return ok && top[key] != p.At
	})
}

// gemPrograms are the scripts that RubyGems writes for a gem's programs: in the gem home, and
// where Ruby's own gem home is used in the bin directory beside it.
func gemPrograms(home, list string) iter.Seq[string] {
	bins := []string{path.Join(home, "bin")}
	if prefix, _, ok := strings.Cut("/"+home, "/lib/ruby/gems/"); ok {
		bins = append(bins, strings.TrimPrefix(prefix+"/bin", "/"))
	} else if strings.HasPrefix(home, "var/lib/gems/") {
		bins = append(bins, "usr/local/bin")
	}
	return func(yield func(string) bool) {
		for _, bin := range bins {
			for name := range lines(bin, list) {
				if !yield(name) {
					return
				}
			}
		}
	}
}

// rubyMachines are the directories that Ruby and RubyGems put compiled files in.
var rubyMachines = []string{"x86_64-linux", "x86_64-linux-gnu", "x86_64-linux-musl", "aarch64-linux", "aarch64-linux-gnu", "aarch64-linux-musl", "armv7l-linux-eabihf", "arm-linux-gnueabihf", "i686-linux", "powerpc64le-linux", "s390x-linux", "riscv64-linux"}

// rubyAPIs are the versions of Ruby that compiled gems are for, as they are and as a static Ruby
// writes them.
var rubyAPIs = func() (all []string) {
	for _, v := range []string{"2.3", "2.4", "2.5", "2.6", "2.7", "3.0", "3.1", "3.2", "3.3", "3.4", "3.5", "4.0"} {
		all = append(all, v+".0", v+".0-static")
	}
	return all
}()

// extensions are the directories with a gem's compiled files, below one of extensions, by the
// machine and Ruby's API that they are for.
func (t *gemTree) extensions(dir, full string) (dirs []string) {
	in, ok := t.compiled[dir]
	for _, machine := range rubyMachines {
		if ok || !t.exists(path.Join(dir, machine)) {
			continue
		}
		for _, api := range rubyAPIs {
			if at := path.Join(dir, machine, api); t.exists(at) {
				in = append(in, at)
			}
		}
	}
	t.compiled[dir] = in
	for _, at := range in {
		dirs = append(dirs, path.Join(at, full))
	}
	return dirs
}

// broughtFiles are the files of a gem that Ruby brings, which lie among Ruby's own: for the gem
// home lib/ruby/gems/3.1.0 in lib/ruby/3.1.0 and in a directory for the machine there.
func (t *gemTree) broughtFiles(home, list string) iter.Seq[string] {
	lib := path.Join(path.Dir(path.Dir(home)), path.Base(home))
	dirs := []string{lib}
	for _, m := range rubyMachines {
		if at := path.Join(lib, m); t.exists(at) {
			dirs = append(dirs, at)
		}
	}
	return func(yield func(string) bool) {
		for file := range strings.SplitSeq(strings.TrimSuffix(list, "\n"), "\n") {
			for _, dir := range dirs {
				if name := below(dir, strings.TrimPrefix(file, "lib/")); name != "" && !yield(name) {
					return
				}
			}
		}
	}
}
