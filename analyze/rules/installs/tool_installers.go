package installs

import (
	"slices"
	"strings"
)

// toolInstallers are scripts that unpack one tool, by the names under which it is downloaded:
// Conda, Rust and CMake. Nobody reads what they call, but it is known: a shell, an unpacker, and
// a compiler in what they install. Docs: docs.conda.io "Installing", rustup.rs, cmake.org.
const toolInstallers = "[Mm]iniconda*.sh [Aa]naconda*.sh [Mm]iniforge*.sh [Mm]ambaforge*.sh rustup-init rustup-init.sh cmake-*-[Ll]inux-*.sh"

// notByInstallers are build tools that no such installer calls, nor what it installs.
const notByInstallers = "git openssh-client patch unzip zip gnupg gpg bc jq xxd rsync gettext gettext-base"

// isToolInstaller reports whether what cannot be read is such an installer.
func (u *unknown) isToolInstaller() bool {
	return matchesAny(toolInstallers, u.what[strings.LastIndexByte(u.what, '/')+1:])
}

// onlyInstallsTools reports whether all that cannot be read of what runs while the image is
// built are such installers, and nothing that may call anything is called.
func (c *calls) onlyInstallsTools() bool {
	return c.drives() == "" && !slices.ContainsFunc(c.unknown, func(u unknown) bool { return u.at != container && !u.isToolInstaller() })
}
