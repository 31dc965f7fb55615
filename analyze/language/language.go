// Package language reads what the package managers of programming languages leave in an image:
// which packages are installed, where, in which version, and which files belong to them.
//
// It works in two steps, because a layer passes only once and most of these files are long:
//
//	var c language.Collector
//	c.Begin(path, size) // of each file of a layer, as its content passes
//	c.Write(content)
//	found, ok := c.End() // what this one file says: a name, a version, a list of files
//
//	packages := language.List(files, image) // what all files of the finished image say together
//
// The first step keeps a few words of each file ([Found]); it knows nothing but the file's path
// and content, so that what it finds can be stored with the layer. The second step joins them:
// a dist-info directory of Python is several files, and whether a module of Node is there for
// development only is in the lock file above it.
//
// Each manager is a file here and a line in the table of managers. Contents come from strangers:
// a file that cannot be understood says nothing, and what is kept of one is bounded.
package language

import (
	"iter"
	"maps"
	"path"
	"slices"
	"strings"
)

// The managers a Package can come from. A package of Python is called pip's, and a module of
// Node npm's, whichever program installed it: they are the same files.
const (
	Conda    = "conda"
	Pip      = "pip"
	Gem      = "gem"
	Composer = "composer"
	Npm      = "npm"
	Cran     = "cran"
	DotNet   = "dotnet"
	Go       = "go"
	Cargo    = "cargo"
	Maven    = "maven"
)

// Found is what one file of an image says of packages.
type Found struct {
	// Manager is whose file it is.
	Manager string
	// Rows are what it says of each package that it mentions.
	Rows []Row
}

// Row is what a file says of one package. What it does not say is empty: the list of a package's
// files is in another file than its name.
type Row struct {
	Name, Version string
	// Dir is the package's directory where the file names one, as it writes it.
	Dir string
	// Asked is true for a package that somebody asked for by name.
	Asked bool
	// Dev is true for a package that only development needs.
	Dev bool
	// Requires are the names of packages that this one needs.
	Requires []string
	// Files are the files that belong to it, as the file writes them, with a line end
	// behind each: a package can have ten thousand. Of a module of Node they are those that
	// its package.json names as what programs load or run.
	Files string
	// Unknown is what keeps the file from telling more, one of the words of [Note.Kind]; ""
	// for a row that says all. A row without a name may say nothing else.
	Unknown string
}

// Package is one package of a finished image.
type Package struct {
	Manager, Name, Version string
	// At is the file that tells that the package is installed.
	At string
	// Location is the directory or the file that people would look into to find it.
	Location string
	// Dirs are directories that belong to it with all that is in them, but for what
	// belongs to a package further down.
	Dirs []string
	// Files belong to it wherever they are. Paths here have no leading slash.
	Files iter.Seq[string]
	// Asked, Dev: see Row. Known is true where the image tells which packages were asked for.
	Asked, Dev, Known bool
	// NeededBy is the package that needs this one, of several the first; "" where nobody does
	// or nobody knows.
	NeededBy string
	// Entries are the files that a module of Node names as what programs load or run, relative
	// to Location; * stands for any text.
	Entries []string
	// Unsized is why the image does not tell all files that belong to it, a word of
	// [Note.Kind], so that nobody knows how many and how large they are; "" where it does.
	Unsized string
	// Inside is true for a package that lies within a file, such as a module in a program:
	// it has no bytes of its own.
	Inside bool
}

// files are what the files of an image say that belong to one manager, by path.
type files map[string]*Found

// manager is how one manager's files are read.
type manager struct {
	name string
	// looks returns what reads a file's content, by its path; nil for a file that is none of
	// the manager's.
	looks func(name string) *look
	// list joins what its files say.
	list func(files, *Image) []Package
}

// Note says of some files that they hold packages which nobody can tell.
type Note struct {
	Kind  string   // why
	Files []string // by path without leading slash
}

// Image answers what managers ask of a finished image. Paths have no leading slash.
type Image struct {
	// Exists reports whether something is visible at a path.
	Exists Exists
	// Links are the directories that the symbolic links lead to for which [WantsLink] reports
	// true, by the link's path.
	Links map[string]string
}

// Exists reports whether a file is visible in the image, by its path without leading slash.
type Exists func(name string) bool

// WantsLink reports whether it matters where a symbolic link leads, by its path: Node finds modules
// through links.
func WantsLink(name string) bool { return path.Base(name) == modules || moduleName(name) != "" }

// look is how a content is read that a manager looks at.
type look struct {
	// read returns what it says. It reports false where it says nothing.
	read func(name string, content []byte) (Found, bool)
	// limit is the size in bytes up to which a content is read.
	limit   int64
	manager string
}

func upTo(limit int64, manager string, read func(name string, content []byte) (Found, bool)) *look {
	return &look{read, limit, manager}
}

// managers are all of them. Those further up own a file that several list.
var managers = []manager{
	{Conda, looksConda, listConda},
	{Pip, looksPython, listPython},
	{Gem, looksGem, listGem},
	{Composer, looksComposer, listComposer},
	{Npm, looksNode, listNode},
	{Cran, looksR, listR},
	{DotNet, looksDotNet, listDotNet},
	{Go, looksNever, listGo},
	{Cargo, looksNever, listCargo},
	{Maven, looksNever, listJava},
}

// MaxSize is the size in bytes up to which a file is read.
const MaxSize = 32 << 20

// mayTell reports whether a name ends as one does that a manager looks at. Most of an image's files
// do not, and every one is asked about. A manager whose files end in another way adds that here.
func mayTell(name string) bool {
	if len(name) < 4 {
		return false
	}
	switch name[len(name)-4:] {
	case "json", "spec", "lock", "DATA", "CORD", "INFO", "info", ".txt", "link", "TION":
		return true
	}
	return false
}

// looksAt returns what reads a file, nil for none.
func looksAt(name string, size int64) *look {
	if size <= 0 || !mayTell(name) {
		return nil
	}
	for i := range managers {
		if f := managers[i].looks(name); f != nil {
			return f
		}
	}
	return nil
}

// looksNever is for managers whose files are known by their content alone.
func looksNever(string) *look { return nil }

// List joins what the visible files of an image say, by path without leading slash. Packages come
// in the order in which they own what several claim, and of one manager by path. What lies in a
// manager's cache is not installed and not listed. The notes are about files that cannot be
// understood.
func List(found map[string]*Found, in *Image) (all []Package, notes []Note) {
	by := make(map[string]files)
	caches, more := cacheDirs(found)
	for name, f := range found {
		if f.Manager != Conda && caches.hold(name) {
			continue
		}
		if by[f.Manager] == nil {
			by[f.Manager] = make(files)
		}
		by[f.Manager][name] = f
	}
	for i := range managers {
		if of := by[managers[i].name]; of != nil {
			all = append(all, managers[i].list(of, in)...)
		}
	}
	notes = unknown(by, in)
	if len(more) > 0 {
		notes = append(notes, Note{manyCaches, more})
	}
	if locks := locksOf(by[Gem]); len(locks) > maxLocks {
		notes = append(notes, Note{manyLocks, locks[maxLocks:]})
	}
	var unlisted []string
	for i := range all {
		if all[i].Unsized == noList {
			unlisted = append(unlisted, all[i].At)
		}
	}
	if len(unlisted) > 0 {
		slices.Sort(unlisted)
		notes = append(notes, Note{noList, slices.Compact(unlisted)})
	}
	return all, notes
}

// unknown lists the files that do not tell what they hold, or not all of it, by kind.
func unknown(by map[string]files, in *Image) (notes []Note) {
	of := make(map[string][]string)
	for _, all := range by {
		for name, f := range all {
			for i := range f.Rows {
				if kind := f.Rows[i].Unknown; kind != "" && !isTemplate(name, f, in) {
					of[kind] = append(of[kind], name)
					break
				}
			}
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(of)) {
		slices.Sort(of[kind])
		notes = append(notes, Note{kind, of[kind]})
	}
	return notes
}

// isTemplate reports whether a file that is not understood is one of a project for which nothing is
// installed, as those from which others are made.
func isTemplate(name string, f *Found, in *Image) bool {
	switch {
	case f.Manager == Npm && path.Base(name) == packageJSON && moduleName(path.Dir(name)) == "":
		return !in.Exists(path.Join(parent(name), modules))
	case f.Manager == Composer && path.Base(name) == composerJSON:
		return !in.Exists(path.Join(parent(name), "vendor"))
	}
	return false
}

// lines goes through a list of files, each as a clean path below a directory. A path that leads
// out of the image is left out.
func lines(dir, list string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for name := range strings.SplitSeq(strings.TrimSuffix(list, "\n"), "\n") {
			if name = below(dir, name); name != "" && !yield(name) {
				return
			}
		}
	}
}

// also goes through a list and then through more.
func also(list iter.Seq[string], more ...string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for name := range list {
			if !yield(name) {
				return
			}
		}
		for _, name := range more {
			if name != "" && !yield(name) {
				return
			}
		}
	}
}

// parent returns the directory that a path lies in, "" for the image's root.
func parent(name string) string {
	if dir := path.Dir(name); dir != "." {
		return dir
	}
	return ""
}

// below returns the clean path of a name that is relative to a directory, or absolute; "" for one
// that leads nowhere.
func below(dir, name string) string {
	if name == "" {
		return ""
	}
	if path.IsAbs(name) {
		return path.Clean(name)[1:]
	}
	if dir != "" && isClean(dir) && isClean(name) { // as nearly always
		return dir + "/" + name
	}
	return path.Clean("/" + dir + "/" + name)[1:]
}

// isClean reports whether a relative path is as path.Clean would leave it, without any .. too.
func isClean(name string) bool {
	for more := true; more; {
		var part string
		if part, name, more = strings.Cut(name, "/"); part == "" || part == "." || part == ".." {
			return false
		}
	}
	return true
}
