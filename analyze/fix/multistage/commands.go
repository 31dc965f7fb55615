package multistage

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// Names of commands, by what they can do to an image.
var (
	// accountCommands change the user database or make directories. The runtime stage
	// repeats them.
	accountCommands = []string{"useradd", "groupadd", "adduser", "addgroup", "usermod", "mkdir"}
	// fileCommands need no compiler and none of its files.
	fileCommands = []string{"rm", "rmdir", "mv", "cp", "ln", "chmod", "chown", "chgrp", "mkdir", "touch", "echo", "printf", "cat", "true", ":", "test", "[", "set", "cd", "sed", "grep", "find", "ls", "install", "ldconfig",
		"useradd", "groupadd", "adduser", "addgroup", "usermod", "tee", "sleep", "exit", "umask", "id", "getent"}
	// systemCommands need no compiler either, and write where packages do.
	systemCommands = []string{"locale-gen", "update-locale", "update-ca-certificates", "setcap", "a2enmod", "a2dismod", "a2ensite", "a2dissite", "a2enconf", "a2disconf"}
	// builders write where they are told to, below the directory they run in, below
	// /usr/local and in the home directory: where no package of the distribution does.
	builders = []string{"gcc", "g++", "cc", "c++", "clang", "clang++", "ld", "ar", "ranlib", "as", "strip", "objcopy", "make", "gmake", "cmake", "ctest", "ninja", "meson", "configure", "autogen.sh", "bootstrap", "autoreconf", "autoconf", "automake", "aclocal",
		"libtoolize", "gfortran", "go", "rustc", "cargo", "javac", "jar", "mvn", "mvnw", "gradle", "gradlew", "ant", "pip", "pip3", "python", "python3", "poetry", "uv", "pipenv", "virtualenv", "npm", "npx", "yarn", "pnpm", "node", "tsc", "bundle", "tar", "unzip",
		"gunzip", "gzip", "bunzip2", "xz", "curl", "wget", "git", "patch", "pushd", "popd", "export", "nproc", "sha256sum", "sha512sum", "md5sum", "uname", "dirname", "basename", "pwd", "head", "tail", "cut", "awk", "xargs", "tr", "sort", "expr", "which", "command"}
	// packageTools change a package database.
	packageTools = []string{"dpkg", "dpkg-deb", "apk", "dnf", "dnf5", "microdnf", "yum", "rpm", "zypper", "pacman", "tdnf", "apt-mark", "dpkg-divert", "dpkg-reconfigure", "debconf-set-selections", "add-apt-repository", "gdebi", "mk-build-deps"}
)

// isPlain reports whether another RUN may repeat a command by its words: it runs in
// any case, in no other directory, without redirections and without expansions.
func isPlain(c rewrite.Command) bool {
	return !c.Conditional && !c.Subshell && !c.Redirected && (c.Dir == "" && c.DirKnown) && !slices.ContainsFunc(c.Words, func(w rewrite.Word) bool {
		return !w.Literal || w.Glob || strings.ContainsAny(w.Text, " \t\n'\"$`\\;&|<>(){}*?[]#~!") || w.Text == ""
	})
}

// aptLeftovers are the directories that every install may empty.
var aptLeftovers = []string{"/var/lib/apt/lists", "/var/cache/apt", "/var/log", "/var/cache/debconf", "/tmp", "/var/tmp", "/var/lib/dpkg"}

// isCleanUp reports whether a command does nothing but remove what apt and the
// account commands leave behind, or does nothing at all.
func isCleanUp(c rewrite.Command) bool {
	switch c.Name() {
	case "true", ":", "set", "echo":
		return !c.Redirected
	}
	r, ok := c.Removal("")
	if !ok || !r.Whole || len(r.Targets) == 0 {
		return false
	}
	return !slices.ContainsFunc(r.Targets, func(target string) bool {
		if name := strings.TrimPrefix(target, "/"); strings.HasSuffix(name, "-") && slices.Contains(accountFiles, name) {
			return false // the backups that useradd makes of them
		}
		return !slices.ContainsFunc(aptLeftovers, func(dir string) bool {
			return (target == dir || strings.HasPrefix(target, dir+"/")) && (dir != "/var/lib/dpkg" || strings.HasSuffix(target, "-old"))
		})
	})
}

// aptInstall is one apt-get install of a RUN.
type aptInstall struct {
	options []string // as written, without "install"
	words   []string // the packages that it names and that stay, as written
	all     []string // the packages that it names
	named   int      // how many those are
}

// packageWord matches an operand of apt-get install that names one package, perhaps
// with an architecture and with a version or release.
var packageWord = lazyregexp.New(`^[a-z0-9][a-z0-9+.-]*(:[a-z0-9-]+)?([=/][A-Za-z0-9.+:~_-]+)?$`)

// readAptInstall reads an apt-get install. Where a word of it is not known before the
// build runs, or would need quotes, why says so, behind "line 12 ".
func readAptInstall(c rewrite.Command) (in aptInstall, why string) {
	if c.Conditional || c.Subshell {
		return in, "installs packages only under some condition"
	}
	_, operands, _ := c.Apt()
	in.all = operands
	seen := false
	for _, w := range c.Args() {
		switch {
		case !w.Literal || w.Glob:
			return in, "takes the names of packages from a variable"
		case w.Text == "install" && !seen:
			seen = true
		case slices.Contains(operands, w.Text):
			if !packageWord.MatchString(w.Text) || strings.HasSuffix(w.Text, "-") {
				return in, "installs something other than packages by name"
			}
			in.words = append(in.words, w.Text)
			in.named++
		case strings.ContainsAny(w.Text, " \t\n'\"$`\\;&|<>()*?[]#~"):
			return in, "has an option that would need quotes"
		default:
			in.options = append(in.options, w.Text)
		}
	}
	return in, ""
}
