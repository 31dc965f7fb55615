package packages

import (
	"bytes"
	"fmt"
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/packages/deb"
)

// readDpkg reads dpkg's status and lists, and apt's extended_states for reasons.
func readDpkg(d *Database, f Files) (notes []string, err error) {
	status, whole := f[dpkgStatus]
	system := deb.System{}
	system.Packages, notes, err = deb.Status(string(status))
	if err != nil {
		return notes, err
	}
	parts, more, err := readStatusD(f)
	notes = append(notes, more...)
	parts = unlisted(parts, system.Packages)
	if !whole && parts == nil {
		return notes, err
	}
	for i := range system.Packages {
		d.addDeb(&system.Packages[i], i, f)
	}
	for i := range parts {
		d.addDeb(&parts[i], unexplained, f)
	}
	d.diversions = readDiversions(f[dpkgDiversions])
	d.explain = append(d.explain, func() (notes []string) {
		if len(system.Packages) > 0 {
			said, reasons := aptReasons(&system, f)
			notes = append(notes, said...)
			d.explainDpkg(reasons)
		}
		if len(parts) > 0 {
			notes = append(notes, "dpkg: packages in status.d (a distroless image) do not say why they are installed")
		}
		return notes
	})
	return notes, err
}

// unexplained is the row of a package whose reason the databases do not say.
const unexplained = -1

// explainDpkg gives dpkg's packages their reasons.
func (d *Database) explainDpkg(reasons []deb.Reason) {
	for i := range d.Packages {
		if p := &d.Packages[i]; p.Manager == Dpkg && p.row >= 0 && p.row < len(reasons) {
			why := reasons[p.row]
			p.Reason, p.RecommendedBy, p.Via, p.NeededBy = aptWords[why.Why], why.By, why.Via, why.NeededBy
		}
	}
}

// readStatusD reads the files of distroless images, one paragraph each, without
// a Status: what is there is installed.
func readStatusD(f Files) (packages []deb.Package, notes []string, err error) {
	for _, name := range under(f, dpkgStatusD) {
		if strings.HasSuffix(name, ".md5sums") {
			continue
		}
		list, said, problem := deb.Status(string(f[name]))
		notes = append(notes, said...)
		for i := range list {
			if list[i].State == "" {
				list[i].Want, list[i].State = "install", "installed"
			}
		}
		if packages = append(packages, list...); problem == nil && len(packages) > maxPackages {
			problem = errTooMany
		}
		if err = problem; err != nil {
			break
		}
	}
	return packages, notes, err
}

// unlisted drops from the packages of status.d those that the status file has
// installed, too, and all but the first of those that several files list.
func unlisted(parts, listed []deb.Package) []deb.Package {
	type id struct{ name, arch string }
	known := make(map[id]bool, len(listed)+len(parts))
	for i := range listed {
		known[id{listed[i].Name, listed[i].Arch}] = listed[i].Current()
	}
	return slices.DeleteFunc(parts, func(p deb.Package) bool {
		before := known[id{p.Name, p.Arch}]
		known[id{p.Name, p.Arch}] = true
		return before
	})
}

// maxPackages bounds a database that is spread over files.
const maxPackages = 200_000

var errTooMany = fmt.Errorf("more than %d packages", maxPackages)

// under lists the files below a directory in byte order.
func under(f Files, dir string) []string {
	var names []string
	for name := range f {
		if strings.HasPrefix(name, dir) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// aptReasons computes why each package is there; nil means that nobody knows.
func aptReasons(s *deb.System, f Files) (notes []string, reasons []deb.Reason) {
	states, there := f[aptStates]
	s.States = deb.ExtendedStates(string(states))
	for arch := range strings.FieldsSeq(string(f[dpkgArch])) {
		if s.Foreign = append(s.Foreign, arch); len(s.Foreign) == maxArchitectures {
			break
		}
	}
	if len(s.Foreign) > 0 {
		s.Native = s.Foreign[0] // dpkg writes its own architecture first
	}
	var parts []deb.ConfigFile
	for _, name := range under(f, aptConfD) {
		parts = append(parts, deb.ConfigFile{Name: strings.TrimPrefix(name, aptConfD), Text: string(f[name])})
	}
	s.Config, notes = deb.ReadConfig(parts, string(f[aptConf]))
	reasons, err := deb.Reasons(*s)
	if err != nil {
		return append(notes, "dpkg: why packages are installed is unknown: "+err.Error()), nil
	}
	if s.States.Entries > 0 {
		return notes, reasons
	}
	what := "missing"
	if there {
		what = "empty"
	}
	notes = append(notes, "dpkg: apt's extended_states is "+what+Unasked)
	for i := range reasons {
		if reasons[i].Why != deb.WhyEssential {
			reasons[i] = deb.Reason{}
		}
	}
	return notes, reasons
}

// maxArchitectures is more than Debian has.
const maxArchitectures = 100

var aptWords = map[deb.Why]Reason{
	deb.WhyUnknown: Unknown, deb.WhyEssential: Essential, deb.WhyManual: Manual, deb.WhyDependency: Dependency,
	deb.WhyRecommended: Recommended, deb.WhySuggested: Suggested, deb.WhyOrphan: Orphan,
}

// addDeb adds a paragraph, unless nothing at all is left of its package.
func (d *Database) addDeb(p *deb.Package, row int, f Files) {
	var state State
	switch {
	case p.State == "installed", p.State == "triggers-pending", p.State == "triggers-awaited":
		state = Installed
	case p.State == "config-files":
		state = ConfigFiles
	case p.Current():
		state = HalfInstalled
	default:
		return
	}
	d.Packages = append(d.Packages, Package{
		Manager: Dpkg, Name: p.Name, Version: p.Version, Arch: p.Arch, Source: p.Source, Section: p.Section,
		State: state, Held: p.Want == "hold", Reason: Unknown,
		Deb: p, files: debFiles(p, f), row: row,
	})
}

// debFiles yields what dpkg (NAME.list, or NAME:ARCH.list for Multi-Arch: same)
// or a distroless image (status.d/NAME.md5sums) lists for a package. Where the
// list is lost, the check sums name at least the regular files.
func debFiles(p *deb.Package, f Files) iter.Seq[string] {
	for _, name := range []string{p.Name + ":" + p.Arch, p.Name} {
		if list, ok := f[dpkgInfo+name+".list"]; ok {
			return listed(list, 0)
		}
	}
	for _, name := range []string{dpkgInfo + p.Name + ":" + p.Arch, dpkgInfo + p.Name, dpkgStatusD + p.Name} {
		if sums, ok := f[name+".md5sums"]; ok {
			return listed(sums, md5Columns)
		}
	}
	return listed(nil, 0)
}

// md5Columns is what stands before the path in a line of md5sums: 32 digits of
// the sum and two blanks.
const md5Columns = 34

// listed yields the paths of a file with one a line, after the first columns.
func listed(text []byte, columns int) iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range bytes.Lines(text) {
			line = bytes.TrimRight(line, "\r\n")
			if len(line) <= columns {
				continue
			}
			if path := clean(string(line[columns:])); path != "" && !yield(path) {
				return
			}
		}
	}
}

// clean makes a path like those of the tree: no leading slash, no dots.
func clean(name string) string {
	if !strings.HasPrefix(name, "/") {
		name = "/" + name
	}
	return path.Clean(name)[1:]
}

// diversion says that dpkg puts a path elsewhere for all packages but one:
// dpkg-divert(1). By is "" for a local diversion, which moves it for all.
type diversion struct{ from, to, by string }

// readDiversions reads triples of lines: the path, where it goes, and the package
// whose own file stays (":" for none).
func readDiversions(text []byte) []diversion {
	var out []diversion
	var lines []string
	for line := range strings.Lines(string(text)) {
		if lines = append(lines, strings.TrimRight(line, "\n")); len(lines) < 3 {
			continue
		}
		d := diversion{clean(lines[0]), clean(lines[1]), lines[2]}
		if d.by == ":" {
			d.by = ""
		}
		if d.from != "" && d.to != "" {
			out = append(out, d)
		}
		if lines = lines[:0]; len(out) == maxDiversions {
			break
		}
	}
	return out
}

const maxDiversions = 10_000
