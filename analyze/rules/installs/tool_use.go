package installs

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/model"
)

// removes reports whether an instruction of the image removes a package by its name: its
// author has thought of it.
func (f *facts) removes(name string) bool {
	in := f.Parsed()
	for _, c := range in.CallsIn(f.made, len(in.All)) {
		sub, names, apt := c.Apt()
		if apt && (sub == "remove" || sub == "purge" || sub == "autoremove") && slices.ContainsFunc(names, func(n string) bool { return bare(n) == name || n == name+"-" }) {
			return true
		}
	}
	return false
}

type usage uint8

const (
	usedLater usage = iota // or perhaps
	usedHere               // in the RUN that installs it, and not behind that
	usedNever
)

// use says where a tool is of use.
func (f *facts) use(t *tool) usage {
	if t.fetches && f.unreadable() || f.isImported(users[t.first()]) || f.inScripts(t) {
		return usedLater
	}
	so := usedNever
	note := func(at int) {
		if at == f.made && so == usedNever {
			so = usedHere
		} else if at != f.made {
			so = usedLater
		}
	}
	for i := range f.list {
		name, at := f.list[i].Name(), f.list[i].at
		if name != "" && (matchesAny(t.programs, name) || matchesAny(t.callers, name) && !(t.fetches && at == container)) {
			note(at)
		}
	}
	for _, text := range f.texts {
		if slices.ContainsFunc(t.texts, func(part string) bool { return strings.Contains(withoutNames(f, text), part) }) || text.at != f.made && mentions(text.text, t) {
			note(text.at)
		}
	}
	return so
}

// withoutNames is a text without the installs of packages, which names tools and does not
// use them.
func withoutNames(f *facts, t text) string {
	if t.at == container || f.Parsed().Keyword(t.at) != "RUN" {
		return t.text
	}
	commands, ok := f.Parsed().Commands(t.at)
	if !ok {
		return t.text
	}
	var rest []string
	for _, c := range commands {
		if !Installs(c) {
			rest = append(rest, c.Source())
		}
	}
	return strings.Join(rest, "\n")
}

// mentions reports whether a text has one of a tool's programs as a word, so that somebody
// may call it.
func mentions(text string, t *tool) bool {
	for word := range strings.FieldsFuncSeq(text, isBoundary) {
		if matchesAny(t.programs, path.Base(word)) {
			return true
		}
	}
	return false
}

func isBoundary(r rune) bool { return strings.ContainsRune(" \t\n\"'`=:,;()[]{}<>|&$@", r) }

// unreadable reports whether a part of the build cannot be read, or may call anything.
func (f *facts) unreadable() bool {
	return f.anything() != "" || slices.ContainsFunc(f.unknown, func(u unknown) bool { return u.at != container })
}

// inScripts reports whether a script in the image names one of a tool's programs, whoever
// calls it. Those of packages and of the base image are not the author's.
func (f *facts) inScripts(t *tool) bool {
	for name, content := range f.Captured {
		if !rules.IsScript(name) || isForeign("/"+name) || !mentions(string(content), t) {
			continue
		}
		r, ok := f.Visible(name)
		if !ok || int(r.Layer) < len(f.Layers) && f.Layers[r.Layer].Inherited {
			continue
		}
		if _, owned := f.owner("/" + name); !owned {
			return true
		}
	}
	return false
}

// isImported reports whether one of the modules is in the image.
func (f *facts) isImported(modules string) bool {
	if modules == "" {
		return false
	}
	for i := range f.Tree.Records {
		r := &f.Tree.Records[i]
		if r.Kind != model.Directory && r.Kind != model.Implied || r.Gone != model.StillThere {
			continue
		}
		if matchesAny(modules, f.Tree.Name(r.Node)) && isForeign("/"+f.Tree.Path(r.Node)) {
			return true
		}
	}
	return false
}

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
