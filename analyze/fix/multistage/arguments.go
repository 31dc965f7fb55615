package multistage

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/redact"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// readSilently matches ARGs that programs read without anybody writing their name.
var readSilently = lazyregexp.New(`(?i)^(?:DEBIAN_FRONTEND|DEBCONF_.*|.*_proxy|LANG|LC_.*|TZ|HOME|PATH|USER|APT_.*|SOURCE_DATE_EPOCH)$`)

// repeatArguments leaves ARGs out of the runtime stage that nothing in it uses, and reports an error
// for an instruction that it would repeat and that holds a secret: there is one place too many already.
func (d *draft) repeatArguments() error {
	rest, _ := d.rest()
	runs := slices.ContainsFunc(d.instructions[d.boundary+1:], func(in instruction) bool { return in.Keyword == "RUN" })
	mask := d.in.Build.SecretMask()
	for i := range d.buildStage() {
		in := &d.instructions[i]
		if d.parts[i] == "" || in.role != setsConfig && in.role != addsAccounts {
			continue
		}
		if in.Keyword == "ARG" && !runs && !d.usesArgument(i, rest) {
			d.parts[i] = ""
			continue
		}
		if mask.Text(in.source) != in.source || in.Keyword == "ARG" && defaultsSecret(in.source) {
			return lineError(in, "holds a secret, and a second stage would repeat it; give it to the build with RUN --mount=type=secret, or to the container")
		}
	}
	return nil
}

// defaultsSecret reports whether an ARG gives a default to a variable whose name means a secret.
func defaultsSecret(source string) bool {
	return slices.ContainsFunc(strings.Fields(source)[1:], func(word string) bool {
		name, value, _ := argument(word)
		return value != "" && redact.NamesSecret(name)
	})
}

// argument is the name and the default of a word of an ARG, without the quotes that may stand
// around either or both.
func argument(word string) (name, value string, given bool) {
	name, value, given = strings.Cut(word, "=")
	return strings.Trim(name, `"'`), strings.Trim(value, `"'`), given
}

// usesArgument reports whether the runtime stage names a variable of an ARG in another instruction,
// or may read it.
func (d *draft) usesArgument(i int, rest string) bool {
	for _, word := range strings.Fields(d.instructions[i].source)[1:] {
		name, _, _ := argument(word)
		if readSilently.MatchString(name) {
			return true
		}
		if namesVariable(rest, name) {
			return true
		}
		for k, part := range d.parts {
			if k != i && namesVariable(part, name) {
				return true
			}
		}
	}
	return false
}

// namesVariable reports whether a text has a variable, or one of which the name begins like it.
func namesVariable(text, name string) bool {
	return strings.Contains(text, "${"+name) || strings.Contains(text, "$"+name)
}

// doubtArguments: no path that is copied holds the default of an ARG. Whoever builds with another
// value has it elsewhere.
func (d *draft) doubtArguments() string {
	for i := range d.buildStage() {
		in := &d.instructions[i]
		if in.Keyword != "ARG" {
			continue
		}
		for _, word := range strings.Fields(in.source)[1:] {
			name, value, given := argument(word)
			if !given || len(value) < 2 || !d.namesArgument(i, name) {
				continue
			}
			if slices.ContainsFunc(d.copied, func(s copySource) bool { return holdsPath("/"+s.path, value) }) {
				return fmt.Sprintf("what is built is where the default of %s says, which a build may set otherwise", name)
			}
		}
	}
	return ""
}

// checkChosenRuns reports an error for a RUN that did nothing in this image, since an ARG says so: what
// it does for another value would stay in the build stage, and nobody knows whether it is needed.
func (d *draft) checkChosenRuns() error {
	for i := range d.buildStage() {
		in := &d.instructions[i]
		if in.Keyword != "RUN" || in.run == nil || !slices.ContainsFunc(in.run.Commands, func(c rewrite.Command) bool { return c.Conditional }) || d.leftFiles(i) {
			continue
		}
		for k := range d.instructions[:i] {
			if arg := &d.instructions[k]; arg.Keyword == "ARG" {
				for _, word := range strings.Fields(arg.source)[1:] {
					if name, _, _ := argument(word); namesVariable(in.source, name) {
						return lineError(in, "does something only where %s says so, and what that is the image does not show", name)
					}
				}
			}
		}
	}
	return nil
}

// leftFiles reports whether an instruction left anything but directories in its layer.
func (d *draft) leftFiles(i int) bool {
	for layer, maker := range d.maker {
		if maker != i || layer >= d.tree.Layers() {
			continue
		}
		for _, r := range d.tree.Layer(layer) {
			if r.Kind != model.Directory && r.Kind != model.Implied {
				return true
			}
		}
	}
	return false
}

// pythonVersion matches the directory of one version of Python, and takes the version.
var pythonVersion = lazyregexp.New(`(?:^|/)python([0-9]+\.[0-9]+)(?:/|$)`)

// doubtVersions: no path that is copied has a version of Python in it that the tag of the base image
// leaves open (python:3): a newer image of that tag has another.
func (d *draft) doubtVersions() string {
	words := strings.Fields(d.base)
	if len(words) == 0 {
		return ""
	}
	name, tag, _ := strings.Cut(path.Base(words[len(words)-1]), ":")
	brings := name == "python" || name == "pypy"
	floats := (name == "debian" || name == "ubuntu") && floatingTag.MatchString(tag)
	if !brings && !floats || strings.Contains(d.base, "@sha256:") {
		return ""
	}
	for _, s := range d.copied {
		if found := pythonVersion.FindStringSubmatch(s.path); found != nil && !strings.Contains(tag, found[1]) {
			return fmt.Sprintf("the copied files lie where Python %s looks, and %s may bring another", found[1], words[len(words)-1])
		}
		if found := gemVersion.FindStringSubmatch(s.path); floats && found != nil {
			return fmt.Sprintf("the copied files lie where Ruby %s looks, and %s may bring another", found[1], words[len(words)-1])
		}
	}
	return ""
}

var (
	// floatingTag matches a tag of a distribution that another release gets one day.
	floatingTag = lazyregexp.New(`^(?:|latest|stable|testing|unstable|sid|rolling|devel|lts)(?:-slim|-backports)?(?:-\d+)?$`)
	// gemVersion matches a directory of gems that is one release's of Ruby.
	gemVersion = lazyregexp.New(`(?:^|/)gems/(\d+\.\d+)\.\d+(?:/|$)`)
)

// namesArgument reports whether an instruction of the build stage behind an ARG names its variable.
func (d *draft) namesArgument(i int, name string) bool {
	return slices.ContainsFunc(d.instructions[i+1:d.boundary+1], func(in instruction) bool {
		return namesVariable(in.source, name)
	})
}

// holdsPath reports whether a path is, or has as its beginning, as one of its names or as a part of one, a value.
func holdsPath(name, value string) bool {
	if strings.HasPrefix(value, "/") {
		value = strings.TrimSuffix(value, "/")
		return strings.Count(value, "/") > 0 && len(value) > 1 && (name == value || strings.HasPrefix(name, value+"/"))
	}
	isPart := func(r byte) bool {
		return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '.'
	}
	for at, from := 0, 0; len(value) > 2 && strings.Contains(name[from:], value); from = at + 1 { // nginx-1.22.1
		at = from + strings.Index(name[from:], value)
		if end := at + len(value); (at == 0 || !isPart(name[at-1])) && (end == len(name) || !isPart(name[end])) {
			return true
		}
	}
	return slices.Contains(strings.Split(name, "/"), value)
}

// moduleTools are packages of programs that fetch modules of a language and compile what is in C.
var moduleTools = []string{"cpanminus", "libdevel-patchperl-perl", "luarocks", "php-pear", "r-base-core"}

// doubtModules: no program stays that compiles modules where a container calls it, while its compiler goes.
func (d *draft) doubtModules() string {
	for i := range d.buildStage() {
		for _, install := range d.instructions[i].packages {
			for _, word := range install.words {
				if name := packageName(word); d.parts[i] != "" && slices.Contains(moduleTools, name) {
					return fmt.Sprintf("%s, which the new stage installs, compiles what it fetches", name)
				}
			}
		}
	}
	return ""
}
