package leftovers

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// PythonBytecode follows PEP 3147; python(1), PYTHONDONTWRITEBYTECODE.
var PythonBytecode = notByPip(advice.Optional(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "python-bytecode",
		Title: "compiled Python files",
		Why: "Python compiles each module when it is first imported or installed and keeps the result in __pycache__, about as large as the source. Without it a program starts somewhat slower, because it compiles again " +
			"in memory; with it the image is larger, and the files differ from build to build because they record the source's timestamp. Which matters more depends on how often containers start.",
		Confidence: model.Possible,
		Paths:      []string{"**/__pycache__/**", "**/*.pyc", "**/*.pyo"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint find IMAGE / -xdev -name '*.pyc' -size +0",
			Before:  "RUN pip install --no-cache-dir -r requirements.txt",
			After:   "RUN pip install --no-cache-dir --no-compile -r requirements.txt",
			WhenNot: "Where containers start often or must start fast, or run with a read-only filesystem; and where there are only .pyc files, without their source.",
			Sources: []string{"https://peps.python.org/pep-3147/", "https://docs.python.org/3/using/cmdline.html#envvar-PYTHONDONTWRITEBYTECODE"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN pip install a
				+ usr/local/lib/python3.13/site-packages/a/__pycache__/b.cpython-313.pyc
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN pip install --no-compile a",
			Miss: `
				COPY app /
				+ app
				RUN pip install a
				+ usr/lib/python3/a.py
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "compiled Python files",
}, "Pass --no-compile to pip install and set PYTHONDONTWRITEBYTECODE=1 if size matters more to you than the first start."))

// notByPip gives the rule of compiled Python files another hint where no pip wrote
// them: a flag of pip's does not reach what packages of the distribution compile
// when they are installed (Debian's py3compile) or bring along (rpm, apk).
func notByPip(r rules.Rule) rules.Rule {
	pip := r.Fix
	r.Fix = func(f *model.Finding, b *rules.Build) *model.Fix {
		fix := pip(f, b)
		made, ok := advice.Maker(f, b)
		if !ok || f.Inherited || b.Parsed().Keyword(made) != "RUN" {
			return fix
		}
		owners := bytecodeOwners(f, b)
		commands, _ := b.Parsed().Commands(made)
		bySystem := slices.ContainsFunc(commands, installsPackages) && !slices.ContainsFunc(commands, installsModules)
		switch {
		case len(owners) == 0 && !bySystem:
			if edit := withoutCompiling(f, b, made, commands); edit != nil {
				return edit
			}
			return fix
		case len(owners) < len(f.Paths) && slices.ContainsFunc(commands, installsModules):
			fix.Summary += " For what the distribution's packages compile, add an rm at the end of their RUN."
			return fix
		}
		return advice.Hint(model.Manual, ofDistribution(owners))
	}
	return r
}

// withoutCompiling is the edit of the pip install that compiled a finding's files; nil where
// something else may have, or would again: the modules are compiled when they are first
// imported, in whatever layer that is.
func withoutCompiling(f *model.Finding, b *rules.Build, made int, commands []rewrite.Command) *model.Fix {
	in := b.Parsed()
	if !in.PosixShell(made) || slices.ContainsFunc(f.Paths, func(p string) bool {
		return !strings.Contains(p, "/site-packages/") && !strings.Contains(p, "/dist-packages/")
	}) || slices.ContainsFunc(commands, mayImport) {
		return nil
	}
	for i := made + 1; i < len(in.All); i++ {
		if in.Keyword(i) != "RUN" {
			continue
		}
		if later, ok := in.Commands(i); !ok || slices.ContainsFunc(later, mayImport) {
			return nil
		}
	}
	before := in.Text(made)
	after, ok := rewrite.AddFlag(before, "--no-compile", afterPipInstall)
	if !ok {
		return nil
	}
	fix := advice.Edit{Before: before, After: after}.Fix(model.Flag, "Pass --no-compile to pip install if size matters more to you than the first start: Python then compiles each module in memory when a container imports it.")
	fix.Risk = "Each container starts a little slower."
	return fix
}

// mayImport reports whether a command may run Python with the image's modules, other than
// pip itself.
func mayImport(c rewrite.Command) bool {
	return installsModules(c) && afterPipInstall(c) < 0 && !strings.HasPrefix(c.Name(), "pip")
}

// afterPipInstall is [advice.AfterPip] for install alone, and also where the cache is off;
// -1 where the command says already whether to compile.
func afterPipInstall(c rewrite.Command) int {
	if slices.ContainsFunc(c.Words, func(w rewrite.Word) bool { return w.Text == "--compile" || w.Text == "--no-compile" }) {
		return -1
	}
	c.Words = slices.Clone(c.Words)
	for i, w := range c.Words {
		if strings.HasPrefix(w.Text, "--no-cache") || strings.HasPrefix(w.Text, "--cache-dir") {
			c.Words[i].Text = "-q" // AfterPip stops at what turns the cache off
		}
	}
	at := advice.AfterPip(c)
	if at < 0 || c.Words[at].Text != "install" {
		return -1
	}
	return at
}

// ofDistribution is the hint about files that packages of the distribution compiled
// or brought.
func ofDistribution(owners []*model.Package) string {
	const where = "Where size matters more than the first start, "
	if len(owners) > 0 && !slices.ContainsFunc(owners, func(p *model.Package) bool {
		return p.Manager != "apk" || !strings.HasSuffix(p.Name, "-pyc") && p.Name != "pyc"
	}) {
		return where + "leave out apk's packages of compiled files with !pyc (apk add python3 '!pyc')."
	}
	return where + "remove the __pycache__ directories at the end of the RUN that installs the distribution's packages: they compile their Python files during the install, and no pip flag changes that."
}

// bytecodeOwners returns the package of each of a finding's files that belongs to
// one, itself or its source.
func bytecodeOwners(f *model.Finding, b *rules.Build) (owners []*model.Package) {
	for _, name := range f.Paths {
		p, ok := advice.OwnerOf(b, name)
		if !ok {
			p, ok = advice.OwnerOf(b, sourceOf(name))
		}
		if ok {
			owners = append(owners, p)
		}
	}
	return owners
}

// sourceOf is where the source of a compiled file lies: a/__pycache__/b.cpython-313.pyc
// is compiled from a/b.py (PEP 3147), and a/b.pyc was once.
func sourceOf(compiled string) string {
	dir, base := path.Split(compiled)
	module, _, _ := strings.Cut(base, ".")
	return path.Join(strings.TrimSuffix(dir, "__pycache__/"), module+".py")
}

// installsPackages reports whether a command installs packages of the distribution.
func installsPackages(c rewrite.Command) bool {
	return slices.Contains([]string{"apt-get", "apt", "aptitude", "apk", "dnf", "microdnf", "tdnf", "yum", "zypper"}, c.Name()) &&
		slices.ContainsFunc(c.Words, func(w rewrite.Word) bool { return w.Text == "install" || w.Text == "add" || w.Text == "in" })
}

// installsModules reports whether a command may install Python's own packages, or is
// one that cannot be told from such.
func installsModules(c rewrite.Command) bool {
	name, called := c.Name(), c.Words[0].Text
	switch {
	case strings.HasPrefix(name, "pip"), strings.HasPrefix(name, "python"), strings.HasPrefix(name, "pypy"), strings.HasPrefix(name, "easy_install"):
		return true
	case strings.Contains(called, "/") && !strings.HasPrefix(called, "/bin/") && !strings.HasPrefix(called, "/usr/bin/"):
		return true // a script of the image's own
	}
	return slices.Contains([]string{"", "uv", "poetry", "pdm", "hatch", "conda", "mamba", "micromamba", "make", "sh", "bash", "source", ".", "eval", "xargs", "tox", "meson", "cmake"}, name)
}
