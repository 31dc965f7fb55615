package multistage

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/model"
)

// shellFiles are what a shell in which somebody types reads when it starts, in a home.
var shellFiles = []string{".bashrc", ".bash_profile", ".bash_login", ".bash_aliases", ".profile", ".zshrc", ".zshenv", ".zprofile"}

// shells start one, or are one.
var shells = []string{"sh", "bash", "dash", "ash", "zsh", "ksh", "fish", "su", "sudo", "login", "sshd"}

// isShellFile reports whether a path is of a file that the shell of a home reads when it starts,
// and the container starts none. What a build adds to those is for its own tools, which stay in the
// build stage: each shell would complain of a line like "source $HOME/.cargo/env".
func (d *draft) isShellFile(name string) bool {
	home, rest := homeOf(name)
	if home == "" || !slices.Contains(shellFiles, rest) || d.entry.kind != compiled {
		return false
	}
	for _, c := range d.in.Build.Program().Commands {
		if slices.Contains(shells, c.Name()) {
			return false
		}
	}
	return true
}

// unpackedCompilers match the programs that tell a directory of a toolchain which somebody unpacked.
var unpackedCompilers = lazyregexp.New(`^(clang(\+\+)?|llvm-config|gcc|g\+\+|[a-z0-9_]+-[a-z0-9_-]+-gcc|rustc|ghc|swiftc|zig)(-[0-9.]+)?$`)

// isOfToolchain reports whether a path lies in a toolchain that a RUN of the build stage unpacked
// in a directory of its own, and that nothing names. Only a program that the build stage made runs
// without it for sure; the libraries that it is linked with are not asked for here.
func (d *draft) isOfToolchain(name string) bool {
	if d.entry.kind != compiled || d.isReferencedAbove(name, "") || isBelow(d.entry.path, []string{path.Dir(name)}) {
		return false
	}
	for dir := path.Dir(name); strings.Contains(dir, "/"); dir = path.Dir(dir) {
		found, known := d.toolchains[dir]
		if !known {
			found = d.holdsCompiler(dir)
			if d.toolchains == nil {
				d.toolchains = make(map[string]bool)
			}
			d.toolchains[dir] = found
		}
		if found {
			return true
		}
	}
	return false
}

// holdsCompiler reports whether a directory is one that a RUN of the build stage made, not of the
// system or a home, with a compiler in its bin.
func (d *draft) holdsCompiler(dir string) bool {
	if home, rest := homeOf(dir); home == "" && !isBelow(dir, []string{"opt", "usr/local"}) || home != "" && rest == "" || isSystemPath(dir) || !d.isFromRun(dir) {
		return false
	}
	n, ok := d.tree.Lookup(dir + "/bin")
	if !ok {
		return false
	}
	for c := range d.tree.Children(n) {
		if id, ok := d.tree.At(c, d.lastLayer); ok && d.isOwn(id) && d.tree.Records[id].Kind != model.Directory && unpackedCompilers.MatchString(d.tree.Name(c)) {
			return true
		}
	}
	return false
}
