package fix

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// Commands by what they can do to an image.
var (
	// accountCommands change the user database and make folders: the new stage
	// repeats them.
	accountCommands = []string{"useradd", "groupadd", "adduser", "addgroup", "usermod", "mkdir"}
	// fileCommands need no compiler and none of its files.
	fileCommands = []string{"rm", "rmdir", "mv", "cp", "ln", "chmod", "chown", "chgrp", "mkdir", "touch", "echo", "printf", "cat", "true", ":", "test", "[", "set", "cd", "sed", "grep", "find", "ls", "install", "ldconfig",
		"useradd", "groupadd", "adduser", "addgroup", "usermod", "tee", "sleep", "exit", "umask", "id", "getent"}
	// systemCommands need none either, and write where packages do.
	systemCommands = []string{"locale-gen", "update-locale", "update-ca-certificates", "setcap", "a2enmod", "a2dismod", "a2ensite", "a2dissite", "a2enconf", "a2disconf"}
	// builders write where they are told to, below the folder they run in, below
	// /usr/local and in the home folder: where no package of the distribution does.
	builders = []string{"gcc", "g++", "cc", "c++", "clang", "clang++", "ld", "ar", "ranlib", "as", "strip", "objcopy", "make", "gmake", "cmake", "ctest", "ninja", "meson", "configure", "autogen.sh", "bootstrap", "autoreconf", "autoconf", "automake", "aclocal",
		"libtoolize", "gfortran", "go", "rustc", "cargo", "javac", "jar", "mvn", "mvnw", "gradle", "gradlew", "ant", "pip", "pip3", "python", "python3", "poetry", "uv", "pipenv", "virtualenv", "npm", "npx", "yarn", "pnpm", "node", "tsc", "bundle", "tar", "unzip",
		"gunzip", "gzip", "bunzip2", "xz", "curl", "wget", "git", "patch", "pushd", "popd", "export", "nproc", "sha256sum", "sha512sum", "md5sum", "uname", "dirname", "basename", "pwd", "head", "tail", "cut", "awk", "xargs", "tr", "sort", "expr", "which", "command"}
	// packageTools change a package database.
	packageTools = []string{"dpkg", "dpkg-deb", "apk", "dnf", "dnf5", "microdnf", "yum", "rpm", "zypper", "pacman", "tdnf", "apt-mark", "dpkg-divert", "dpkg-reconfigure", "debconf-set-selections", "add-apt-repository", "gdebi", "mk-build-deps"}
)

// classify says what a step is to a build stage.
func (s *stageStep) classify() {
	switch s.Keyword {
	case "COPY", "ADD":
		s.kind = brings
		return
	case "RUN":
	default:
		return
	}
	s.kind, s.needs = works, true
	run, err := rewrite.ParseRun(s.text)
	if err != nil {
		s.run = &rewrite.Run{}
		s.fault = "is a RUN that cannot be read"
		return
	}
	s.run = run
	accounts, others, managed, files := 0, 0, false, true
	for _, c := range run.Commands {
		name := c.Name()
		sub, _, apt := c.Apt()
		switch {
		case apt:
			managed = true
			s.apt(c, sub)
		case slices.Contains(packageTools, name):
			s.fault = cmp.Or(s.fault, "runs "+name+", which changes the package database")
		case isClean(c):
		case slices.Contains(accountCommands, name) && plainCommand(c):
			accounts++
			s.accounts = append(s.accounts, c.Source())
		default:
			others++
			files = files && (slices.Contains(fileCommands, name) || slices.Contains(systemCommands, name))
		}
	}
	switch {
	case managed && others == 0:
		s.kind, s.needs = installs, false
	case managed:
		s.kind = mixed
		s.mix()
	case others == 0 && accounts > 0 && len(run.Flags) == 0:
		s.kind, s.needs = account, false
	default:
		s.needs = !files || others == 0
	}
}

// apt notes what a call of apt-get does.
func (s *stageStep) apt(c rewrite.Command, sub string) {
	switch sub {
	case "update", "clean", "autoclean":
	case "install":
		in, why := readInstall(c)
		s.fault = cmp.Or(s.fault, why)
		if len(in.words) > 0 {
			s.packages = append(s.packages, in)
		}
	default:
		s.fault = cmp.Or(s.fault, "runs apt-get "+sub)
	}
}

// plainCommand says whether a command can be repeated as its words say.
func plainCommand(c rewrite.Command) bool {
	return !c.Conditional && !c.Subshell && !c.Redirected && (c.Dir == "" && c.DirKnown) && !slices.ContainsFunc(c.Words, func(w rewrite.Word) bool {
		return !w.Literal || w.Glob || strings.ContainsAny(w.Text, " \t\n'\"$`\\;&|<>(){}*?[]#~!") || w.Text == ""
	})
}

// aptLeavings are what every install may remove.
var aptLeavings = []string{"/var/lib/apt/lists", "/var/cache/apt", "/var/log", "/var/cache/debconf", "/tmp", "/var/tmp", "/var/lib/dpkg"}

// isClean says whether a command only removes what apt and the account commands
// leave behind, or does nothing at all.
func isClean(c rewrite.Command) bool {
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
			return false // the copies that useradd makes of them
		}
		return !slices.ContainsFunc(aptLeavings, func(folder string) bool {
			return (target == folder || strings.HasPrefix(target, folder+"/")) && (folder != "/var/lib/dpkg" || strings.HasSuffix(target, "-old"))
		})
	})
}

// wordPath is an absolute path in the text of a RUN.
var wordPath = regexp.MustCompile(`(?:^|[\s"'=:>(])(/[A-Za-z0-9_.+@-]+(?:/[A-Za-z0-9_.+@*-]+)*)`)

// mix looks whether all that a RUN does beside installing packages happens where
// packages do not write; else nothing tells its files from theirs.
func (s *stageStep) mix() {
	s.needs = false
	for _, c := range s.run.Commands {
		name := c.Name()
		_, _, apt := c.Apt()
		builds := slices.Contains(builders, name) || strings.Contains(c.Words[0].Text, "/") && slices.Contains(builders, path.Base(c.Words[0].Text))
		if apt || isClean(c) || slices.Contains(fileCommands, name) {
			continue
		}
		if !builds {
			s.fault = cmp.Or(s.fault, fmt.Sprintf("installs packages and runs %s in the same RUN, so nothing tells its files from theirs; make two RUNs of it", cmp.Or(name, "a command")))
			return
		}
		s.needs = true
	}
	for _, m := range wordPath.FindAllStringSubmatch(s.text, -1) {
		at := m[1]
		if systemPath(at[1:]) && !slices.ContainsFunc(append([]string{"/dev", "/usr/bin/env", "/usr/src", "/proc", "/bin/sh", "/bin/bash"}, aptLeavings...), func(ok string) bool {
			return at == ok || strings.HasPrefix(at, ok+"/")
		}) {
			s.fault = cmp.Or(s.fault, fmt.Sprintf("installs packages and names %s in the same RUN, so nothing tells its files from theirs; make two RUNs of it", at))
			return
		}
	}
}

// systemPath says whether packages write below a path, which has no leading
// slash.
func systemPath(name string) bool {
	first, rest, _ := strings.Cut(name, "/")
	switch first {
	case "bin", "boot", "dev", "etc", "lib", "lib32", "lib64", "libx32", "media", "mnt", "proc", "run", "sbin", "sys", "tmp":
		return true
	case "usr":
		return rest != "local" && !strings.HasPrefix(rest, "local/") && rest != "src" && !strings.HasPrefix(rest, "src/")
	case "var":
		return rest != "www" && !strings.HasPrefix(rest, "www/")
	}
	return false
}
