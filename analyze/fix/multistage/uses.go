package multistage

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/analyze/rules/toolchain"
	"github.com/tare-oci/tare/model"
)

// toolUse says which commands of a build show that it uses a package. The commands stand
// without the version behind their names.
type toolUse struct {
	packages []string // patterns of names, as path.Match reads them
	commands []string
}

// installers fetch packages of a language and compile what those hold in C.
var installers = []string{"pip", "pipx", "poetry", "uv", "pipenv", "easy_install", "tox", "npm", "npx", "yarn", "pnpm", "node-gyp", "gem", "bundle", "bundler", "cpan", "cpanm", "cpanp", "pecl", "pear", "R", "Rscript", "install2.r", "install.r", "luarocks", "setup.py"}

// drivers run whatever compiler a description of a build names.
var drivers = []string{"make", "gmake", "cmake", "ninja", "meson", "scons", "waf", "bazel", "bazelisk", "configure", "Configure", "config", "autogen.sh", "bootstrap", "bootstrap.sh", "autoreconf", "build script"}

// compilers compile C, or languages that link as C does.
var compilers = []string{"gcc", "g++", "cc", "c++", "c89", "c99", "clang", "clang++", "ld", "ar", "as", "gfortran", "nasm", "yasm", "qmake", "rustc", "cargo", "maturin", "ghc", "cabal", "stack", "opam", "dune", "mix", "rebar3", "nim", "crystal", "zig", "swift", "swig",
	"docker-php-ext-install", "docker-php-ext-configure", "phpize", "buildconf", "Makefile.PL", "Build.PL", "checkinstall", "dpkg-buildpackage", "debuild", "rake-compiler", "autoconf", "automake", "libtoolize", "bison", "flex", "m4", "strip"}

// toolUses are by package, the first that matches. What matches none is of a compiler of C.
var toolUses = []toolUse{
	{[]string{"default-jdk*", "openjdk-*-jdk*"}, slices.Concat([]string{"javac", "jar", "mvn", "mvnw", "gradle", "gradlew", "ant", "sbt", "lein", "clojure", "kotlinc", "scalac", "native-image", "jlink", "jpackage", "jdeps"}, drivers)},
	{[]string{"binutils*"}, slices.Concat(compilers, drivers, installers, []string{"objcopy", "objdump", "readelf", "nm", "jlink"})}, // jlink --strip-debug calls objcopy
	// Compilers for other machines: what is installed from an archive of modules is for this one.
	{[]string{"*-elf", "*-eabi", "*-eabihf", "gcc-*-linux-gnu*", "g++-*-linux-gnu*", "*mingw-w64*", "gcc-avr", "avr-libc"}, slices.Concat(compilers, drivers, []string{"go", "build script"})},
	{[]string{"maven"}, []string{"mvn", "build script", "make"}},
	{[]string{"gradle"}, []string{"gradle", "build script", "make"}},
	{[]string{"ant"}, []string{"ant", "build script", "make"}},
	{[]string{"golang*"}, slices.Concat([]string{"go"}, drivers)},
	{[]string{"rustc*", "cargo*", "libstd-rust-dev*"}, slices.Concat([]string{"rustc", "cargo", "maturin", "pip", "npm", "yarn"}, drivers)},
	{[]string{"dotnet-sdk-*"}, []string{"dotnet", "build script", "make"}},
	{[]string{"npm"}, []string{"npm", "npx", "build script", "make"}},
	{[]string{"yarnpkg"}, []string{"yarn", "yarnpkg", "build script", "make"}},
	{[]string{"composer"}, []string{"composer", "build script", "make"}},
	{[]string{"debhelper", "devscripts", "libdebhelper*"}, []string{"dpkg-buildpackage", "debuild", "dh", "mk-build-deps", "build script", "make"}},
	{[]string{"bazel*"}, []string{"bazel", "bazelisk", "build script"}},
	{[]string{"bison", "flex"}, slices.Concat(compilers, drivers)},
	{[]string{"autoconf*", "automake*", "libtool*", "autotools-dev"}, slices.Concat(compilers, drivers, []string{"pip", "npm", "yarn", "pecl", "R", "Rscript", "install2.r"})},
}

// commandsThatUse are the commands that show that a build uses a package.
func commandsThatUse(name string) []string {
	for i := range toolUses {
		if toolUses[i].has(name) {
			return toolUses[i].commands
		}
	}
	return slices.Concat(compilers, drivers, installers)
}

var (
	// buildScript matches the names of scripts that say of themselves that they build.
	buildScript = lazyregexp.New(`(?i)(build|compile|make)`)
	// toolVersion matches the version behind the name of a command: gcc-12, pip3.11.
	toolVersion = lazyregexp.New(`(-?[0-9][0-9.]*|-go)$`)
)

// wrappers run the command that their further words are.
var wrappers = []string{"sudo", "env", "time", "nice", "gosu", "su", "su-exec", "xargs", "bash", "sh", "dash", "eval", "exec", "command", "python", "python2", "python3", "perl", "php", "ruby", "scl", "xvfb-run", "eatmydata"}

// usedCommands are the names of what the RUNs of the build stage run, behind the words that
// only run others.
func (d *draft) usedCommands() map[string]bool {
	used := make(map[string]bool)
	add := func(word string) {
		base := path.Base(word)
		if strings.Contains(word, "/") && buildScript.MatchString(base) || strings.HasSuffix(base, ".sh") && buildScript.MatchString(base) {
			used["build script"] = true
		}
		used[base] = true
		used[toolVersion.ReplaceAllString(base, "")] = true
		for _, driver := range []string{"gcc", "g++", "clang"} {
			if strings.HasSuffix(base, "-"+driver) {
				used[driver] = true
			}
		}
	}
	for i := range d.buildStage() {
		if d.instructions[i].run == nil {
			continue
		}
		for _, c := range d.instructions[i].run.Commands {
			if _, _, apt := c.Apt(); apt {
				continue
			}
			add(c.Words[0].Text)
			if !slices.Contains(wrappers, toolVersion.ReplaceAllString(c.Name(), "")) && !slices.Contains(wrappers, c.Name()) {
				continue
			}
			for _, w := range c.Args() {
				for _, word := range strings.FieldsFunc(w.Text, func(r rune) bool { return strings.ContainsRune(" \t\n;&|()'\"", r) }) {
					add(word)
				}
			}
		}
	}
	if used["go"] && d.linksWithC() {
		used["cc"] = true // cgo
	}
	return used
}

// linksWithC reports whether a RUN of the build stage made a program that is linked with a
// library of C.
func (d *draft) linksWithC() bool {
	for id, f := range d.in.Build.Executables {
		r := &d.tree.Records[id]
		if layer := int(r.Layer); layer >= d.ownLayer && layer <= d.lastLayer && r.HiddenBy == model.StillThere && len(f.Needed) > 0 && d.owner(id) < 0 && d.instructions[d.maker[layer]].role != brings {
			return true
		}
	}
	return false
}

// checkUses reports an error for a build tool that the author named, that would go, and that
// no RUN of the build stage is seen to use: it may be there for what runs in the container.
// dropped are the packages that the installs name and the runtime stage would not have.
func (d *draft) checkUses(dropped []string) error {
	used := d.usedCommands()
	for _, name := range dropped {
		if !d.isWrittenByAuthor(name) || d.isPurged(name) || toolchain.KindOf("dpkg", name) == toolchain.None || toolUses[0].has(name) && d.startsJava() {
			continue
		}
		if !slices.ContainsFunc(commandsThatUse(name), func(command string) bool { return used[command] }) {
			return fmt.Errorf("no RUN appears to use %s, so the container may need it", name)
		}
	}
	return nil
}

// isWrittenByAuthor reports whether the Dockerfile names a package without other edits, which
// name what came as a recommended package.
func (d *draft) isWrittenByAuthor(name string) bool {
	text := d.in.Original
	if text == nil {
		text = d.in.Dockerfile
	}
	return slices.ContainsFunc(strings.Fields(string(text)), func(word string) bool {
		return packageName(strings.TrimRight(word, `;&|)\`+"`")) == name
	})
}

// has reports whether one of the patterns matches a name.
func (u *toolUse) has(name string) bool {
	return slices.ContainsFunc(u.packages, func(pattern string) bool { ok, err := path.Match(pattern, name); return ok && err == nil })
}

// startsJava reports whether the container starts a program with java, which needs no
// compiler.
func (d *draft) startsJava() bool {
	p := d.in.Build.Program()
	return len(p.Words) > 0 && path.Base(p.Words[0]) == "java" || len(p.Commands) > 0 && p.Commands[0].Name() == "java"
}

// checkProgram reports an error for an image that is a machine for people to work at: they
// may want the tools.
func (d *draft) checkProgram() error {
	p := d.in.Build.Program()
	for _, c := range p.Commands[:len(p.Commands)-len(p.Scripts)] {
		if isPrompt(c) {
			return fmt.Errorf("the container starts %s, so people may need the tools inside it", c.Name())
		}
	}
	if fields := strings.Fields(d.base); len(fields) > 1 && advice.IsBuilderImage(fields[len(fields)-1]) {
		return fmt.Errorf("%s, which both stages would start from, is an image for building", fields[len(fields)-1])
	}
	for _, c := range p.Commands {
		if base := path.Base(c.Words[0].Text); strings.HasPrefix(base, "jupyter") {
			return fmt.Errorf("the container starts %s, in which people install packages", base)
		}
	}
	for _, word := range p.Words[:min(len(p.Words), 3)] {
		if base := path.Base(word); startsBuild.MatchString(base) && !strings.Contains(word, " ") {
			return fmt.Errorf("the container starts %s, which may compile something", base)
		}
	}
	for _, c := range p.Commands {
		if words := buildsAtStart(c); words != "" {
			return fmt.Errorf("the container runs %s when it starts", words)
		}
	}
	return nil
}

// startsBuild matches the names of scripts that build or test what is mounted into a container.
var startsBuild = lazyregexp.New(`(?i)^(?:(?:run|docker|ci|do)[-_.]?)?(?:build|compile|make|tests?|package|release)(?:[-_.](?:all|sh|bash|py))*$`)

// buildsAtStart returns the words by which a command compiles or installs what may have to be
// compiled, "" for other commands.
func buildsAtStart(c rewrite.Command) string {
	name := c.Name()
	if slices.Contains(compilers, name) || slices.Contains(drivers, name) {
		return name
	}
	if strings.HasPrefix(name, "python") && len(c.Words) > 3 && c.Words[1].Text == "-m" {
		name = c.Words[2].Text
	}
	verbs := []string{"install", "ci", "add", "update", "upgrade", "sync", "rebuild", "require"}
	if !slices.Contains(installers, name) && name != "composer" && name != "pip3" {
		return ""
	}
	for _, w := range c.Args() {
		if slices.Contains(verbs, w.Text) {
			return name + " " + w.Text
		}
		if !strings.HasPrefix(w.Text, "-") && w.Text != name {
			break
		}
	}
	return ""
}

// isPrompt reports whether a command waits for a person: a shell that gets no script, a
// server of such shells, or something that only keeps the container up.
func isPrompt(c rewrite.Command) bool {
	var words []string
	for _, w := range c.Args() {
		if !strings.HasPrefix(w.Text, "-") {
			words = append(words, w.Text)
		}
	}
	switch c.Name() {
	case "sh", "bash", "ash", "dash", "zsh", "fish", "ksh", "tmux", "screen":
		return len(words) == 0
	case "sleep":
		return len(words) == 1 && words[0] == "infinity"
	case "tail":
		return len(words) == 1 && words[0] == "/dev/null"
	}
	return rules.IsWorkplace(c.Name()) && !strings.HasPrefix(c.Name(), "jupyter")
}

// checkLocale reports an error where the environment names a locale that a RUN makes and
// none of the files that are copied hold.
func (d *draft) checkLocale() error {
	named := slices.ContainsFunc(d.in.Build.Env, func(variable string) bool {
		name, value, _ := strings.Cut(variable, "=")
		return (name == "LANG" || strings.HasPrefix(name, "LC_")) && strings.Contains(value, "_")
	})
	if !named || slices.ContainsFunc(d.copied, func(source copySource) bool {
		return isBelow(source.path, []string{"usr/lib/locale"}) || isBelow("usr/lib/locale", []string{source.path})
	}) {
		return nil
	}
	for i := range d.buildStage() {
		in := &d.instructions[i]
		if in.run == nil {
			continue
		}
		for _, c := range in.run.Commands {
			if name := c.Name(); name == "locale-gen" || name == "localedef" {
				return lineError(in, "generates locales, and tare cannot tell which files those are")
			}
		}
	}
	return nil
}

// checkOwnPrograms reports an error for a RUN of a program of the base image of which no file
// tells what it did.
func (d *draft) checkOwnPrograms() error {
	for i := range d.buildStage() {
		in := &d.instructions[i]
		if in.role != runs || in.run == nil || len(in.run.Commands) != 1 {
			continue
		}
		word := in.run.Commands[0].Words[0].Text
		if !path.IsAbs(word) || !isSystemPath(strings.TrimPrefix(word, "/")) {
			continue
		}
		if n, ok := d.tree.Lookup(strings.TrimPrefix(path.Clean(word), "/")); ok && !d.isInBase(n) {
			continue
		}
		if !d.writesFiles(i) {
			return lineError(in, "runs %s, and no file shows what that did", word)
		}
	}
	return nil
}

// writesFiles reports whether a layer of an instruction holds anything.
func (d *draft) writesFiles(i int) bool {
	for layer := d.ownLayer; layer <= d.lastLayer; layer++ {
		if d.maker[layer] != i {
			continue
		}
		for _, r := range d.tree.Layer(layer) {
			if r.Kind != model.Implied && r.Kind != model.Directory {
				return true
			}
		}
	}
	return false
}
