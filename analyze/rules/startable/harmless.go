package startable

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// shellWords are commands that a shell has itself: the builtins of bash, as compgen -b lists them,
// and of dash, those that BusyBox and ksh have besides, and the words of the language.
var shellWords = strings.Fields(". : [ [[ alias bg bind break builtin caller case cd chdir command compgen complete compopt continue coproc declare dirs disown do done elif else enable esac " +
	"eval exec exit export echo false fc fg fi for function getopts hash help history if in jobs kill let local logout mapfile newgrp popd print printf pushd pwd read readarray readonly return " +
	"select set shift shopt source suspend test then time times trap true type typeset ulimit umask unalias unset until wait whence while { }")

// IsShellWord reports whether a shell has a command itself, so that it looks for no program.
func IsShellWord(name string) bool { return slices.Contains(shellWords, name) }

// harmless are programs that bring no other one into the container. All others may: they install,
// fetch, unpack, copy or build, or run what does.
var harmless = strings.Fields("awk basename cat chown chgrp cut date df dirname du egrep env expr fgrep grep head hostname id jq less ls mkdir mysqladmin nc netstat nproc pg_isready pgrep pidof ping printenv ps " +
	"psql pwd rabbitmqctl readlink realpath redis-cli rm rmdir seq sleep sort ss stat tail tr uname uniq uptime wc which whoami")

// Brings reports whether a command may bring a program into the container.
func Brings(name string) bool {
	return slices.Contains([]string{".", "source", "eval", ""}, name) || !IsShellWord(name) && !slices.Contains(harmless, path.Base(name))
}

// onlyAsks reports whether curl or wget says what it gets, and writes no file.
func onlyAsks(words []string) bool {
	toFile, toOutput := false, false
	for _, w := range words[1:] {
		if slices.Contains([]string{"-", "/dev/null"}, w) {
			toOutput = true
		}
		short := strings.HasPrefix(w, "-") && !strings.HasPrefix(w, "--")
		toOutput = toOutput || w == "--spider" || short && strings.HasSuffix(w, "O-") || w == "--output=/dev/null"
		toFile = toFile || short && strings.ContainsAny(w, "oO") || strings.HasPrefix(w, "--output") || strings.HasPrefix(w, "--remote-name")
	}
	switch words[0] {
	case "curl":
		return !toFile || toOutput
	case "wget":
		return toOutput
	}
	return false
}

// mayBring reports whether a command of a text may bring a program that a later one calls.
func mayBring(f *syntax.File, program string) (brings bool) {
	found := false
	syntax.Walk(f, func(n syntax.Node) bool {
		if s, ok := n.(*syntax.Stmt); ok && !found {
			brings = brings || slices.ContainsFunc(s.Redirs, writesFile)
		}
		c, ok := n.(*syntax.CallExpr)
		if !ok || len(c.Args) == 0 || found {
			return !found
		}
		words := make([]string, len(c.Args))
		for i, w := range c.Args {
			words[i] = w.Lit()
		}
		words = withoutWrappers(words)
		if found = len(words) > 0 && words[0] == program; !found {
			brings = brings || len(words) == 0 || Brings(words[0]) && !onlyAsks(words)
		}
		return true
	})
	return brings
}

// writesFile reports whether a redirection writes a file.
func writesFile(r *syntax.Redirect) bool {
	switch r.Op {
	case syntax.RdrOut, syntax.AppOut, syntax.RdrAll, syntax.AppAll, syntax.RdrClob, syntax.RdrInOut:
		return !strings.HasPrefix(r.Word.Lit(), "/dev/")
	}
	return false
}

// Installs reports whether one of the commands that a container starts with installs, fetches or
// copies something, so that programs may be there that the image does not have.
func Installs(commands []rewrite.Command) bool { return slices.ContainsFunc(commands, isInstall) }

// isInstall reports whether a command of a container installs, fetches or copies something.
func isInstall(c rewrite.Command) bool {
	switch c.Name() {
	case "apt-get", "apt", "apk", "yum", "dnf", "microdnf", "zypper", "pacman", "curl", "wget", "ln", "cp", "mv", "tar", "unzip", "install":
		return true
	case "yarn":
		return len(c.Words) == 1
	}
	return slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool {
		return slices.Contains([]string{"install", "ci", "add", "sync", "restore", "require", "ensurepip", "upgrade"}, w.Text)
	})
}
