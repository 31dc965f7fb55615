// Package toolchain finds the packages of an image that are only there to build programs, by
// their names in dpkg, apk, rpm and other managers and by what depends on them.
//
//	toolchain.KindOf("dpkg", "gcc-12") // toolchain.Program
//
// A program is a compiler or something that runs one. Headers are a -dev or -devel package that
// programs are compiled against. A runtime is what a program may need while it runs, even if a
// compiler brought it along; it never belongs to the toolchain.
//
// The package keeps no state and is safe for concurrent use.
package toolchain

import (
	"path"
	"slices"
	"strings"
)

// Kind is what a package is to somebody who builds a program.
type Kind uint8

const (
	None    Kind = iota
	Program      // a compiler, or what runs one
	Headers      // what programs are compiled against: a -dev or -devel package
	Manager      // a program that fetches what a program of a language is made of
)

// managers fetch what a program needs before it runs. A container may run one all the same,
// as npm start does; see FindFor.
var managers = []string{"npm", "composer", "yarnpkg"}

// toolNames are patterns of package names, as path.Match reads them, by package
// manager. A pattern that begins with ! takes names out again.
var toolNames = map[string]struct{ programs, headers []string }{
	"dpkg": {
		programs: []string{"build-essential", "gcc", "gcc-*", "!gcc-*-base", "g++", "g++-*", "cpp", "cpp-*", "gfortran", "gfortran-*", "gobjc*", "gnat*", "gdc", "gdc-*", "gccgo*", "make", "make-guile",
			"cmake", "cmake-data", "ninja-build", "meson", "autoconf*", "automake*", "autotools-dev", "libtool", "libtool-bin", "m4", "bison", "flex", "pkg-config", "pkgconf", "pkgconf-bin",
			"dpkg-dev", "libdpkg-perl", "debhelper", "devscripts", "fakeroot", "libfakeroot", "llvm", "llvm-[0-9]*", "!llvm-*-runtime", "clang", "clang-[0-9]*", "lld", "lld-[0-9]*", "golang", "golang-go", "golang-src",
			"golang-[0-9]*", "rustc", "rustc-[0-9]*", "cargo", "cargo-[0-9]*", "libstd-rust-dev*", "default-jdk", "default-jdk-headless", "openjdk-*-jdk", "openjdk-*-jdk-headless", "nasm", "yasm",
			"binutils", "binutils-*", "libbinutils", "libgprofng*", "libctf*", "libsframe*", "libcc1-*", "libisl[0-9]*", "libasan[0-9]*", "liblsan[0-9]*", "libtsan[0-9]*", "libubsan[0-9]*", "libhwasan[0-9]*",
			"ccache", "distcc", "scons", "swig", "swig[0-9]*", "bazel*", "maven", "gradle", "ant", "dotnet-sdk-[0-9]*"},
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
	// Arch Linux has headers and libraries in one package.
	"pacman": {
		programs: []string{"base-devel", "gcc", "gcc-ada", "gcc-d", "gcc-fortran", "gcc-go", "gcc-objc", "make", "cmake", "ninja", "samurai", "meson", "autoconf*", "automake*", "libtool", "m4", "bison", "flex", "pkgconf", "binutils",
			"fakeroot", "debugedit", "devtools", "clang", "llvm", "lld", "rust", "rustup", "go", "jdk-openjdk", "jdk[0-9]*-openjdk", "maven", "gradle", "ant", "scons", "swig", "bazel", "nasm", "yasm", "ccache", "distcc"},
		headers: []string{"linux-headers", "linux-lts-headers"},
	},
	// Gentoo's gcc brings the libraries that its programs need when they run, and portage itself
	// calls make and others: what it cannot do without is not in the list.
	"portage": {
		programs: []string{"dev-build/cmake", "dev-build/ninja", "dev-build/samurai", "dev-build/meson", "dev-util/cmake", "dev-util/ninja", "dev-util/meson", "dev-lang/rust", "dev-lang/rust-bin", "dev-lang/go",
			"dev-lang/nasm", "dev-lang/yasm", "dev-util/ccache", "dev-java/maven-bin", "dev-java/gradle-bin", "dev-java/ant", "dev-build/bazel", "dev-build/scons"},
		headers: []string{"sys-kernel/gentoo-sources"},
	},
	"opkg": {
		programs: []string{"packagegroup-core-buildessential", "gcc", "gcc-symlinks", "g++", "g++-symlinks", "cpp", "cpp-symlinks", "make", "cmake", "ninja", "meson", "autoconf", "automake", "libtool", "libtool-bin", "m4", "bison", "flex",
			"pkgconfig", "pkg-config", "binutils", "clang", "llvm", "go", "golang", "rust", "cargo", "ccache", "nasm"},
		headers: []string{"*-dev", "*-staticdev"},
	},
}

// KindOf says by name alone what a package is to somebody who builds a program.
// The manager is dpkg, apk, rpm, pacman, portage or opkg; of another's packages none is a
// tool.
func KindOf(manager, name string) Kind {
	list := toolNames[manager]
	switch {
	case manager == "dpkg" && slices.Contains(managers, name):
		return Manager
	case matches(list.programs, name):
		return Program
	case matches(list.headers, name):
		return Headers
	case manager == "apk" && strings.HasPrefix(name, ".") && strings.Contains(name, "build"):
		return Program // apk add --virtual .build-deps
	}
	return None
}

// matches reports whether a name matches a pattern, and no pattern with a !.
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
var runtimes = []string{"python*", "libpython*", "perl*", "libperl*", "ruby*", "libruby*", "node", "nodejs*", "libnode*", "default-jre*", "openjdk-*-jre*", "openjdk*-jre*", "dotnet-runtime-*", "dotnet-host*", "aspnetcore-runtime-*", "java-*", "php*", "lua*", "tcl*", "guile*",
	"gcc-*-base", "gcc-libs", "libgcc*", "libstdc++*", "libstdcpp*", "libgomp*", "libatomic*", "libquadmath*", "libgfortran*", "libobjc*", "libitm*", "libgo[0-9]*", "libgnat*", "libphobos*", "libstd-rust-[0-9]*", "musl*", "libc6*", "glibc*", "tzdata*", "ca-certificates*"}

// Runtime reports whether a package may be what a compiled program needs to run.
// Portage's names begin with a category, which does not count.
func Runtime(name string) bool { return matches(runtimes, path.Base(name)) }
