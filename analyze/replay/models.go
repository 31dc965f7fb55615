package replay

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// reads are the programs whose models look at standard input.
var reads = map[string]bool{
	"xargs": true, "tee": true, "tar": true, "bsdtar": true, "grep": true, "egrep": true, "awk": true, "gawk": true, "sed": true, "cut": true, "sort": true, "uniq": true,
	"head": true, "tail": true, "tr": true, "cat": true, "bash": true, "sh": true, "php": true, "gunzip": true, "gzip": true, "zcat": true, "gpg": true, "cpio": true, "python3": true, "python": true, "dd": true, "sudo": true, "unzip": true,
}

// models are the programs that the simulation knows.
var models map[string]model

func init() {
	models = map[string]model{
		"apt-get": apt, "apt": apt, "aptitude": apt, "apt-mark": aptMark, "dpkg": dpkgTool, "apt-key": nothing, "add-apt-repository": addRepository, "apt-add-repository": addRepository, "gdebi": gdebi, "docker-image-cleanup": imageCleanup, "install_packages": installPackages, "clean-install": installPackages,
		"apk": apkTool, "yum": dnf, "dnf": dnf, "microdnf": dnf, "tdnf": dnf, "zypper": dnf, "rpm": rpmTool,
		"pip": pip, "pip3": pip, "pip2": pip, "pipx": pip, "uv": uv, "easy_install": pip, "python": python, "python3": python, "python2": python, "virtualenv": virtualenv, "poetry": poetry, "pipenv": poetry,
		"conda": conda, "mamba": conda, "micromamba": conda,
		"npm": npm, "yarn": npm, "pnpm": npm, "bower": bower, "npx": buildScript, "ng": buildScript, "gulp": buildScript, "grunt": buildScript, "webpack": buildScript, "vite": buildScript,
		"gem": gem, "bundle": bundle, "bundler": bundle, "composer": composer, "php": php, "docker-php-ext-install": phpExtension, "pecl": pecl, "install-php-extensions": phpExtension,
		"R": rTool, "Rscript": rTool, "r": rTool, "install.r": rTool, "install2.r": rTool, "installGithub.r": rTool, "cpanm": cpan, "cpan": cpan,
		"go": goTool, "cargo": cargo, "rustup": rustup, "mvn": maven, "mvnw": maven, "gradle": gradle, "gradlew": gradle, "dotnet": dotnet, "stack": stack, "sbt": sbt, "lein": maven,
		"make": makeTool, "ninja": makeTool, "cmake": cmake, "configure": configure, "gcc": compile, "cc": compile, "g++": compile, "clang": compile, "meson": cmake, "javac": compile,
		"curl": curl, "wget": wget, "git": git, "svn": git, "hg": git, "tar": tarTool, "bsdtar": tarTool, "unzip": unzip, "gunzip": gunzip, "bunzip2": gunzip, "unxz": gunzip, "gzip": gunzip, "aria2c": wget,
		"cp": cp, "mv": mv, "rm": rm, "rmdir": rm, "mkdir": mkdir, "chown": chown, "chgrp": chgrp, "chmod": chmod, "ln": ln, "touch": touch, "install": install, "rsync": cp, "find": find, "unlink": rm, "truncate": truncate, "fallocate": fallocate, "mktemp": mktemp, "dd": dd, "ls": ls,
		"useradd": useradd, "adduser": useradd, "groupadd": groupadd, "addgroup": groupadd, "usermod": usermod, "userdel": nothing, "deluser": nothing, "groupmod": nothing, "chpasswd": chpasswd, "passwd": chpasswd, "chsh": nothing,
		"cat": cat, "echo": echo, "tee": tee, "sed": sed, "grep": grep, "egrep": grep, "awk": awk, "gawk": awk, "cut": cut, "sort": sortTool, "uniq": sortTool, "head": head, "tail": head, "tr": tr, "basename": basename, "dirname": basename, "readlink": readlink, "realpath": readlink,
		"xargs": xargs, "sudo": sudo, "su": su, "gosu": sudo, "su-exec": sudo, "env": envTool, "nice": sudo, "time": sudo, "sh": shellTool, "bash": shellTool, "ash": shellTool, "dash": shellTool, "eval": nothing, "setuser": sudo,
		"which": which, "nproc": says("2"), "uname": uname, "arch": says("x86_64"), "whoami": says("root"), "hostname": says("buildkitsandbox"), "lsb_release": lsbRelease, "pwd": pwd, "date": says("2024"), "getconf": says("64"), "python3-config": nothing,
		"id": id, "getent": getent, "locale-gen": localeGen, "localedef": localeGen, "update-ca-certificates": updateCertificates, "ldconfig": ldconfig, "systemctl": systemctl, "a2enmod": a2en, "a2ensite": a2en, "update-rc.d": nothing, "update-alternatives": alternatives, "ssh-keygen": sshKeygen, "ssh-keyscan": says("host ssh-rsa AAAA"), "openssl": openssl,
		"fc-cache": fcCache, "ldd": nothing, "patch": nothing, "ssh": nothing, "file": nothing, "java": nothing, "less": nothing, "strip": nothing, "sleep": nothing, "test": nothing, "sync": nothing, "gpg": gpg, "sha256sum": nothing, "md5sum": nothing, "sha1sum": nothing, "sha512sum": nothing, "service": nothing, "debconf-set-selections": nothing, "dpkg-reconfigure": nothing, "dpkg-divert": nothing, "setcap": setcap, "timedatectl": nothing, "export": nothing,
	}
	kinds = []kind{
		{regexp.MustCompile(`^pip[0-9.]+$`), pip},
		{regexp.MustCompile(`^python[0-9.]+$`), python},
		{regexp.MustCompile(`^(gcc|g\+\+|clang)-[0-9.]+$`), compile},
		{regexp.MustCompile(`^(autogen|bootstrap|Configure|config)(\.sh)?$`), configure},
		{regexp.MustCompile(`\.(sh|bash)$`), runScript},
	}
}

func nothing(*call) int { return 0 }

func says(text string) model {
	return func(c *call) int {
		c.say("%s\n", text)
		return 0
	}
}

// kind is the model of programs whose names match.
type kind struct {
	name *regexp.Regexp
	model
}

var kinds []kind

// modelOfKind finds the model of a program whose name has a number or an ending.
func modelOfKind(name string) model {
	for _, k := range kinds {
		if k.name.MatchString(name) {
			return k.model
		}
	}
	return nil
}

// providers are programs that a real build finds in packages alone, by the packages of
// Debian that have them.
var providers = map[string][]string{
	"gcc": {"gcc"}, "cc": {"gcc"}, "g++": {"g++"}, "make": {"make"}, "curl": {"curl"}, "wget": {"wget"}, "git": {"git"}, "unzip": {"unzip"}, "cmake": {"cmake"}, "svn": {"subversion"}, "hg": {"mercurial"}, "sudo": {"sudo"},
	"pip3": {"python3-pip"}, "npm": {"npm", "nodejs"}, "gpg": {"gpg"}, "R": {"r-base-core"}, "Rscript": {"r-base-core"}, "mvn": {"maven"}, "composer": {"composer"}, "cargo": {"cargo"}, "javac": {"openjdk-17-jdk-headless"},
	"lsb_release": {"lsb-release"}, "add-apt-repository": {"software-properties-common"}, "locale-gen": {"locales"}, "rsync": {"rsync"}, "update-ca-certificates": {"ca-certificates"}, "bzip2": {"bzip2"}, "xz": {"xz-utils"}, "patch": {"patch"}, "ssh-keyscan": {"openssh-client"}, "ssh-keygen": {"openssh-client"}, "ssh": {"openssh-client"}, "apt-key": {"gnupg"}, "openssl": {"openssl"}, "less": {"less"}, "file": {"file"}, "gem": {"ruby"}, "java": {"openjdk-17-jre-headless"},
}

// absent reports whether a program is not in the image although the simulation
// would know if it were: it comes from a package, the image is Debian's, and nothing
// else can have brought it.
func absent(c *call, name string) bool {
	if c.dpkg == nil || strings.Contains(c.args[0], "/") || providers[name] == nil {
		return false
	}
	for dir := range strings.SplitSeq(c.get("PATH"), ":") {
		if c.tree.exists(path.Join(dir, name)) {
			return false
		}
	}
	if slices.ContainsFunc(providers[name], c.dpkg.has) {
		return false
	}
	// Another release's package, or one of another source, may have it.
	for have := range c.dpkg.installed {
		if strings.HasPrefix(have, name) || strings.HasPrefix(have, providers[name][0]) || c.dpkg.installed[have].Version == "1.0-1" {
			return false
		}
	}
	return true
}
