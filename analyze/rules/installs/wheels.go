package installs

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// wheels asks whether Python's packages are compiled, while the image is built or by its users.
func (f *facts) wheels() string {
	installs := cmp.Or(f.installsWith("pip* poetry uv pdm pipenv pipx", "install wheel sync download"), f.installsWith("python*", "pip setup.py build"))
	switch {
	case installs == "" && f.namesAny("build-essential gcc g++") != "" && f.namesAny("python3-pip python-pip pipx") != "":
		return f.namesAny("python3-pip python-pip pipx") // beside a compiler that no RUN calls for it
	case installs == "":
	case f.says("--no-binary") != "":
		return installs + " with --no-binary"
	case f.namesAny("*-dev cmake swig") != "" && (f.unsaid || f.installsList() || f.namesAny("pkg-config pkgconf") != ""):
		return installs + ", and the install names what to compile with"
	case f.python == ready:
		return cmp.Or(f.compilesSources(), f.compilesForPeople(), f.compilesLater())
	}
	return f.compiles(f.python, installs, "an extension")
}

// wheelsWithoutHeaders is wheels where the install names no headers of Python, which bring the others.
func wheelsWithoutHeaders(f *facts) string {
	if f.namesAny("python3-dev python3.[0-9]-dev python3.[0-9][0-9]-dev python3-all-dev") != "" {
		return ""
	}
	return f.wheels()
}

// compileWith are packages by which an author says that something is compiled.
const compileWith = "*-dev build-essential gcc gcc-[0-9]* g++ g++-[0-9]* clang clang-[0-9]* cmake swig"

// namesCompiler reports whether any install of the image's own names what to compile with.
func (f *facts) namesCompiler() bool {
	if f.namesAny(compileWith) != "" {
		return true
	}
	return slices.ContainsFunc(f.Packages, func(p model.Package) bool {
		return p.Manager == "dpkg" && p.Reason == "manual" && p.Layer < len(f.Layers) && !f.Layers[p.Layer].Inherited && matchesAny(compileWith, p.Name)
	})
}

// compilesSources says where Python installs from sources, which may be compiled another time
// though nothing was when the image was built.
func (f *facts) compilesSources() string {
	if !f.namesCompiler() {
		return ""
	}
	for i := range f.list {
		c := &f.list[i]
		if c.at == container || !matchesAny("pip* python* poetry uv", c.Name()) {
			continue
		}
		source, installs := false, false
		for _, w := range append([]rewrite.Word{c.Words[0]}, c.Args()...) {
			source = source || strings.HasPrefix(w.Text, "git+") || strings.HasPrefix(w.Text, "hg+") || strings.HasPrefix(w.Text, "svn+") || w.Text == "setup.py" || w.Text == "-e" || w.Text == "--editable"
			installs = installs || slices.Contains([]string{"install", "develop", "build", "build_ext"}, w.Text)
		}
		if source && installs {
			return c.Name() + " installs from sources " + f.where(c.at)
		}
	}
	return ""
}

// compilesForPeople says who compiles in the container by hand: what pip found ready-made while the
// image was built tells nothing of what they install.
func (f *facts) compilesForPeople() string {
	if why := f.atWork(); why != "" && f.namesAny("python3-pip python-pip pipx") != "" {
		return why
	}
	return ""
}

// installsList reports whether pip installs what a file of the project lists, or sources. The
// versions of the one change, and the next ones may have no wheel.
func (f *facts) installsList() bool {
	if f.installsWith("poetry pipenv uv pdm", "install sync") != "" {
		return true
	}
	return slices.ContainsFunc(f.list, func(c call) bool {
		return matchesAny("pip* python*", c.Name()) && c.at != container && slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool {
			return w.Text == "-r" || w.Text == "--requirement" || strings.HasPrefix(w.Text, "--requirement=") || strings.HasPrefix(w.Text, "-r") && strings.HasSuffix(w.Text, ".txt") || strings.HasSuffix(w.Text, ".tar.gz") || w.Text == "."
		})
	})
}
