package structure_test

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

// TestDuplicatesOfPackages: what a package manager wrote is not to be replaced by a link;
// a copy of it is.
func TestDuplicatesOfPackages(t *testing.T) {
	const first, copied = "usr/bin/a", "usr/bin/b"
	for name, test := range map[string]struct {
		by     string
		owners [2]int // of first and copied, -1 for none
		want   string
		not    string
	}{
		"one package":         {"RUN apt-get install -y git", [2]int{0, 0}, "The package git holds /usr/bin/a and /usr/bin/b with the same content", "ln"},
		"two packages":        {"RUN apt-get install -y git gut", [2]int{0, 1}, "/usr/bin/a of the package git and /usr/bin/b of the package gut", "ln"},
		"a copy of a package": {"RUN cp /usr/bin/a /usr/bin/b", [2]int{0, -1}, "Make /usr/bin/b a link to /usr/bin/a, which belongs to the package git (ln -s", ""},
		"the other way round": {"RUN cp /usr/bin/b /usr/bin/a", [2]int{-1, 1}, "Make /usr/bin/a a link to /usr/bin/b, which belongs to the package gut (ln -s", ""},
		"no package":          {"RUN cp a b", [2]int{-1, -1}, "Make one of /usr/bin/a and /usr/bin/b a link to the other in the RUN that writes it (ln instead of cp", "package"},
		"no package, copied":  {"COPY . /usr/bin", [2]int{-1, -1}, "Store the content of /usr/bin/a and /usr/bin/b once", "package"},
	} {
		t.Run(name, func(t *testing.T) {
			b := rulestest.Build(test.by)
			b.Packages = []model.Package{{Manager: "dpkg", Name: "git"}, {Manager: "dpkg", Name: "gut"}}
			b.Tree = treeOf([]string{first, copied}, test.owners[:])
			b.DuplicateOf = rules.SameContent{Path: first}
			rule, _ := catalogue.ByID("duplicate-content")
			fix := rule.Fix(rulestest.Leftover(0, copied), b)
			if fix.Strategy != model.Manual || !strings.Contains(fix.Summary, test.want) || test.not != "" && strings.Contains(fix.Summary, test.not) {
				t.Errorf("%s: %q, want %q without %q", fix.Strategy, fix.Summary, test.want, test.not)
			}
		})
	}
}

// treeOf is a tree of files with their owners.
func treeOf(paths []string, owners []int) *model.Tree {
	tree := rulestest.NewTree()
	for i, path := range paths {
		tree.Add(path, model.Record{Kind: model.File})
		tree.Packages = append(tree.Packages, int32(owners[i]))
	}
	return tree.Tree
}

// TestDuplicatesOfLibraries: no link is proposed into what pip or npm wrote.
func TestDuplicatesOfLibraries(t *testing.T) {
	const first, copied = "usr/lib/python3/pip/x.py", "venv/pip/x.py"
	for name, test := range map[string]struct {
		system int    // the package of the system that owns first, -1 for none
		of     [2]int // libraries of first and copied, -1 for none
		want   string
	}{
		"the system's and another": {0, [2]int{-1, 0}, "are copies of what belongs to the package pip: install it once, and make no links into it."},
		"twice":                    {-1, [2]int{0, 1}, "are copies of what belongs to the package pip: install it once, and make no links into it."},
		"in one":                   {-1, [2]int{0, 0}, "The package pip holds /usr/lib/python3/pip/x.py and /venv/pip/x.py with the same content, and no Dockerfile can change that."},
		"of two":                   {-1, [2]int{2, 0}, "leave both as their managers made them."},
	} {
		t.Run(name, func(t *testing.T) {
			b := rulestest.Build("RUN make")
			b.Packages = []model.Package{{Manager: "dpkg", Name: "python3-pip"}}
			b.Libraries = []model.Package{{Manager: "pip", Name: "pip"}, {Manager: "pip", Name: "pip"}, {Manager: "pip", Name: "wheel"}}
			b.Tree = treeOf([]string{first, copied}, []int{test.system, -1})
			b.Tree.Libraries = make([]int32, len(b.Tree.Records))
			for i := range b.Tree.Libraries {
				b.Tree.Libraries[i] = -1
			}
			for i, file := range []string{first, copied} {
				if id, ok := b.VisibleAt(file); ok && test.of[i] >= 0 {
					b.Tree.Libraries[id] = int32(len(b.Packages) + test.of[i])
				}
			}
			b.DuplicateOf = rules.SameContent{Path: first}
			rule, _ := catalogue.ByID("duplicate-content")
			if fix := rule.Fix(rulestest.Leftover(0, copied), b); !strings.HasSuffix(fix.Summary, test.want) {
				t.Errorf("%q, want %q", fix.Summary, test.want)
			}
		})
	}
}
