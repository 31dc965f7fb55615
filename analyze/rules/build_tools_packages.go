package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
)

// ToolKind is what a package is to somebody who builds a program.
type ToolKind uint8

const (
	NoTool  ToolKind = iota
	Program          // a compiler, or what runs one
	Headers          // what programs are compiled against: a -dev or -devel package
)

// toolNames are patterns of package names, as path.Match reads them, by package
// manager. A pattern that begins with ! takes names out again.
var toolNames = map[string]struct{ programs, headers []string }{
	"dpkg": {
		programs: []string{"build-essential", "gcc", "gcc-*", "!gcc-*-base", "g++", "g++-*", "cpp", "cpp-*", "gfortran", "gfortran-*", "gobjc*", "gnat*", "gdc", "gdc-*", "gccgo*", "make", "make-guile",
			"cmake", "cmake-data", "ninja-build", "meson", "autoconf*", "automake*", "autotools-dev", "libtool", "libtool-bin", "m4", "bison", "flex", "pkg-config", "pkgconf", "pkgconf-bin",
			"dpkg-dev", "libdpkg-perl", "debhelper", "devscripts", "fakeroot", "libfakeroot", "llvm", "llvm-[0-9]*", "!llvm-*-runtime", "clang", "clang-[0-9]*", "lld", "lld-[0-9]*", "golang", "golang-go", "golang-src",
			"golang-[0-9]*", "rustc", "rustc-[0-9]*", "cargo", "cargo-[0-9]*", "libstd-rust-dev*", "default-jdk", "default-jdk-headless", "openjdk-*-jdk", "openjdk-*-jdk-headless", "nasm", "yasm",
			"binutils", "binutils-*", "libbinutils", "libgprofng*", "libctf*", "libsframe*", "libcc1-*", "libisl[0-9]*", "libasan[0-9]*", "liblsan[0-9]*", "libtsan[0-9]*", "libubsan[0-9]*", "libhwasan[0-9]*",
			"ccache", "distcc", "scons", "swig", "swig[0-9]*", "bazel*", "maven", "gradle", "ant"},
		headers: []string{"*-dev", "libc-dev-bin", "libc6-dev-*", "linux-headers-*", "rpcsvc-proto", "manpages-dev", "libstdc++-*-dev-*"},
	},
	"apk": {
		programs: []string{"build-base", "gcc", "g++", "gfortran", "gcc-*", "!gcc-*-base", "make", "cmake", "samurai", "ninja*", "meson", "autoconf*", "automake*", "libtool", "m4", "bison", "flex", "pkgconf", "abuild", "alpine-sdk",
			"binutils", "binutils-*", "llvm[0-9]*", "!llvm*-libs", "clang", "clang[0-9]*", "!clang*-libs", "lld", "lld[0-9]*", "rust", "cargo", "go", "openjdk*-jdk", "openjdk*-jmods", "openjdk*-src", "nasm", "yasm", "ccache", "maven", "gradle", "apache-ant"},
		headers: []string{"*-dev", "linux-headers", "fortify-headers", "*-static"},
	},
	"rpm": {
		programs: []string{"gcc", "gcc-*", "!gcc-*-base", "cpp", "make", "cmake", "cmake-data", "cmake-rpm-macros", "cmake-filesystem", "ninja-build", "meson", "autoconf*", "automake*", "libtool", "m4", "bison", "flex",
			"pkgconf", "pkgconf-*", "rpm-build", "redhat-rpm-config", "annobin*", "binutils", "binutils-*", "llvm", "clang", "clang-tools-*", "lld", "rust", "rust-std-static*", "cargo", "golang", "golang-bin", "golang-src", "go-rpm-macros",
			"libmpc", "isl", "nasm", "yasm", "ccache", "maven", "ant"},
		headers: []string{"*-devel", "kernel-headers", "glibc-headers*", "kernel-devel*", "*-static", "*-jmods"},
	},
}

// ToolOf says by name alone what a package is to who builds.
func ToolOf(manager, name string) ToolKind {
	list := toolNames[manager]
	switch {
	case matches(list.programs, name):
		return Program
	case matches(list.headers, name):
		return Headers
	case manager == "apk" && strings.HasPrefix(name, ".") && strings.Contains(name, "build"):
		return Program // apk add --virtual .build-deps
	}
	return NoTool
}

func matches(patterns []string, name string) bool {
	found := false
	for _, p := range patterns {
		not := strings.HasPrefix(p, "!")
		if ok, err := path.Match(strings.TrimPrefix(p, "!"), name); err != nil || !ok {
			continue
		}
		if not {
			return false
		}
		found = true
	}
	return found
}

// runtimes are packages that programs need when they run, though a compiler may
// be what brought them: languages, and what a compiler links into a program.
var runtimes = []string{"python*", "libpython*", "perl*", "libperl*", "ruby*", "libruby*", "node*", "libnode*", "default-jre*", "openjdk-*-jre*", "openjdk*-jre*", "java-*", "php*", "lua*", "tcl*", "guile*",
	"gcc-*-base", "libgcc*", "libstdc++*", "libgomp*", "libatomic*", "libquadmath*", "libgfortran*", "libobjc*", "libitm*", "libgo[0-9]*", "libgnat*", "libphobos*", "libstd-rust-[0-9]*", "musl*", "libc6*", "glibc*", "tzdata*", "ca-certificates*"}

// Toolset says which of an image's packages are there to build with.
type Toolset struct {
	kinds []ToolKind
	needs [][]int32
	live  []bool // something that is no tool needs it
	extra []bool // no tool by name, but only tools need it
}

// Tools looks through the packages of a report. needs says by package which
// others it depends on; nil where nobody knows, and then names alone decide.
func Tools(packages []model.Package, needs [][]int32) *Toolset {
	s := &Toolset{kinds: make([]ToolKind, len(packages)), needs: needs, extra: make([]bool, len(packages))}
	roots := make([]bool, len(packages))
	for i := range packages {
		p := &packages[i]
		s.kinds[i] = ToolOf(p.Manager, p.Name)
		switch p.Reason {
		case "manual", "unknown":
			roots[i] = s.kinds[i] == NoTool
		case "essential":
			roots[i] = true
		}
	}
	s.live = s.Closure(roots)
	s.follow(packages)
	return s
}

// Closure is what packages need, and what that needs, with themselves. from says
// by package whether it is one of them, and is not changed.
func (s *Toolset) Closure(from []bool) []bool {
	in := slices.Clone(from)
	var queue []int32
	for i, ok := range in {
		if ok {
			queue = append(queue, int32(i))
		}
	}
	for len(queue) > 0 {
		at := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, need := range s.NeedsOf(int(at)) {
			if !in[need] {
				in[need] = true
				queue = append(queue, need)
			}
		}
	}
	return in
}

// NeedsOf are the packages that one depends on.
func (s *Toolset) NeedsOf(i int) []int32 {
	if i >= len(s.needs) {
		return nil
	}
	return s.needs[i]
}

// follow finds what only programs brought: the libraries of cmake, say. What a
// -dev package brought may be what the program was linked with, and stays out.
func (s *Toolset) follow(packages []model.Package) {
	neededBy := make([][]int32, len(packages))
	for i := range packages {
		for _, need := range s.NeedsOf(i) {
			neededBy[need] = append(neededBy[need], int32(i))
		}
	}
	var queue []int32
	for i := range packages {
		if s.kinds[i] == Program && !s.live[i] {
			queue = append(queue, int32(i))
		}
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, need := range s.NeedsOf(int(at)) {
			p := &packages[need]
			if s.live[need] || s.extra[need] || s.kinds[need] != NoTool || p.Reason != "dependency" || matches(runtimes, p.Name) {
				continue
			}
			if !slices.ContainsFunc(neededBy[need], func(by int32) bool {
				return s.live[by] || s.kinds[by] != Program && !s.extra[by]
			}) {
				s.extra[need] = true
				queue = append(queue, need)
			}
		}
	}
}

// Tool reports whether a package is there to build with, and nothing else needs it.
func (s *Toolset) Tool(i int) bool { return !s.live[i] && (s.kinds[i] != NoTool || s.extra[i]) }

// Kind says what a package is by its name.
func (s *Toolset) Kind(i int) ToolKind { return s.kinds[i] }

// Runtime reports whether a package may be what a compiled program needs to run.
func Runtime(name string) bool { return matches(runtimes, name) }

// ownsTools reports whether a package is a build tool that the image's own
// instructions installed.
func ownsTools(b *Build, p *model.Package) bool {
	if p.Layer < 0 || p.Layer >= len(b.Layers) || b.Layers[p.Layer].Inherited {
		return false
	}
	if p.Manager == "dpkg" && (p.Reason == "orphan" || p.Reason == "suggested") {
		return false // orphaned-packages says what to do about those
	}
	if b.tools == nil {
		var needs [][]int32
		if b.tree != nil {
			needs = b.tree.Needs
		}
		b.tools = make(map[*model.Package]bool)
		set := Tools(b.Packages, needs)
		for i := range b.Packages {
			if set.Tool(i) {
				b.tools[&b.Packages[i]] = true
			}
		}
	}
	return b.tools[p]
}
