package replay

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// doubt is what of a call no model knows, in the words of its command line, "" where the
// model knows what it leaves. In a lesson such a call is told as unknown, since what its
// model would leave is a guess. Elsewhere a guess is better than nothing.
func doubt(c *call) string {
	name := path.Base(c.args[0])
	if known, ok := verbs[name]; ok {
		for _, a := range c.args[1:] {
			if strings.HasPrefix(a, "-") {
				continue
			}
			if !slices.Contains(known, a) {
				return name + " " + a
			}
			break
		}
	}
	if f := doubts[name]; f != nil {
		if what := f(c); what != "" {
			return name + " " + what
		}
	}
	return ""
}

// verbs are the first words that models of programs know; there are those that leave
// nothing among them.
var verbs = map[string][]string{
	"apt-get":  {"update", "install", "reinstall", "build-dep", "satisfy", "upgrade", "dist-upgrade", "full-upgrade", "remove", "purge", "autoremove", "autopurge", "clean", "autoclean", "distclean", "check"},
	"apt":      {"update", "install", "reinstall", "build-dep", "satisfy", "upgrade", "full-upgrade", "remove", "purge", "autoremove", "autopurge", "clean", "autoclean", "list", "show", "search", "policy"},
	"apt-mark": {"auto", "manual", "showmanual"},
	"apk":      {"update", "add", "upgrade", "del", "info", "list", "search", "policy", "version"},
	"pip":      {"install", "uninstall", "wheel", "download", "cache", "list", "show", "freeze", "check", "config", "debug", "help"},
	"pip3":     {"install", "uninstall", "wheel", "download", "cache", "list", "show", "freeze", "check", "config", "debug", "help"},
	"uv":       {"pip", "sync", "add", "venv", "cache"},
	"npm":      {"install", "i", "ci", "add", "clean-install", "cache", "prune", "run", "run-script", "exec", "ls", "list", "view", "config", "version", "audit"},
	"yarn":     {"install", "add", "cache", "global", "run", "build", "generate", "list", "config", "versions"},
	"pnpm":     {"install", "i", "add", "prune", "run", "build", "exec", "list", "config"},
	"go":       {"mod", "get", "install", "build", "version", "env", "vet", "list"},
	"cargo":    {"install", "build", "fetch", "version"},
	"gem":      {"install", "list", "env"},
	"git":      {"clone", "checkout", "config", "status", "log", "rev-parse", "describe", "version", "init", "remote", "branch", "tag"},
	"service":  {},
	"conda":    {"install", "create", "update", "env", "clean", "info", "list", "config"},
}

// always is said of programs of which no model says what they leave.
func always(why string) func(*call) string { return func(*call) string { return why } }

// flagged is the first of the flags that a model leaves out of account.
func flagged(flags ...string) func(*call) string {
	return func(c *call) string {
		for _, a := range c.args[1:] {
			name, _, _ := strings.Cut(a, "=")
			if slices.Contains(flags, name) {
				return name
			}
			if len(a) > 1 && a[0] == '-' && a[1] != '-' {
				for _, f := range flags {
					if len(f) == 2 && strings.Contains(a[1:], f[1:]) {
						return f
					}
				}
			}
		}
		return ""
	}
}

// unless is what was left out where no argument of the call is one of those.
func unless(what string, args ...string) func(*call) string {
	return func(c *call) string {
		if slices.ContainsFunc(c.args[1:], func(a string) bool { return slices.Contains(args, a) }) {
			return ""
		}
		return what
	}
}

var doubts map[string]func(*call) string

func init() {
	quiet := []string{"--version", "-V", "-version", "--help"}
	doubts = map[string]func(*call) string{
		"cp": flagged("-l", "-s", "-u", "-n", "--link", "--symbolic-link", "--update", "--no-clobber", "--parents"), "ln": doubtLink,
		"chmod": flagged("--reference"), "chown": flagged("--from", "--reference"), "chgrp": flagged("--reference"),
		"rsync": doubtRsync, "find": doubtFind, "sed": doubtSed, "awk": doubtAwk, "gawk": doubtAwk,
		"cut": flagged("-b", "-c", "--bytes", "--characters", "--complement"), "sort": flagged("-n", "-r", "-k", "-V", "-h", "-R", "-o", "-m"), "uniq": flagged("-c", "-d", "-u"),
		"tr": doubtTr, "head": doubtHead, "tail": flagged("-c", "-f", "--bytes"), "cat": doubtCat,
		"tar": doubtTar, "bsdtar": doubtTar, "gzip": unless("without -d", "-d", "--decompress", "-V", "--version"), "cpio": always("archives"),
		"strip": always("on a program"), "patch": always("on a file"), "userdel": always("and what it takes away"), "deluser": always("and what it takes away"),
		"groupmod": always("and what it changes"), "chsh": always("and what it changes"), "service": always("and what a service writes"), "java": unless("with a program", quiet...),
		"dpkg-divert": always("and what it moves"), "openssl": unless("without -out", "-out", "-keyout", "version"), "ldd": always("and what it prints"),
		"python": doubtPython, "python3": doubtPython, "python2": doubtPython, "php": doubtPHP, "R": unless("with a script", quiet...), "Rscript": doubtR,
		"xargs": flagged("-a"),
	}
}

// doubtLink knows symbolic links: another name of a file has no bytes of its own, or all of
// them, depending on the layer.
func doubtLink(c *call) string {
	if flags, _ := options(c.args[1:], "-t", "-S"); !has(flags, "-s", "--symbolic") {
		return "without -s"
	}
	return ""
}

// doubtRsync lets through what copies all of a directory.
func doubtRsync(c *call) string {
	for _, a := range c.args[1:] {
		if strings.HasPrefix(a, "--") && !slices.Contains([]string{"--archive", "--recursive", "--verbose", "--quiet", "--progress"}, a) {
			return a
		}
	}
	return ""
}

// findKnows are the tests, options and acts that the model of find heeds.
var findKnows = []string{"-name", "-iname", "-path", "-wholename", "-type", "-maxdepth", "-mindepth", "-o", "-or", "-a", "-and", "-exec", "-execdir", "-delete", "-print", "-print0", "-depth", "-xdev", "-mount", "-size", "-empty"}

func doubtFind(c *call) string {
	exec, alternatives, grouped := false, false, false
	for _, a := range c.args[1:] {
		switch {
		case a == ";" || a == "+":
			exec = false
		case exec:
		case a == "!" || a == "-not":
			return a
		case a == "(" || a == `\(`:
			grouped = true
		case !strings.HasPrefix(a, "-"):
		case !slices.Contains(findKnows, a):
			return a
		case a == "-o" || a == "-or":
			alternatives = true
		case (a == "-delete" || a == "-exec") && alternatives && !grouped:
			return "with " + a + " behind -o and without brackets"
		}
		exec = exec || a == "-exec" || a == "-execdir"
	}
	return ""
}

func doubtSed(c *call) string {
	program, rest := "", c.args[1:]
	flags, operands := options(rest, "-e", "--expression", "-f")
	if program = flags["-e"] + flags["--expression"]; program == "" && len(operands) > 0 {
		program = operands[0]
	}
	count := 0
	for _, a := range rest {
		if a == "-e" || a == "--expression" {
			count++
		}
	}
	switch {
	case has(flags, "-f"):
		return "-f"
	case has(flags, "-n", "--quiet"):
		return "-n"
	case count > 1:
		return "with several programs"
	case !followed(program):
		return "'" + program + "'"
	}
	return ""
}

func doubtAwk(c *call) string {
	_, operands := options(c.args[1:], "-F", "-v")
	if len(operands) > 0 && regexp.MustCompile(`^\s*\{\s*print \$[0-9]+;?\s*\}\s*$`).MatchString(operands[0]) && !strings.HasPrefix(strings.Join(c.args[1:], " "), "-F") {
		return ""
	}
	return "with this program"
}

func doubtTr(c *call) string {
	flags, operands := options(c.args[1:])
	if has(flags, "-d") && len(flags) == 1 || len(flags) == 0 && len(operands) == 2 && len([]rune(operands[0])) == 1 && len([]rune(operands[1])) == 1 {
		if !strings.Contains(strings.Join(operands, ""), "[:") && !strings.Contains(strings.Join(operands, ""), "-") {
			return ""
		}
	}
	return "with these sets"
}

func doubtHead(c *call) string {
	flags, _ := options(c.args[1:], "-n", "-c", "--bytes", "--lines")
	if n := flags["-c"] + flags["--bytes"]; strings.HasPrefix(n, "-") {
		return "-c " + n
	}
	return ""
}

func doubtCat(c *call) string {
	for _, a := range c.args[1:] {
		if endlessFile(a) {
			return a
		}
	}
	return ""
}

// doubtTar knows what unpacks an archive from elsewhere, and what packs without pressing.
func doubtTar(c *call) string {
	flags, _ := tarFlags(c)
	switch {
	case has(flags, "-x", "--extract", "--get"):
		_, n := c.tree.get(abs(c.dir, flags["-f"]+flags["--file"]), true)
		if n != nil && strings.HasPrefix(n.seed, packedMark) {
			return "-x of an archive that was packed here"
		}
	case !has(flags, "-c", "--create"):
	case has(flags, "-z", "-j", "-J", "-I", "-a", "--gzip", "--bzip2", "--xz", "--zstd", "--auto-compress", "-T", "--exclude", "-X"):
		return "-c with compression or a choice of files"
	case flags["-f"]+flags["--file"] == "" || flags["-f"] == "-":
		return "-c into a pipe"
	}
	return ""
}

// doubtPython knows pip and venv, setup.py and collectstatic.
func doubtPython(c *call) string {
	for i, a := range c.args[1:] {
		next := ""
		if i+2 < len(c.args) {
			next = c.args[i+2]
		}
		switch {
		case a == "-m" && slices.Contains([]string{"pip", "pipenv", "poetry", "venv", "virtualenv"}, next), path.Base(a) == "setup.py" && next != "", path.Base(a) == "manage.py" && next == "collectstatic",
			strings.Contains(a, "get-pip"), a == "--version", a == "-V":
			return ""
		case a == "-m":
			return "-m " + next
		case a == "-c":
			return "-c"
		case !strings.HasPrefix(a, "-"):
			return a
		}
	}
	return ""
}

func doubtPHP(c *call) string {
	words := strings.Join(c.args[1:], " ")
	if strings.Contains(words, "composer") || strings.HasPrefix(words, "--install-dir") || words == "-v" || words == "--version" {
		return ""
	}
	return "with a script"
}

func doubtR(c *call) string {
	if strings.Contains(strings.Join(c.args[1:], " "), "install") {
		return ""
	}
	return "with a script"
}
