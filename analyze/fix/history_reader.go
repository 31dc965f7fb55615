package fix

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// buildersInContainer build a project, and many a build asks version control for a version.
var buildersInContainer = []string{"ant", "mvn", "mvnw", "gradle", "gradlew", "sbt", "lein", "make", "gmake", "cmake", "ninja", "meson", "bazel", "cargo", "rake", "mix", "git", "svn", "hg", "git-*"}

// callers call version control by themselves, or may call anything.
var callers = append([]string{"npm", "npx", "yarn", "pnpm", "bun", "pip*", "python*", "poetry", "pipenv", "uv", "go", "composer", "php", "bundle", "gem", "R", "Rscript", "flutter", "node", "sh", "bash", "*.sh", "*.py", "configure"}, buildersInContainer...)

// historyReader says what in the container may read the history of a project that a COPY
// brought, "" where nothing shows that: a container that builds, or a program of version
// control that no RUN has a use for.
func (p *plan) historyReader() string {
	for _, c := range p.build.Program().Commands {
		if name := path.Base(c.Words[0].Text); matchesOne(buildersInContainer, name) {
			return "the container runs " + name
		}
	}
	in, installed, called := p.build.Parsed(), "", false
	for i := range in.All {
		if in.All[i].Inherited || in.Keyword(i) != "RUN" {
			continue
		}
		commands, ok := in.Commands(i)
		if !ok {
			return ""
		}
		for _, c := range commands {
			if !isPackageInstall(c) {
				called = called || matchesOne(callers, path.Base(c.Words[0].Text))
				continue
			}
			for _, w := range c.Args() {
				if slices.Contains([]string{"git", "git-core", "subversion", "mercurial"}, w.Text) {
					installed = w.Text
				}
			}
		}
	}
	if installed == "" || called {
		return ""
	}
	return "no RUN has a use for " + installed + ", so it is there for the container"
}

// gemspec says that a gem lies beside the history of a project: what belongs to it is, by the template of
// bundle gem, what git lists. "" where there is none.
func (p *plan) gemspec(f *model.Finding) string {
	if len(f.Paths) == 0 || p.build.Tree == nil {
		return ""
	}
	dir, _, _ := strings.Cut("/"+f.Paths[0], "/.git/")
	node, ok := p.build.Tree.Lookup(strings.TrimPrefix(dir, "/"))
	if !ok {
		return ""
	}
	for child := range p.build.Tree.Children(node) {
		if name := p.build.Tree.Name(child); strings.HasSuffix(name, ".gemspec") {
			return name + " may list the files that git knows"
		}
	}
	return ""
}

// isPackageInstall reports whether a command is a package manager of a distribution that
// installs.
func isPackageInstall(c rewrite.Command) bool {
	if sub, _, apt := c.Apt(); apt {
		return sub == "install"
	}
	return slices.Contains([]string{"apk", "yum", "dnf", "microdnf", "zypper", "pacman"}, c.Name()) &&
		slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool {
			return slices.Contains([]string{"add", "install", "in", "-S", "-Sy"}, w.Text)
		})
}

func matchesOne(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { ok, err := path.Match(p, name); return ok && err == nil })
}
