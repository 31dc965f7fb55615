package toolchain_test

import (
	"testing"

	"github.com/tare-oci/tare/analyze/rules/toolchain"
)

// TestKindOf tries the names of each package manager.
func TestKindOf(t *testing.T) {
	for manager, names := range map[string]map[string]toolchain.Kind{
		"pacman":  {"base-devel": toolchain.Program, "gcc": toolchain.Program, "gcc-libs": toolchain.None, "jdk21-openjdk": toolchain.Program, "jre21-openjdk": toolchain.None, "glibc": toolchain.None},
		"portage": {"dev-build/cmake": toolchain.Program, "sys-devel/gcc": toolchain.None, "dev-lang/python": toolchain.None},
		"opkg":    {"gcc": toolchain.Program, "zlib-dev": toolchain.Headers, "libstdcpp6": toolchain.None},
		"nix":     {"gcc": toolchain.None},
		"apk":     {"build-base": toolchain.Program, "musl-dev": toolchain.Headers, "musl": toolchain.None, "libgcc": toolchain.None, ".build-deps": toolchain.Program, ".run-deps": toolchain.None, "go": toolchain.Program, "openjdk21-jre": toolchain.None},
		"rpm":     {"gcc-c++": toolchain.Program, "glibc-devel": toolchain.Headers, "kernel-headers": toolchain.Headers, "glibc": toolchain.None, "libstdc++": toolchain.None, "java-21-openjdk-devel": toolchain.Headers},
		"dpkg":    {"g++-14": toolchain.Program, "libc6-dev": toolchain.Headers, "libc6": toolchain.None, "gcc-14-base": toolchain.None, "linux-libc-dev": toolchain.Headers, "make": toolchain.Program, "libllvm19": toolchain.None},
		"":        {"gcc": toolchain.None},
	} {
		for name, want := range names {
			if got := toolchain.KindOf(manager, name); got != want {
				t.Errorf("%s %s: %d, want %d", manager, name, got, want)
			}
		}
	}
}
