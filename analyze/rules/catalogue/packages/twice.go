package packages

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// PackageTwice follows `npm dedupe`, and venv's option --without-pip.
var PackageTwice = rules.Rule{
	ID:    "package-twice",
	Group: rules.Packages,
	Title: "packages installed more than once",
	Why: "The package managers of programming languages put a package wherever somebody asks for it: a virtual environment beside the system's modules, a second copy deeper in node_modules, an older version of a jar beside the new one. " +
		"A program loads one of them. tare names each package that is in several places, keeps the largest copy and counts the others. Two versions may both be wanted, so this is worth a look and not waste.",
	Confidence:  model.Possible,
	VisibleOnly: true,
	Paths:       []string{"**/site-packages/**", "**/dist-packages/**", "**/node_modules/**", "**/*.jar", "**/gems/**"},
	Unless:      func(b *rules.Build) bool { return len(packagesTwice(b)) == 0 },
	Concerns: func(b *rules.Build, id model.RecordID, _ model.NodeID) bool {
		return packagesTwice(b)[b.LibraryOf(id)] != nil
	},
	Fix: fixPackageTwice,
	TitleOf: func(f *model.Finding, b *rules.Build) string {
		if p, others := firstTwice(f, b); p != nil && len(others) > 1 {
			return p.Name + " and other packages more than once"
		} else if p != nil {
			return p.Name + " more than once"
		}
		return ""
	},
	Lesson: rules.Lesson{
		See:     "docker run --rm --entrypoint npm IMAGE ls --all\ndocker run --rm --entrypoint find IMAGE / -xdev -name '*.dist-info' -prune",
		Before:  "RUN python3 -m venv /venv && /venv/bin/pip install -r requirements.txt",
		After:   "RUN python3 -m venv --without-pip /venv && pip --python /venv/bin/python install -r requirements.txt",
		WhenNot: "Where two programs in the image need different versions.",
		Sources: []string{"https://docs.npmjs.com/cli/commands/npm-dedupe", "https://docs.python.org/3/library/venv.html"},
	},
	Fixture: rules.Fixture{
		Hit: `
			COPY app /app
			+ app/node_modules/a/package.json {"name": "a", "version": "1.0.0"}
			+ app/node_modules/b/package.json {"name": "b", "version": "1.0.0"}
			+ app/node_modules/b/node_modules/a/package.json {"name": "a", "version": "2.0.0"}
			config {"Cmd": ["node", "server.js"]}`,
		Miss: `
			COPY app /app
			+ app/node_modules/a/package.json {"name": "a", "version": "1.0.0"}
			+ app/node_modules/b/package.json {"name": "b", "version": "1.0.0"}
			+ tool/node_modules/a/package.json {"name": "a", "version": "2.0.0"}
			config {"Cmd": ["node", "server.js"]}`,
	},
}

// packagesTwice returns the copies of packages beyond the largest one of each, with the copy that
// is kept.
func packagesTwice(b *rules.Build) map[*model.Package]*model.Package {
	if b == nil {
		return nil
	}
	return b.Parsed().Remember("packages twice", func() any {
		type key struct{ manager, name, place string }
		by := make(map[key][]*model.Package)
		projects := workspaces(b.Libraries)
		for i := range b.Libraries {
			p := &b.Libraries[i]
			if p.Bytes == 0 && !ofSystem(b, p) {
				continue
			}
			k := key{p.Manager, strings.ToLower(strings.ReplaceAll(p.Name, "_", "-")), ""}
			if p.Manager == "npm" {
				k.place = projects.of(p) // two projects share no node_modules
			}
			by[k] = append(by[k], p)
		}
		extra := make(map[*model.Package]*model.Package)
		for _, copies := range by {
			copies = withoutReplaced(copies, extra)
			slices.SortFunc(copies, func(x, y *model.Package) int {
				return cmp.Or(cmp.Compare(y.PartOf, x.PartOf), cmp.Compare(y.Bytes, x.Bytes), cmp.Compare(x.Location, y.Location))
			})
			for _, p := range copies[1:] {
				if p.PartOf == "" {
					extra[p] = copies[0]
				}
			}
		}
		return extra
	}).(map[*model.Package]*model.Package)
}

// withoutReplaced takes out the versions of a package of Python that another was installed over,
// without being uninstalled, and notes that other one as the one that is kept.
func withoutReplaced(copies []*model.Package, extra map[*model.Package]*model.Package) (rest []*model.Package) {
	last := make(map[string]*model.Package) // by directory
	for _, p := range copies {
		if q := last[p.Location]; q == nil || cmp.Or(cmp.Compare(p.Layer, q.Layer), cmp.Compare(p.Bytes, q.Bytes)) > 0 {
			last[p.Location] = p
		}
	}
	for _, p := range copies {
		if kept := last[p.Location]; p.Manager != "pip" || p == kept || p.PartOf != "" || kept.PartOf != "" {
			rest = append(rest, p)
		} else {
			extra[p] = kept
		}
	}
	return rest
}

// ofSystem reports whether a package of a language is a part of one of the system, which has its
// bytes: apt's python3-pip is pip, too. That one is kept.
func ofSystem(b *rules.Build, p *model.Package) bool {
	return p.PartOf != "" && slices.ContainsFunc(b.Packages, func(s model.Package) bool { return s.Name == p.PartOf })
}

// projectDirs are the directories of the packages of npm's workspaces, and of which project each is.
type projectDirs map[string]string

// workspaces finds them: a package that is installed and lies in no node_modules is one that the
// node_modules of the nearest project above leads to.
func workspaces(libraries []model.Package) projectDirs {
	places := make(map[string]bool)
	for i := range libraries {
		if p := &libraries[i]; p.Manager == "npm" && p.Place() != p.Location {
			places[p.Place()] = true
		}
	}
	dirs := make(projectDirs)
	for i := range libraries {
		p := &libraries[i]
		if p.Manager != "npm" || p.Place() != p.Location {
			continue
		}
		for dir := path.Dir(p.Location); dir != "." && dirs[p.Location] == ""; dir = path.Dir(dir) {
			if places[dir] {
				dirs[p.Location] = dir
			}
		}
	}
	return dirs
}

// of returns the project that a module is installed for: of one in a package of a workspace the
// whole workspace.
func (d projectDirs) of(p *model.Package) string {
	place := p.Place()
	for range len(d) {
		next := d[place]
		if next == "" {
			break
		}
		place = next
	}
	return place
}

// firstTwice returns the package that the largest file of a finding belongs to, and the names of
// all those that its paths tell.
func firstTwice(f *model.Finding, b *rules.Build) (first *model.Package, names map[string]bool) {
	names = make(map[string]bool)
	for _, name := range f.Paths {
		id, ok := b.VisibleAt(name)
		if !ok {
			continue
		}
		if p := b.LibraryOf(b.Tree.Content(id)); p != nil {
			first = cmp.Or(first, p)
			names[p.Name] = true
		}
	}
	return first, names
}

// fixPackageTwice names both places, and how the manager keeps one.
func fixPackageTwice(f *model.Finding, b *rules.Build) *model.Fix {
	p, _ := firstTwice(f, b)
	kept := packagesTwice(b)[p]
	if kept == nil {
		return advice.Hint(model.Manual, "Install each package once.")
	}
	if p.Manager == "pip" && p.Location == kept.Location {
		return advice.Hint(model.Manual, fmt.Sprintf("%s %s is still in /%s, where %s was installed over it: install one version only, or uninstall the old one before, as pip does without --target and --ignore-installed.", p.Name, p.Version, p.Location, kept.Version))
	}
	both := fmt.Sprintf("%s %s is in /%s, and %s in /%s: ", p.Name, p.Version, p.Location, kept.Version, kept.Location)
	switch p.Manager {
	case "npm":
		if strings.Contains(p.Location+"/", "/.pnpm/") {
			return advice.Hint(model.Manual, both+"ask for versions that agree, and run pnpm dedupe.")
		}
		return advice.Hint(model.Manual, both+"ask for versions that agree, and run npm dedupe.")
	case "pip":
		if p.Name == "pip" || p.Name == "setuptools" || p.Name == "wheel" {
			return advice.Hint(model.Manual, both+"make the environment with python3 -m venv --without-pip, or install into the system's directory.")
		}
		return advice.Hint(model.Manual, both+"install it into one of them.")
	}
	return advice.Hint(model.Manual, both+"keep the one that the program loads.")
}

// LibraryTwice follows ld.so(8): a program loads one library of a SONAME.
var LibraryTwice = rules.Rule{
	ID:    "library-twice",
	Group: rules.Packages,
	Title: "the same shared library twice",
	Why: "Programs ask the loader for a shared library by its SONAME, and a program loads only one library of each name. Often an image has two: CUDA in the base image and again in Python's wheels, OpenBLAS from apt and in numpy. " +
		"They are seldom the same byte for byte, so a search for duplicates does not find them. tare compares the SONAME of all libraries, keeps the copy that the system or the base brought, and counts the others.",
	Confidence:  model.Possible,
	VisibleOnly: true,
	Paths:       []string{"**/*.so", "**/*.so.*", "!etc/ld.so.*"},
	Unless:      func(b *rules.Build) bool { return len(librariesTwice(b)) == 0 },
	Exempts:     func(b *rules.Build, name string) bool { return librariesTwice(b)[name] == "" },
	Fix: func(f *model.Finding, b *rules.Build) *model.Fix {
		if len(f.Paths) == 0 || librariesTwice(b)[f.Paths[0]] == "" {
			return advice.Hint(model.Manual, "Keep the library that the program loads.")
		}
		kept, owner := librariesTwice(b)[f.Paths[0]], ""
		if id, ok := b.VisibleAt(f.Paths[0]); ok {
			if p := b.LibraryOf(b.Tree.Content(id)); p != nil {
				owner = " with " + p.Name
			}
		}
		return advice.Hint(model.Manual, fmt.Sprintf("%s comes%s and is also at /%s: start from a base image without it, or install the package in a form that does not bring it.", path.Base(f.Paths[0]), owner, kept))
	},
	TitleOf: func(f *model.Finding, _ *rules.Build) string {
		switch len(f.Paths) {
		case 0:
			return ""
		case 1:
			return path.Base(f.Paths[0]) + " twice"
		}
		return path.Base(f.Paths[0]) + " and other shared libraries twice"
	},
	Lesson: rules.Lesson{
		See:     "docker run --rm --entrypoint sh IMAGE -c 'find / -xdev -name \"*.so*\" -size +1M | sort -t/ -k1 | xargs -n1 basename | sort | uniq -d'",
		Before:  "FROM nvidia/cuda:12-runtime\nRUN pip install torch",
		After:   "FROM python:3-slim\nRUN pip install torch",
		WhenNot: "Where two programs need different builds of the library.",
		Sources: []string{"https://man7.org/linux/man-pages/man8/ld.so.8.html"},
	},
	Fixture: rules.Fixture{
		Hit: `
			COPY cuda /usr/local/cuda
			+ usr/local/cuda/lib64/libcublas.so.12.1 elf soname=libcublas.so.12
			RUN pip install torch
			+ usr/lib/python3/site-packages/nvidia/cublas/lib/libcublas.so.12 elf soname=libcublas.so.12
			config {"Cmd": ["python3", "serve.py"]}`,
		Miss: `
			COPY cuda /usr/local/cuda
			+ usr/local/cuda/lib64/libcublas.so.12.1 elf soname=libcublas.so.12
			RUN pip install torch
			+ usr/lib/python3/site-packages/nvidia/cublas/lib/libcublas.so.11 elf soname=libcublas.so.11
			config {"Cmd": ["python3", "serve.py"]}`,
	},
}

// librariesTwice returns where a library of the same name is kept, by the path of each one beyond
// that. What packages of the system bring is kept, and in separate trees of one architecture each.
func librariesTwice(b *rules.Build) map[string]string {
	if b == nil || b.Tree == nil {
		return nil
	}
	return b.Parsed().Remember("libraries twice", func() any {
		by := make(map[string][]model.RecordID)
		for id, f := range b.Executables {
			if r := &b.Tree.Records[id]; f.Soname != "" && r.Kind == model.File && r.Gone == model.StillThere {
				by[f.Soname] = append(by[f.Soname], id)
			}
		}
		extra := make(map[string]string)
		for _, copies := range by {
			if len(copies) < 2 {
				continue
			}
			systems := func(id model.RecordID) int {
				if b.Tree.Packages != nil && b.Tree.Packages[id] >= 0 {
					return 0
				}
				return 1
			}
			slices.SortFunc(copies, func(x, y model.RecordID) int {
				return cmp.Or(cmp.Compare(systems(x), systems(y)), cmp.Compare(x, y))
			})
			kept := b.Tree.Path(b.Tree.Records[copies[0]].Node)
			for _, id := range copies[1:] {
				name := b.Tree.Path(b.Tree.Records[id].Node)
				if systems(id) == 1 && path.Dir(name) != path.Dir(kept) && machineOf(name) == machineOf(kept) {
					extra[name] = kept
				}
			}
		}
		return extra
	}).(map[string]string)
}

// machineOf tells the libraries of another machine apart, which lie in directories that name it; ""
// for those of the usual ones.
func machineOf(name string) string {
	for dir := range strings.SplitSeq(name, "/") {
		triplet := strings.HasSuffix(dir, "-linux-gnu") || strings.HasSuffix(dir, "-linux-musl")
		switch {
		case triplet && !strings.HasPrefix(dir, "x86_64-") && !strings.HasPrefix(dir, "aarch64-"):
			return dir
		case dir == "lib32", dir == "libx32", dir == "i386", dir == "i686", dir == "x86":
			return dir
		}
	}
	return ""
}
