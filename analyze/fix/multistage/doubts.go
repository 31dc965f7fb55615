package multistage

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/loader"
	"github.com/tare-oci/tare/analyze/rules/toolchain"
	"github.com/tare-oci/tare/model"
)

// Doubt is what a proposal takes for granted and nothing in the image shows, in words for the
// middle of a sentence and in one line.
type Doubt string

// findDoubts lists what a proposal takes for granted, the gravest first: that no change of the
// base image is lost, that it is known what runs, that nobody works in the container, that
// nothing compiles while it runs, and which files the build made.
func (d *draft) findDoubts() (doubts []Doubt) {
	for _, find := range []func() string{d.doubtProgram, d.doubtScripts, d.doubtNames, d.doubtNeighbours, d.doubtPurpose, d.doubtTerminals, d.doubtMachine, d.doubtEnvironment, d.doubtCompilers, d.doubtLibraries, d.doubtWindows, d.doubtVersionControl, d.doubtArguments, d.doubtVersions, d.doubtModules, d.doubtSplit} {
		if why := find(); why != "" {
			doubts = append(doubts, Doubt(strings.Join(strings.Fields(why), " ")))
		}
	}
	return doubts
}

// doubtProgram: it has to be known which program a container starts.
func (d *draft) doubtProgram() string {
	b := d.in.Build
	switch {
	case !b.ChoosesProgram():
		return "the Dockerfile does not say what a container starts"
	case b.Program().StartsOthers():
		return "the container's program starts other programs"
	case !b.KnowsProgram() || d.entry.kind == unknownEntry:
		return "tare could not read the program that a container starts"
	}
	return ""
}

// doubtScripts: each script that a script runs has to be known, too.
func (d *draft) doubtScripts() string {
	for _, c := range d.in.Build.Program().Scripts {
		if c.Name() == "." || c.Name() == "source" || c.Name() == "eval" {
			return "the start script runs something that tare cannot follow (" + c.Name() + ")"
		}
		if text := strings.Trim(c.Words[0].Text, `"`); c.Name() == "" && text != "$@" && text != "${@}" {
			return fmt.Sprintf("the start script runs what %s stands for", text)
		}
		words := c.Words[:1]
		if isShell(c.Name()) {
			words = c.Words[1:]
		}
		for _, w := range words {
			if strings.HasPrefix(w.Text, "-") {
				continue
			}
			if id, name, ok := d.find(w.Text); ok && d.runsUnread(id, name) {
				return fmt.Sprintf("the start script runs /%s, which tare could not read", name)
			}
			break
		}
	}
	return ""
}

// runsUnread reports whether a file is a script of a shell that no package brought and of which
// the scan kept no content.
func (d *draft) runsUnread(id model.RecordID, name string) bool {
	if _, known := d.in.Build.Captured[name]; known || d.ownerOf(id) >= 0 || int(d.tree.Records[id].Layer) < d.ownLayer {
		return false
	}
	f := d.view.Program(id)
	return strings.HasSuffix(name, ".sh") || f != nil && f.IsScript() && strings.Contains(path.Base(f.Script), "sh")
}

func isShell(name string) bool {
	return slices.Contains([]string{"sh", "bash", "ash", "dash", "ksh", "zsh"}, name)
}

// workWords are what people write into the comments and labels of a Dockerfile whose containers
// they build, test or try things in.
var workWords = lazyregexp.New(`(?i)\b(?:dev-?containers?|codespaces?|(?:dev|development|build|builder|ci|test|testing|compile|compilation|toolchain)[ -](?:images?|containers?|machines?|box|environments?|env|servers?|agents?|nodes?|runners?)` +
	`|(?:docker|podman|nerdctl|kubectl|oc|compose) (?:run|exec)|docker-compose (?:run|exec)|continuous integration|jenkins|gitlab[ -]?(?:ci|runner)|travis|buildbot|just[- ]in[- ]time|jit|at run ?time|on the fly|hot[- ]reload(?:ing)?|live[- ]reload(?:ing)?|sandbox|playground|workshop|tutorial|online judge|cross[- ]compil\w+)\b`)

// doubtPurpose: nothing that the author wrote may tell of people who work in the container.
func (d *draft) doubtPurpose() string {
	text := d.in.Original
	if text == nil {
		text = d.in.Dockerfile
	}
	for line := range strings.Lines(string(text)) {
		bare := strings.TrimSpace(line)
		keyword, _, _ := strings.Cut(strings.ToUpper(bare), " ")
		if !strings.HasPrefix(bare, "#") && keyword != "LABEL" {
			continue
		}
		if word := workWords.FindString(bare); word != "" {
			return fmt.Sprintf("the Dockerfile mentions %q, so people may work inside the container", word)
		}
	}
	return ""
}

// doubtTerminals: the program opens no terminals, in which people run what they like.
func (d *draft) doubtTerminals() string {
	if name := toolchain.OpensTerminals(d.in.Build.Libraries); name != "" {
		return name + " opens terminals, in which people may run anything"
	}
	return ""
}

// workTools are packages for people who work in a container.
var workTools = []string{"openssh-server", "gdb", "gdbserver", "lldb", "strace", "ltrace", "valgrind", "vim", "vim-nox", "vim-tiny", "nano", "emacs*", "neovim", "tmux", "screen", "zsh", "fish", "sudo", "man-db", "bash-completion", "mc", "joe", "jupyter*", "ipython3"}

// doubtNeighbours: no other Dockerfile of the project builds on the image, which may need the tools.
func (d *draft) doubtNeighbours() string {
	if name := d.in.Build.BuiltOn(); name != "" {
		return name + " builds on the image"
	}
	return ""
}

// doubtMachine: the Dockerfile installs no tools for people.
func (d *draft) doubtMachine() string {
	for i := range d.buildStage() {
		for _, install := range d.instructions[i].packages {
			for _, word := range install.all {
				if name := packageName(word); slices.ContainsFunc(workTools, func(p string) bool { ok, err := path.Match(p, name); return ok && err == nil }) {
					return fmt.Sprintf("it installs %s, so people may work inside the container", name)
				}
			}
		}
	}
	for i := range d.instructions {
		if words := strings.Fields(d.instructions[i].source); d.instructions[i].Keyword == "EXPOSE" && (slices.Contains(words, "22") || slices.Contains(words, "22/tcp")) {
			return "people may log in to the container (EXPOSE 22)"
		}
	}
	return ""
}

// compilerVariables are variables that compilers read.
var compilerVariables = []string{"CC", "CXX", "CPP", "LD", "FC", "RUSTFLAGS", "CFLAGS", "CXXFLAGS", "CPPFLAGS", "LDFLAGS", "MAKEFLAGS"}

// doubtEnvironment: the environment of a container is not that of a build, and not of people who
// develop.
func (d *draft) doubtEnvironment() string {
	for _, variable := range d.in.Build.Env {
		name, value, _ := strings.Cut(variable, "=")
		switch {
		case slices.Contains(compilerVariables, name):
			return fmt.Sprintf("the container sets %s, which compilers read", name)
		case strings.HasSuffix(name, "_ENV") && (value == "development" || value == "dev" || value == "test"), name == "DEBUG" && value != "" && value != "0" && !strings.EqualFold(value, "false"):
			return fmt.Sprintf("%s suggests that the container is for development", name)
		}
	}
	return ""
}

// compilesLater are directories of libraries that call a compiler while a program runs.
var compilesLater = []string{"torch", "triton", "mujoco_py", "theano", "pytensor", "pymc", "pymc3", "aesara", "pythran", "cppyy", "pystan", "cmdstanpy", "deepspeed", "tvm", "pyopencl", "pycuda", "cupy", "pyximport", "numba", "weave", "ipykernel", "notebook", "jupyterlab",
	"rstan", "cmdstanr", "brms", "inline", "rcpp11", "devtools", "remotes", "pak", "renv", "IRkernel", "Inline", "RubyInline"}

// doubtCompilers: no library is at hand that compiles while a program runs.
func (d *draft) doubtCompilers() string {
	for _, source := range d.copied {
		if name := d.findLibrary(source.node, source.path); name != "" {
			return fmt.Sprintf("/%s may compile while it runs", name)
		}
	}
	return ""
}

// findLibrary returns the directory of a library of compilesLater at or below a node, "" for none.
func (d *draft) findLibrary(n model.NodeID, name string) string {
	id, ok := d.tree.At(n, d.lastLayer)
	if !ok || !d.isDirectory(id) {
		return ""
	}
	if isInLibrary(name) && slices.Contains(compilesLater, path.Base(name)) && slices.Contains(libraryDirs, path.Base(path.Dir(name))) {
		return name
	}
	for c := range d.tree.Children(n) {
		if found := d.findLibrary(c, name+"/"+d.tree.Name(c)); found != "" {
			return found
		}
	}
	return ""
}

// doubtLibraries: each library that a program is linked with which is copied, or which the
// container starts, is in the new image.
func (d *draft) doubtLibraries() (why string) {
	look := func(id model.RecordID, name string) {
		f := d.view.Program(id)
		if why != "" || f == nil || f.IsScript() {
			return
		}
		if f.Unread {
			why = fmt.Sprintf("tare cannot tell what /%s is linked with", name)
			return
		}
		for _, needed := range f.Needed {
			places := d.view.Named(needed)
			if len(places) > 0 && !slices.ContainsFunc(places, func(p loader.Place) bool { return d.stays(p.Record, p.Real) && d.stays(p.Record, p.Path) }) {
				why = fmt.Sprintf("/%s needs %s, which only the build stage has", name, needed)
			}
		}
	}
	for _, c := range d.in.Build.Program().Commands {
		if id, name, ok := d.find(c.Words[0].Text); ok {
			if !d.stays(id, name) {
				return fmt.Sprintf("/%s, which the container runs, is only in the build stage", name)
			}
			look(id, name)
		}
	}
	for _, source := range d.copied {
		d.eachFile(source.node, source.path, look)
	}
	d.eachBehind(look)
	return why
}

// doubtSplit: no RUN leaves files of packages and files of a build in one layer.
func (d *draft) doubtSplit() string {
	for i := range d.buildStage() {
		if in := &d.instructions[i]; in.role == mixed && in.needsTools {
			return fmt.Sprintf("line %d both installs packages and builds, so tare tells their files apart only by location", in.writtenAt())
		}
	}
	return ""
}
