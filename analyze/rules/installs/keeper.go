package installs

import (
	"cmp"
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/loader"
	"github.com/tare-oci/tare/model"
)

// keeper chooses the packages that are kept.
type keeper struct {
	*facts
	chosen   []bool
	kept     []Kept
	view     *loader.View    // nil until asked for
	later    *[]laterInstall // nil until asked for
	compiled bool            // a program that the image compiled is in it
	before   int             // the instruction that what is kept next is for, container, or 0 where several are
}

// keep keeps a package, with what it depends on.
func (k *keeper) keep(i int, why string) {
	if !k.gone[i] || k.stays[i] || why == "" || k.comes(i) || k.isHollow(i) || k.isNamedInParts(i) {
		return
	}
	k.chosen[i] = true
	k.kept = append(k.kept, Kept{Name: k.Packages[i].Name, Why: why})
	from := slices.Clone(k.stays)
	from[i] = true
	k.stays = k.closure(from)
}

// isNamedInParts reports whether the install names what a package is there for: the compilers of
// build-essential, the headers of another Python.
func (k *keeper) isNamedInParts(i int) bool {
	switch k.Packages[i].Name {
	case "build-essential":
		return k.namesAny("g++ g++-[0-9]*") != "" && k.namesAny("make") != ""
	case "python3-dev":
		return k.namesAny("python3.[0-9]*-dev") != ""
	}
	return false
}

// isHollow reports whether a package of fonts brings no files but documentation: one that only
// has another name for another package.
func (k *keeper) isHollow(i int) bool {
	if !strings.HasPrefix(k.Packages[i].Name, "fonts-") || k.Tree == nil || k.Tree.Packages == nil {
		return false
	}
	for id, record := range k.Tree.Layer(k.Packages[i].Layer) {
		if int(k.Tree.Packages[id]) == i && record.Kind == model.File && !strings.HasPrefix(k.Tree.Path(record.Node), "usr/share/doc/") {
			return false
		}
	}
	return true
}

// synonyms are programs by another name than their package's.
var synonyms = map[string]string{"cc": "gcc", "c++": "g++", "gmake": "make", "systemctl": "systemd", "f77": "gfortran", "f95": "gfortran", "pdflatex": "texlive-latex-base",
	"strip": "binutils", "ld": "binutils", "as": "binutils", "ar": "binutils", "nm": "binutils", "ranlib": "binutils", "objdump": "binutils", "objcopy": "binutils", "readelf": "binutils", "strings": "binutils"}

// programs are the packages of programs at paths that containers start.
var programs = map[string]string{"/sbin/init": "systemd-sysv", "/usr/sbin/init": "systemd-sysv"}

// called keeps the packages whose programs are called.
func (k *keeper) called() {
	for i := range k.list {
		c := &k.list[i]
		name := c.Name()
		if name == "" {
			continue
		}
		k.before = c.at
		k.program(c.Words[0].Text, name+" is called "+k.where(c.at))
		k.before = 0
	}
	for i := range k.list {
		c := &k.list[i]
		if name := c.Name(); (name == "service" || name == "systemctl" || name == "invoke-rc.d") && len(c.Words) > 1 {
			for _, w := range c.Args() {
				k.file("/etc/init.d/"+strings.TrimSuffix(w.Text, ".service"), w.Text+" is started "+k.where(c.at))
			}
		}
	}
}

// program keeps the package of a program that a word of a command names.
func (k *keeper) program(word, why string) {
	if k.hasAnother(word) {
		return
	}
	name := path.Base(word)
	if p, ok := k.byName[cmp.Or(programs[word], synonyms[name], name)]; ok && k.gone[p] && (!path.IsAbs(word) || systemDir(path.Dir(word))) {
		k.keep(p, why)
		return
	}
	if !path.IsAbs(word) {
		if file, there := k.find(name); there {
			k.file(file, why)
		}
		return
	}
	k.file(word, why)
}

// hasAnother reports whether a program that is called by its name was in the image before
// the install, in a directory that the search path has before those of packages: python3 of
// the official image, for instance.
func (k *keeper) hasAnother(name string) bool {
	if k.Tree == nil || strings.Contains(name, "/") {
		return false
	}
	for _, dir := range k.SearchPath() {
		file := path.Join(dir, name)
		if systemDir(dir) {
			return false
		}
		node, ok := k.Tree.Lookup(file[1:])
		if !ok {
			continue
		}
		if id, visible := k.Tree.Visible(node); visible {
			_, owned := k.owner(file)
			return !owned && int(k.Tree.Records[id].Layer) < k.layer
		}
	}
	return false
}

// maxMentions is how many paths of the texts are looked up.
const maxMentions = 2000

// mentioned keeps the packages whose files a text names, or into whose own directories
// something is copied.
func (k *keeper) mentioned() {
	left, links := maxMentions, k.linksMade()
	for _, t := range k.texts {
		for word := range words(t.text) {
			if !strings.HasPrefix(word, "/") || len(word) < 6 || slices.Contains(links, text{word, t.at}) {
				continue
			}
			if left--; left < 0 {
				return
			}
			k.mention(path.Clean(word), t.at)
		}
	}
}

// words are what stands in a text between blanks and signs that no path has.
func words(text string) iter.Seq[string] {
	return strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(" \t\n\"'`=:,;()[]{}<>|&", r) })
}

// linksMade are the links that update-alternatives makes, which no package has to bring.
// update-alternatives(1).
func (k *keeper) linksMade() (links []text) {
	for i := range k.list {
		c := &k.list[i]
		if c.Name() != "update-alternatives" {
			continue
		}
		args := c.Args()
		for at := range args {
			if option := args[at].Text; (option == "--install" || option == "--slave") && at+1 < len(args) {
				links = append(links, text{args[at+1].Text, c.at})
			}
		}
	}
	return links
}

func (k *keeper) mention(name string, at int) {
	why := name + " is named " + k.where(at)
	if k.file(name, why) {
		return
	}
	for _, dir := range []string{name, path.Dir(name)} {
		if owner, ok := k.soleOwner(dir); ok {
			k.keep(owner, why)
		}
	}
}

// soleOwner returns the package that all files in a directory belong to.
func (k *keeper) soleOwner(dir string) (owner int, ok bool) {
	if k.Tree == nil || k.Tree.Packages == nil || strings.Count(dir, "/") < 2 {
		return 0, false
	}
	node, ok := k.Tree.Lookup(path.Clean(dir)[1:])
	if !ok {
		return 0, false
	}
	owner = -1
	for child := range k.Tree.Children(node) {
		id, visible := k.Tree.Visible(child)
		if !visible || k.Tree.Packages[id] < 0 {
			continue
		}
		p := int(k.Tree.Packages[id])
		if owner >= 0 && p != owner {
			return 0, false
		}
		owner = p
	}
	return owner, owner >= 0
}

// scripted keeps what people's build scripts call, where one cannot be read.
func (k *keeper) scripted() {
	why := k.anything()
	if why == "" {
		return
	}
	k.before = k.firstUnread()
	defer func() { k.before = 0 }()
	for i := range k.Packages {
		name := k.Packages[i].Name
		switch {
		case !k.gone[i] || !slices.Contains(strings.Fields(buildTools), name) || k.hasAnother(name):
		case matchesAny(notByInstallers, name) && k.onlyInstallsTools():
		case (name == "gnupg" || name == "gpg") && !k.checksKeys():
		case (matchesAny(autotools, name) || name == "file" || name == "patch") && k.isConfigured(): // libtool calls file
		case name == "patch" && k.patches() == "":
		case name == "build-essential" && (k.namesToolchain() || k.hasAnother("gcc")):
		case matchesAny(helpers, name) && !k.isOffered(i):
		case name == "xxd" && !slices.Contains(k.typed, "vim-common"):
		default:
			k.keep(i, why)
		}
	}
}

// helpers are build tools that whoever wants them installs, or gets from a package that is named
// for the same purpose.
const helpers = "file rsync bc jq curl wget gettext gettext-base"

// isOffered reports whether a package that the install names recommends another.
func (k *keeper) isOffered(i int) bool {
	return slices.ContainsFunc(k.Packages[i].RecommendedBy, func(by string) bool { return slices.Contains(k.asked, by) })
}

// isConfigured reports whether all that cannot be read of what builds is a configure script
// and make: a release brings its own libtool, and calls no other of the autotools.
func (f *facts) isConfigured() bool {
	return f.called(strings.Fields(bootstraps)...) == "" && f.called("configure", "Configure", "config") != "" && !slices.ContainsFunc(f.unknown, func(u unknown) bool {
		return u.at != container && !matchesAny("configure Configure config", u.what[strings.LastIndexByte(u.what, '/')+1:])
	})
}

// checksKeys reports whether what cannot be read may call gpg. Programs and build scripts
// that a RUN calls by their path or by a variable hardly do; a script that is piped into a shell may, but
// for the installers of tools that are known not to.
func (f *facts) checksKeys() bool {
	if f.says("gpg", "apt-key", "gnupg", "keyring", "keyserver") != "" {
		return true
	}
	return slices.ContainsFunc(f.unknown, func(u unknown) bool {
		if u.at == container || strings.ContainsAny(u.what, "/$") || u.isToolInstaller() {
			return false
		}
		text := f.Parsed().Text(u.at)
		return !slices.ContainsFunc(keylessInstallers, func(url string) bool { return strings.Contains(text, url) })
	})
}

// keylessInstallers are parts of the addresses of installers that people pipe into a
// shell, and that check no signatures.
var keylessInstallers = strings.Fields(`sh.rustup.rs install.python-poetry.org astral.sh bun.sh deno.land nvm-sh/nvm creationix/nvm get.pnpm.io rclone.org ohmyzsh starship.rs
	bootstrap.pypa.io helm/helm get.sdkman.io get.haskellstack.org get-ghcup.haskell.org torch/distro install.meteor.com composer/installer getcomposer.org foundry.paradigm.xyz repo.anaconda.com repo.continuum.io conda-forge/miniforge micro.mamba.pm`)

// mains keeps the package whose own data or scripts stay and recommend it: they were made
// for that one.
func (k *keeper) mains() {
	for i := range k.Packages {
		p := &k.Packages[i]
		if !k.gone[i] || matchesAny(deskTools, p.Name) && k.atWork() == "" {
			continue
		}
		for _, suffix := range []string{"-scripts", "-data", "-common"} {
			if at, ok := k.byName[p.Name+suffix]; ok && k.stays[at] && slices.Contains(p.RecommendedBy, p.Name+suffix) {
				k.keep(i, p.Name+suffix+" is installed for it")
			}
		}
	}
}

// headers keeps the headers that headers named in the install recommend, where something is
// compiled, or people do: what includes the ones may include the others. What the image
// compiled itself tells by the libraries that it is linked with: see headersOf.
func (k *keeper) headers() {
	if k.compiled && k.people() == "" {
		return
	}
	if k.facts.calls.called(strings.Fields(compilers)...) == "" && k.python != compiled && k.ruby != compiled && k.node != compiled && k.r != compiled {
		return
	}
	for i := range k.Packages {
		p := &k.Packages[i]
		if !k.gone[i] || !isHeaders(p.Name) || p.NeededBy != "" || matches("libcoarrays-*", p.Name) && k.says("coarray", "caf ") == "" {
			continue
		}
		for _, by := range p.RecommendedBy {
			if slices.Contains(k.typed, by) && isHeaders(by) {
				k.keep(i, "code that includes headers of "+by+" may include its own")
			}
		}
	}
}
