package demo

import (
	_ "embed"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/analyze/rope"
)

//go:embed data/debian.txt
var debianText string

//go:embed data/python3-pip.txt
var pythonText string

// debPackage is a package of Debian: its control fields as written, and what it
// installs.
type debPackage struct {
	name, arch, version string
	multiArch           string
	control             []string // "Field: value"
	files               []entry
	links               [][2]string // name, target
}

// parsePackages reads the tables in data/. They are part of the program, so an
// odd line is a mistake of ours and panics.
func parsePackages(text string) []debPackage {
	var out []debPackage
	var p *debPackage
	dir := ""
	for line := range strings.SplitSeq(text, "\n") {
		field, value, isField := strings.Cut(line, ": ")
		name, target, isLink := strings.Cut(line, " -> ")
		switch {
		case line == "" || line[0] == '#':
		case field == "Package":
			out = append(out, debPackage{name: value, control: []string{line}})
			p, dir = &out[len(out)-1], ""
		case line[0] == '/':
			dir = strings.TrimPrefix(line, "/")
		case dir == "" && isField:
			p.field(field, value)
		case isLink:
			p.links = append(p.links, [2]string{path.Join(dir, name), target})
		default:
			p.files = append(p.files, parseFile(dir, line))
		}
	}
	return out
}

func (p *debPackage) field(name, value string) {
	p.control = append(p.control, name+": "+value)
	switch name {
	case "Version":
		p.version = value
	case "Architecture":
		p.arch = value
	case "Multi-Arch":
		p.multiArch = value
	}
}

// parseFile reads "name size" or "name size mode".
func parseFile(dir, line string) entry {
	parts := strings.Fields(line)
	if len(parts) == 2 {
		parts = append(parts, "644")
	}
	if len(parts) != 3 {
		panic(fmt.Sprintf("demo: odd line %q below /%s", line, dir))
	}
	size, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		panic(fmt.Sprintf("demo: odd size in %q below /%s", line, dir))
	}
	mode, err := strconv.ParseInt(parts[2], 8, 64)
	if err != nil {
		panic(fmt.Sprintf("demo: odd mode in %q below /%s", line, dir))
	}
	name := path.Join(dir, parts[0])
	return entry{path: name, size: size, mode: mode, kind: kindOf(name)}
}

// kindOf guesses from a name how its content compresses.
func kindOf(name string) kind {
	switch path.Ext(name) {
	case ".gz", ".xz", ".whl", ".lz4", ".tgz", ".png", ".exe", ".jar", ".woff2":
		return packed
	case ".py", ".pm", ".pl", ".h", ".txt", ".conf", ".js", ".ts", ".json", ".md", ".crt", ".list", ".html", ".map", ".cjs", ".mjs":
		return source
	}
	if strings.HasPrefix(name, "etc/") || strings.HasPrefix(name, "usr/include/") || strings.HasPrefix(name, "usr/share/") {
		return source
	}
	return program
}

// aptConf are the files of apt's configuration that packages bring: apt and tare
// read them. As in apt and debconf of Debian 12, shortened.
var aptConf = map[string]string{
	"etc/apt/apt.conf.d/70debconf": "// Pre-configure all packages with debconf before they are installed.\n" +
		"DPkg::Pre-Install-Pkgs {\"/usr/sbin/dpkg-preconfigure --apt || true\";};\n",
	"etc/apt/apt.conf.d/01autoremove": "APT\n{\n  NeverAutoRemove\n  {\n\t\"^firmware-linux.*\";\n\t\"^linux-firmware$\";\n  };\n\n" +
		"  Never-MarkAuto-Sections\n  {\n\t\"metapackages\";\n\t\"tasks\";\n  };\n};\n",
}

// install writes packages as dpkg unpacks them, each with its copyright file.
func install(l *layer, packages []debPackage) {
	for _, p := range packages {
		for _, file := range p.files {
			if text, ok := aptConf[file.path]; ok {
				l.text(file.path, text)
			} else {
				l.add(file)
			}
		}
		for _, link := range p.links {
			l.symlink(link[0], link[1])
		}
		l.add(entry{path: "usr/share/doc/" + p.name + "/copyright", size: 1500 + 97*int64(len(p.files)%60), kind: source})
	}
}

// dpkgDatabase writes dpkg's and apt's records of what is installed: status as
// in deb(5) and dpkg's own documentation, extended_states as apt keeps it.
// New are the packages that this layer installs; asked are those that were named
// on the command line.
func dpkgDatabase(l *layer, before, added []debPackage, asked ...string) {
	l.text("var/lib/dpkg/status", status(append(slices.Clone(before), added...)))
	if len(before) > 0 {
		l.text("var/lib/dpkg/status-old", status(before))
		l.text("var/lib/apt/extended_states", extendedStates(added, asked))
	}
	for _, p := range added {
		l.text("var/lib/dpkg/info/"+p.record()+".list", p.list())
		l.add(entry{path: "var/lib/dpkg/info/" + p.record() + ".md5sums", size: 70 * int64(len(p.files)+1), kind: source})
	}
	l.add(
		entry{path: "var/log/dpkg.log", size: 620 * int64(len(added)), kind: source, seed: fmt.Sprint("dpkg.log ", len(added))},
		entry{path: "var/log/alternatives.log", size: 4210, kind: source, seed: fmt.Sprint("alternatives.log ", len(added))},
		entry{path: "var/cache/ldconfig/aux-cache", size: 90 * int64(len(added)), mode: 0o600, kind: program, seed: fmt.Sprint("aux-cache ", len(added))},
		entry{path: "etc/ld.so.cache", size: 60 * int64(len(before)+len(added)), kind: program, seed: fmt.Sprint("ld.so.cache ", len(added))},
		entry{path: "var/cache/debconf/config.dat", size: 11 * rope.BlockSize, kind: source, seed: fmt.Sprint("config.dat ", len(added))},
		entry{path: "var/cache/debconf/templates.dat", size: 900 * int64(len(before)+len(added)), kind: source, seed: fmt.Sprint("templates.dat ", len(added))},
	)
}

func status(packages []debPackage) string {
	sorted := slices.SortedFunc(slices.Values(packages), func(a, b debPackage) int { return strings.Compare(a.name, b.name) })
	var b strings.Builder
	for _, p := range sorted {
		var size int64
		for _, f := range p.files {
			size += f.size
		}
		fmt.Fprintf(&b, "%s\nStatus: install ok installed\nInstalled-Size: %d\n", p.control[0], (size+1023)/1024)
		for _, line := range p.control[1:] {
			b.WriteString(line + "\n")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func extendedStates(added []debPackage, asked []string) string {
	var b strings.Builder
	for _, p := range added {
		if !slices.Contains(asked, p.name) {
			arch := p.arch
			if arch == "all" {
				arch = "amd64" // apt counts them as native
			}
			fmt.Fprintf(&b, "Package: %s\nArchitecture: %s\nAuto-Installed: 1\n\n", p.name, arch)
		}
	}
	return b.String()
}

// record is the name of the package's files in /var/lib/dpkg/info.
func (p *debPackage) record() string {
	if p.multiArch == "same" {
		return p.name + ":" + p.arch
	}
	return p.name
}

// list is the package's paths, directories first, as dpkg records them.
func (p *debPackage) list() string {
	names := []string{"/.", "/usr/share/doc/" + p.name + "/copyright"}
	seen := map[string]bool{"": true}
	add := func(name string) {
		for i, c := range name {
			if c == '/' && !seen[name[:i]] {
				seen[name[:i]] = true
				names = append(names, "/"+name[:i])
			}
		}
		names = append(names, "/"+name)
	}
	for _, f := range p.files {
		add(f.path)
	}
	for _, link := range p.links {
		add(link[0])
	}
	return strings.Join(names, "\n") + "\n"
}
