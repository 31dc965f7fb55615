package packages

import (
	"bytes"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/packages/deb"
)

// opkgDirs are where opkg keeps its database: OpenWrt, Yocto, and older ones of either.
var opkgDirs = []string{"usr/lib/opkg/", "var/lib/opkg/", "lib/opkg/"}

// opkgInfo holds NAME.list and NAME.control in each of opkgDirs.
const opkgInfo = "info/"

func wantsOpkg(dir, base string) bool {
	if base == "status" {
		return slices.Contains(opkgDirs, dir)
	}
	dir, isInfo := strings.CutSuffix(dir, opkgInfo)
	return isInfo && slices.Contains(opkgDirs, dir) && (strings.HasSuffix(base, ".list") || strings.HasSuffix(base, ".control"))
}

// readOpkg reads opkg's database, which is like dpkg's: a status with a paragraph for
// each package, and a list of the files of each. A paragraph of the status also has
// "Auto-Installed: yes" where something else needed the package. The paragraphs
// NAME.control stand in for a status that somebody deleted. A package that two of the
// places list counts once, as the first says.
func readOpkg(d *Database, f Files) (notes []string, err error) {
	o := opkg{files: f, known: make(map[string]bool)}
	for _, dir := range opkgDirs {
		if err = o.read(d, dir); err != nil {
			break
		}
	}
	o.notes = append(o.notes, those("opkg: the list of files is missing for %s, so tare cannot tell which files belong to them", o.unlisted)...)
	if o.found == 0 {
		return o.notes, err
	}
	whole := err == nil
	d.explain = append(d.explain, func() (notes []string) {
		if !o.tells {
			return []string{"opkg: its status says of no package that it was asked for or came by itself" + Unasked}
		}
		if whole {
			d.explainOpkg(&o)
		}
		for i := range d.Packages {
			if p := &d.Packages[i]; p.Manager == Opkg && p.Deb.Essential {
				p.Reason, p.NeededBy = Essential, ""
			}
		}
		return nil
	})
	return o.notes, err
}

// explainOpkg gives the packages their reasons. A package may be marked as one that came by
// itself and as one that the user named, in the images of OpenWrt that are made with a
// list: it counts as named only if nothing needs it.
func (d *Database) explainOpkg(o *opkg) {
	d.explainAsked(Opkg, o.said, Orphan)
	again := false
	for i := range d.Packages {
		if p := &d.Packages[i]; p.Manager == Opkg && p.Reason == Orphan && strings.Contains(p.Deb.Flag, "user") {
			o.said[p.row], again = byName, true
		}
	}
	if again {
		d.explainAsked(Opkg, o.said, Orphan)
	}
	d.explainWished(Opkg, Recommended, func(p *Package) []string { return debNames(p.Deb.Recommends) })
	d.explainWished(Opkg, Suggested, func(p *Package) []string { return debNames(p.Deb.Suggests) })
}

func debNames(list []deb.Relation) []string {
	names := make([]string, len(list))
	for i := range list {
		names[i] = list[i].Name
	}
	return names
}

// opkg is what the places say, read one after the other.
type opkg struct {
	files Files
	known map[string]bool // packages that a place has listed
	said  []asked         // by row
	tells bool            // that something was asked for, or was not
	found int
	notes []string
	// unlisted are the packages whose list of files is missing.
	unlisted []string
}

func (o *opkg) read(d *Database, dir string) error {
	status, there := o.files[dir+"status"]
	text := string(status)
	controls := under(o.files, dir+opkgInfo)
	controls = slices.DeleteFunc(controls, func(name string) bool { return !strings.HasSuffix(name, ".control") })
	if len(bytes.TrimSpace(status)) == 0 && len(controls) > 0 {
		what := "missing"
		if there {
			what = "empty"
		}
		o.notes = append(o.notes, fmt.Sprintf("opkg: %sstatus is %s, so the packages are those of %s%s", dir, what, dir, opkgInfo))
		var all strings.Builder
		for _, name := range controls {
			all.WriteString(strings.TrimSpace(string(o.files[name])))
			all.WriteString("\n\n")
		}
		text = all.String()
	}
	names, automatic := opkgNames(text)
	list, notes, err := deb.Status(text)
	o.notes = append(o.notes, notes...)
	if len(list) == 0 && strings.TrimSpace(text) != "" && err == nil {
		o.notes = append(o.notes, "opkg: "+dir+"status lists no package that could be read")
	}
	for i := range list {
		p := &list[i]
		if name, ok := names[p.Name]; ok {
			p.Name = name
		}
		if p.State == "" && len(controls) > 0 && len(bytes.TrimSpace(status)) == 0 {
			p.Want, p.State = "install", "installed" // what is there is installed
		}
		state := opkgState(p)
		if state == "" || o.known[p.Name+" "+p.Arch] {
			continue
		}
		o.known[p.Name+" "+p.Arch] = true
		if o.found++; o.found > maxPackages {
			return errTooMany
		}
		files, listed := o.files[dir+opkgInfo+p.Name+".list"]
		if !listed && state == Installed {
			o.unlisted = append(o.unlisted, p.Name)
		}
		said := byName
		if automatic[p.Name] {
			said = byNobody
		}
		o.said = append(o.said, said)
		o.tells = o.tells || automatic[p.Name] || strings.Contains(p.Flag, "user")
		d.Packages = append(d.Packages, Package{
			Manager: Opkg, Name: p.Name, Version: p.Version, Arch: p.Arch, Source: p.Source, Section: p.Section,
			State: state, Held: strings.Contains(p.Flag, "hold"), Reason: Unknown, Deb: p, row: len(o.said) - 1,
			files: opkgFiles(files),
		})
	}
	return err
}

// opkgState is "" for a package of which nothing is left.
func opkgState(p *deb.Package) State {
	switch {
	case p.State == "installed":
		return Installed
	case p.State == "config-files":
		return ConfigFiles
	case p.Current():
		return HalfInstalled
	}
	return ""
}

// opkgNames returns the packages of a status as they are written, which for opkg makes
// a difference, by the names that package deb gives them; and which of them were not
// asked for.
func opkgNames(text string) (names map[string]string, automatic map[string]bool) {
	names, automatic = make(map[string]string), make(map[string]bool)
	for paragraph := range deb.Paragraphs(text) {
		name, auto := "", false
		for field, value := range paragraph.Fields() {
			switch strings.ToLower(field) {
			case "package":
				name = value
			case "auto-installed":
				auto = strings.EqualFold(value, "yes")
			}
		}
		if len(names) == maxPackages {
			break
		}
		names[strings.ToLower(name)] = name
		if auto {
			automatic[name] = true
		}
	}
	return names, automatic
}

// opkgFiles yields the paths of a list: one a line, followed in newer versions by a tab
// and the mode, and by another and where a link leads.
func opkgFiles(text []byte) iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range bytes.Lines(text) {
			line, _, _ = bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte("\t"))
			if name := clean(string(line)); name != "" && !yield(name) {
				return
			}
		}
	}
}
