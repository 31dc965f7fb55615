package need

import (
	"path"
	"slices"
	"strings"
)

func set(words string) map[string]bool {
	m := make(map[string]bool)
	for word := range strings.FieldsSeq(words) {
		m[word] = true
	}
	return m
}

var shells = set("sh bash ash dash ksh mksh zsh busybox-sh")

// prefix is a program that runs another: which of its options take a word, and how
// many words stand before the other program.
type prefix struct {
	valued   string
	operands int
}

var prefixes = map[string]prefix{
	"sudo": {"-u -g -h -p -C -D -R -T --user --group", 0}, "doas": {"-u -C", 0}, "env": {"-u -C", 0}, "exec": {"-a", 0}, "command": {"", 0}, "builtin": {"", 0},
	"nice": {"-n", 0}, "ionice": {"-c -n", 0}, "nohup": {"", 0}, "time": {"-f -o", 0}, "stdbuf": {"-i -o -e", 0}, "setarch": {"", 1}, "linux32": {"", 0}, "linux64": {"", 0},
	"fakeroot": {"", 0}, "busybox": {"", 0}, "eatmydata": {"", 0}, "timeout": {"-s -k --signal --kill-after", 1}, "gosu": {"", 1}, "su-exec": {"", 1}, "setpriv": {"", 0},
	"tini": {"", 0}, "dumb-init": {"", 0}, "xargs": {"-a -d -E -I -i -L -l -n -P -s", 0}, "parallel": {"-j", 0}, "unbuffer": {"", 0}, "chronic": {"", 0}, "setsid": {"", 0},
	"runuser": {"-u -g -G", 0}, "flock": {"-w -E", 1}, "watch": {"-n", 0}, "strace": {"-o -e", 0}, "xvfb-run": {"-s -n --server-args", 0}, "catatonit": {"", 0},
}

// stripped drops the words that only say how a command is run. inner is the text of
// a script, where the command is a shell or su that is given one.
func stripped(words []string) (rest []string, inner string) {
	for range maxDepth {
		name := programName(words[0])
		if text, ok := scriptText(name, words[1:]); ok {
			return words, text
		}
		p, ok := prefixes[name]
		if !ok {
			return words, ""
		}
		rest := words[1:]
		for len(rest) > 0 {
			option := rest[0]
			if at := strings.IndexByte(option, '='); at > 0 && !strings.HasPrefix(option, "-") && !strings.Contains(option[:at], "/") {
				rest = rest[1:]
			} else if slices.Contains(strings.Fields(p.valued), option) && len(rest) > 1 {
				rest = rest[2:]
			} else if strings.HasPrefix(option, "-") && option != "-" {
				rest = rest[1:]
			} else {
				break
			}
		}
		if len(rest) <= p.operands {
			return words, ""
		}
		rest = rest[p.operands:]
		if name == "xargs" || name == "parallel" {
			rest = append(slices.Clone(rest), unknown)
		}
		words = rest
	}
	return words, ""
}

// scriptText is the text that a shell or su is given with -c.
func scriptText(name string, args []string) (string, bool) {
	switch {
	case shells[name]:
		for i, a := range args {
			if !strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "+") {
				if i > 0 && strings.HasSuffix(args[i-1], "o") {
					continue
				}
				return "", false
			}
			if !strings.HasPrefix(a, "--") && strings.HasSuffix(a, "c") && i+1 < len(args) {
				return args[i+1], true
			}
		}
	case name == "su" || name == "runuser" || name == "flock" || name == "script":
		for i, a := range args {
			if text, ok := strings.CutPrefix(a, "--command="); ok {
				return text, true
			}
			if (a == "-c" || a == "--command" || a == "-lc") && i+1 < len(args) {
				return args[i+1], true
			}
		}
	}
	return "", false
}

// operandReaders are commands that look at nothing but what they are given, so that
// they need no file that they do not name. Build tools are not among them: go build,
// pip install and npm run ask git for a version, and so may any script.
var operandReaders = set(`apt-get apt aptitude apt-cache apt-key apt-mark dpkg dpkg-query apk dnf dnf5 microdnf yum rpm zypper pacman update-ca-certificates ldconfig locale-gen
	update-alternatives dpkg-reconfigure debconf-set-selections add-apt-repository useradd usermod userdel groupadd groupmod groupdel adduser addgroup deluser passwd chpasswd
	chown chgrp chmod setcap mkdir rm rmdir unlink touch ln cp mv install cat echo printf sed awk grep egrep head tail sort uniq cut tr tee wc test [ true false : set cd id date curl wget
	sha256sum sha512sum sha1sum md5sum gpg tar unzip gzip gunzip bzip2 xz zstd export unset umask ulimit exit return shift trap wait sleep which type basename dirname readlink realpath
	ls stat file uname nproc hostname pwd locale localedef strip find xargs read local eval mktemp a2enmod a2dismod a2ensite a2dissite phpenmod systemctl service
	env dos2unix envsubst openssl ssh-keygen ssh-keyscan crontab getent su sudo pushd popd declare readonly alias source .`)

// ReadsOperandsOnly reports whether a program looks at nothing but what it is given.
func ReadsOperandsOnly(name string) bool { return operandReaders[name] }

// standingTools look for what they work on in the directory that they stand in and
// those above it, or in what they are given.
var standingTools = set(`git hg svn bzr make gmake cmake ninja meson npm npx yarn pnpm pnpx bun bunx node deno corepack go cargo rustc rustup pip pip3 python python2 python3 poetry uv pdm hatch
	tox pipenv mvn mvnw gradle gradlew ant sbt lein dotnet composer php bundle bundler rake ruby gem perl cpan cpanm gcc g++ cc c++ clang ld ar R Rscript mix rebar3 stack cabal ghc swift zig nim
	crystal bazel tsc webpack vite next ng gulp grunt hugo jekyll protoc autoconf automake autoreconf libtoolize configure pytest jest mocha java javac sphinx-build`)

// speakers do not read the files whose names they are given.
var speakers = set(`echo printf test [ export : true set unset exit apt-get apt aptitude apk dnf dnf5 microdnf yum zypper pacman useradd groupadd usermod adduser addgroup curl wget git
	chpasswd locale-gen localedef update-alternatives npm yarn pnpm gem sleep read trap return declare local readonly shift sed awk grep expr date`)

// program follows the script that a command runs, if it runs one.
func (w *walker) program(words []string, at int) {
	name := w.calls[at].name
	switch {
	case name == "":
		w.calls[at].opaque = true
	case name == "." || name == "source":
		if len(words) > 1 {
			w.script(words[1], words[2:], at, true)
		}
	case shells[name]:
		for i, word := range words[1:] {
			if word == "-s" {
				w.calls[at].opaque = true // curl … | sh -s
				return
			}
			if !strings.HasPrefix(word, "-") && !strings.HasPrefix(word, "+") {
				w.script(word, words[i+2:], at, false)
				return
			}
		}
		w.calls[at].opaque = true // a script from standard input
	case strings.Contains(words[0], "/"):
		if !isSystemDir(path.Dir(words[0])) {
			w.script(words[0], words[1:], at, false)
		}
	case !operandReaders[name] && !standingTools[name]:
		w.named(name, words[1:], at)
	}
}

func isSystemDir(dir string) bool {
	switch dir {
	case "/bin", "/sbin", "/usr/bin", "/usr/sbin":
		return true
	}
	return false
}

// named follows a program that is looked for in PATH.
func (w *walker) named(name string, args []string, at int) {
	dirs := "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	if list := w.vars.lookup("PATH"); len(list) == 1 {
		dirs = list[0]
	}
	for dir := range strings.SplitSeq(dirs, ":") {
		if !path.IsAbs(dir) || strings.Contains(dir, unknown) {
			continue
		}
		full := path.Join(dir, name)
		content, known, exists := w.room.fileAt(full, w.layer)
		switch {
		case known && strings.IndexByte(content[:min(len(content), 512)], 0) < 0: // without #! it is for sh
			if !isSystemDir(dir) {
				w.script(full, args, at, false)
			}
			return
		case exists:
			w.calls[at].opaque = !isSystemDir(dir) && !w.room.inBase(full, w.layer)
			return
		}
	}
}

// script walks a script of the image. sourced says that it sets variables and the
// directory of the shell that reads it.
func (w *walker) script(name string, args []string, at int, sourced bool) {
	full := joinPath(w.dir, name)
	if sourced && !strings.Contains(name, "/") {
		full = unknown
	}
	content, known, _ := w.room.fileAt(full, w.layer)
	if !known || w.depth >= maxDepth {
		w.calls[at].opaque = !strings.HasPrefix(full, "/etc/") // /etc/os-release, /etc/profile
		return
	}
	if first, _, _ := strings.Cut(content, "\n"); strings.HasPrefix(first, "#!") && !isShellLine(first) {
		w.calls[at].opaque = true
		w.calls[at].paths = append(slices.Clone(w.calls[at].paths), pathsInText(content)...)
		return
	}
	f, ok := w.room.cache.parse(content)
	if !ok {
		w.calls[at].opaque = true
		w.calls[at].paths = append(slices.Clone(w.calls[at].paths), pathsInText(content)...)
		return
	}
	vars, dir := w.vars, w.dir
	for i, arg := range args {
		if i < maxAlternatives {
			w.vars = w.vars.with(string(rune('1'+i)), values{arg})
		}
	}
	w.vars = w.vars.with("0", values{full}).with("BASH_SOURCE", values{full})
	w.calls[at].known = true
	w.depth++
	w.stmts(f.Stmts)
	w.depth--
	if !sourced {
		w.vars, w.dir = vars, dir
	}
}

// isShellLine reports whether a script's first line names a shell.
func isShellLine(line string) bool {
	for word := range strings.FieldsSeq(strings.TrimPrefix(line, "#!")) {
		if shells[path.Base(word)] {
			return true
		}
	}
	return false
}
