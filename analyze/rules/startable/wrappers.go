package startable

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// wrapper is a program that only starts another one, as its manual describes its command line:
// options first, then words of its own, then the program.
type wrapper struct {
	flags   string // options without a word: letters for short ones, and names with -- in front
	valued  string // options with a word
	dirs    string // of the valued, those that name another directory to start in
	paths   string // of all, those after which PATH is another one
	words   int    // its own words between the options and the program
	assigns bool   // NAME=VALUE may stand in front of the program
	numbers bool   // a number may be an option: -5
}

// wrappers by their names. An option that is not here, such as --help or --version, means that
// nobody knows what the command starts.
var wrappers = map[string]wrapper{
	"tini":         tini,
	"tini-static":  tini,
	"docker-init":  tini,
	"dumb-init":    {flags: "c v --single-child --verbose", valued: "r --rewrite"},
	"catatonit":    {flags: "g"},
	"pid1":         {flags: "g", valued: "e --env u --user w --workdir t --timeout", dirs: "w --workdir"},
	"gosu":         {words: 1},
	"su-exec":      {words: 1},
	"setuidgid":    {words: 1},
	"s6-setuidgid": {words: 1},
	"chpst":        {flags: "v V P 0 1 2", valued: "u U b e / C n l L m d o p f c r t", dirs: "/ C"},
	"setpriv": {
		flags: "--clear-groups --keep-groups --init-groups --nnp --no-new-privs --reset-env",
		valued: "--reuid --ruid --euid --regid --rgid --egid --groups --inh-caps --ambient-caps --bounding-set --securebits " +
			"--pdeathsig --ptracer --selinux-label --apparmor-profile --landlock-access --landlock-rule --seccomp-filter",
		paths: "--reset-env",
	},
	"env": {
		flags: "i 0 v --ignore-environment --null --debug", valued: "u --unset C --chdir",
		dirs: "C --chdir", paths: "i --ignore-environment", assigns: true,
	},
	"nice":    {valued: "n --adjustment", numbers: true},
	"ionice":  {flags: "t --ignore", valued: "c --class n --classdata"},
	"stdbuf":  {valued: "i --input o --output e --error"},
	"timeout": {flags: "v --verbose f --foreground p --preserve-status", valued: "k --kill-after s --signal", words: 1},
	"nohup":   {},
	"setsid":  {flags: "c --ctty w --wait"},
}

var tini = wrapper{flags: "v w g s", valued: "p e"}

// maxWrappers is how many wrappers are followed that start each other.
const maxWrappers = 8

// Wrapped is what stands behind the wrappers of a command.
type Wrapped struct {
	Words []string // of the program, its name first; nil where an option of a wrapper is not known
	Init  string   // the first small init among the wrappers, "" for none
	By    []Step   // the wrappers, the first one first
	// Dir and Path report whether a wrapper changes the directory or PATH, and Env whether it
	// sets or takes away variables.
	Dir, Path, Env bool
}

// Step is a wrapper of a command.
type Step struct {
	At        int  // where in the words its name is
	Dir, Path bool // a wrapper before it changes the directory or PATH
}

// Unwrap leaves out of words what only starts the next program: an init, another user, env, a
// limit of time.
func Unwrap(words []string) Wrapped {
	w := Wrapped{Words: words}
	for range maxWrappers {
		if len(w.Words) == 0 {
			return w
		}
		name := path.Base(w.Words[0])
		known, ok := wrappers[name]
		if !ok {
			return w
		}
		if IsSmallInit(name) && w.Init == "" {
			w.Init = name
		}
		w.By = append(w.By, Step{At: len(words) - len(w.Words), Dir: w.Dir, Path: w.Path})
		w.Words = w.inside(&known, w.Words[1:])
	}
	w.Words = nil
	return w
}

// inside are the words behind a wrapper's own, nil where there are none or one is not known.
func (w *Wrapped) inside(by *wrapper, words []string) []string {
	for len(words) > 0 && len(words[0]) > 1 && words[0][0] == '-' {
		option := words[0]
		if words = words[1:]; option == "--" {
			break
		}
		taken, ok := w.option(by, option, words)
		if !ok {
			return nil
		}
		words = words[taken:]
	}
	if by.assigns && len(words) > 0 && words[0] == "-" { // env - is env -i
		w.Path, w.Env, words = true, true, words[1:]
	}
	for by.assigns && len(words) > 0 {
		name, _, isSet := strings.Cut(words[0], "=")
		if !isSet || !syntax.ValidName(name) {
			break
		}
		w.Path, w.Env, words = w.Path || name == "PATH", true, words[1:]
	}
	if len(words) <= by.words {
		return nil
	}
	return words[by.words:]
}

// option reads one word of options, short ones perhaps joined: -gse. taken is how many of the
// words behind it belong to it.
func (w *Wrapped) option(by *wrapper, option string, rest []string) (taken int, ok bool) {
	if strings.HasPrefix(option, "--") {
		name, _, joined := strings.Cut(option, "=")
		w.note(by, name)
		switch {
		case isOneOf(by.flags, name):
			return 0, !joined
		case isOneOf(by.valued, name):
			return w.value(joined, rest)
		}
		return 0, false
	}
	if by.numbers && strings.Trim(option, "-0123456789") == "" {
		return 0, true // nice -5
	}
	for i := 1; i < len(option); i++ {
		name := option[i : i+1]
		w.note(by, name)
		switch {
		case isOneOf(by.flags, name):
		case isOneOf(by.valued, name):
			return w.value(i+1 < len(option), rest)
		default:
			return 0, false
		}
	}
	return 0, true
}

// value reports how many words an option's value takes.
func (w *Wrapped) value(joined bool, rest []string) (taken int, ok bool) {
	if joined {
		return 0, true
	}
	return 1, len(rest) > 0
}

// note takes down what an option changes.
func (w *Wrapped) note(by *wrapper, name string) {
	w.Dir = w.Dir || isOneOf(by.dirs, name)
	w.Path = w.Path || isOneOf(by.paths, name)
	w.Env = w.Env || by.assigns || isOneOf(by.paths, name)
}

func isOneOf(list, name string) bool { return slices.Contains(strings.Fields(list), name) }

// IsLoginShell reports whether words start a shell that reads the profile of a user, which may
// set PATH and anything else, or one that is interactive and reads its own.
func IsLoginShell(words []string) bool {
	if len(words) == 0 || !IsShell(words[0]) {
		return false
	}
	for _, w := range words[1:] {
		if !strings.HasPrefix(w, "-") || w == "--" {
			return false
		}
		if long := strings.HasPrefix(w, "--"); long && !slices.Contains([]string{"--posix", "--norc", "--noprofile"}, w) || !long && strings.ContainsAny(w, "li") {
			return true
		}
		if strings.HasSuffix(w, "c") {
			return false
		}
	}
	return false
}

// smallInits forward signals and reap processes, and start one program.
var smallInits = strings.Fields("tini tini-static docker-init dumb-init catatonit pid1 go-init")

// IsSmallInit reports whether a program, by its name, only looks after the one that it starts.
func IsSmallInit(name string) bool { return slices.Contains(smallInits, name) }

// IsShell reports whether a word, by name or path, is one of the usual shells.
func IsShell(word string) bool {
	switch path.Base(word) {
	case "sh", "bash", "ash", "dash", "ksh", "zsh":
		return true
	}
	return false
}

// IsShellText reports whether words are a shell with the text it is to run.
func IsShellText(words []string) bool {
	return len(words) >= 3 && IsShell(words[0]) && strings.HasPrefix(words[1], "-") && strings.HasSuffix(words[1], "c")
}
