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
			return fix
		case len(owners) < len(f.Paths) && slices.ContainsFunc(commands, installsModules):
			fix.Summary += " For what the distribution's packages compile, add an rm at the end of their RUN."
			return fix
		}
		return advice.Hint(model.Manual, ofDistribution(owners))
	}
	return r
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
