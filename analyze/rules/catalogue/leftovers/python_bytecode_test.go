package leftovers_test

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

// TestPythonBytecode: pip's flag is no advice where the distribution's packages made
// the compiled files, and the advice where pip did, or where nobody can tell.
func TestPythonBytecode(t *testing.T) {
	const pip, distribution, apk, both = "Pass --no-compile to pip install and set", "they compile their Python files during the install", "leave out apk's packages of compiled files with !pyc", "--no-compile to pip install and set PYTHONDONTWRITEBYTECODE=1 where size matters more than the first start. For what the distribution's packages compile"
	const module, source = "usr/lib/python3/dist-packages/x/__pycache__/y.cpython-313.pyc", "usr/lib/python3/dist-packages/x/y.py"
	const ours = "usr/local/lib/python3.13/site-packages/a/__pycache__/b.cpython-313.pyc"
	for name, test := range map[string]struct {
		by      string
		manager string
		owned   map[string]string // package by file
		files   []string          // of the finding
		want    string
	}{
		"pip":                         {"RUN pip install a", "dpkg", nil, []string{ours}, pip},
		"python -m pip":               {"RUN python3 -m pip install a", "dpkg", nil, []string{ours}, pip},
		"uv":                          {"RUN uv pip install --compile-bytecode a", "dpkg", nil, []string{ours}, pip},
		"a script":                    {"RUN ./setup.sh", "dpkg", nil, []string{ours}, pip},
		"apt, and a script":           {"RUN apt-get install -y python3 && ./setup.sh", "dpkg", nil, []string{ours}, pip},
		"apt and pip, pip's":          {"RUN apt-get install -y gcc && pip install a", "dpkg", nil, []string{ours}, pip},
		"apt":                         {"RUN apt-get update && apt-get install -y python3-yaml", "dpkg", map[string]string{source: "python3-yaml"}, []string{module}, distribution},
		"apt, and nobody knows whose": {"RUN apt-get update && apt-get install -y python3-yaml", "dpkg", nil, []string{module}, distribution},
		"apt behind another program":  {"RUN apt-get update && apt-get install -y nginx && rm -rf /var/lib/apt/lists/*", "dpkg", nil, []string{module}, distribution},
		"apt and pip, apt's":          {"RUN apt-get install -y python3-pip && pip install a", "dpkg", map[string]string{source: "python3-pip"}, []string{module}, distribution},
		"apt and pip, both":           {"RUN apt-get install -y python3-pip && pip install a", "dpkg", map[string]string{source: "python3-pip"}, []string{module, ours}, both},
		"an old name":                 {"RUN make", "dpkg", map[string]string{"usr/lib/x/y.py": "x"}, []string{"usr/lib/x/y.pyc"}, distribution},
		"dnf":                         {"RUN dnf install -y python3-pyyaml", "rpm", map[string]string{module: "python3-pyyaml"}, []string{module}, distribution},
		"apk":                         {"RUN apk add python3", "apk", map[string]string{module: "python3-pyc"}, []string{module}, apk},
		"apk of before":               {"RUN apk add python3", "apk", map[string]string{module: "python3"}, []string{module}, distribution},
		"somebody else's source":      {"RUN pip install a", "dpkg", map[string]string{"usr/lib/python3/dist-packages/x/z.py": "z"}, []string{module}, pip},
	} {
		t.Run(name, func(t *testing.T) {
			b := rulestest.Build(test.by)
			tree := rulestest.NewTree()
			for file, owner := range test.owned {
				tree.Add(file, model.Record{Kind: model.File})
				tree.Packages = append(tree.Packages, int32(len(b.Packages)))
				b.Packages = append(b.Packages, model.Package{Manager: test.manager, Name: owner})
			}
			for _, file := range test.files {
				if test.owned[file] == "" {
					tree.Add(file, model.Record{Kind: model.File})
					tree.Packages = append(tree.Packages, -1)
				}
			}
			b.Tree = tree.Tree
			rule, _ := catalogue.ByID("python-bytecode")
			fix := rule.Fix(rulestest.Leftover(0, test.files...), b)
			if fix.Strategy != model.Manual || !strings.Contains(fix.Summary, test.want) {
				t.Errorf("%s: %q, want %q", fix.Strategy, fix.Summary, test.want)
			}
			if test.want == pip && strings.Contains(fix.Summary, "distribution") {
				t.Errorf("%q blames the distribution", fix.Summary)
			}
		})
	}
	rule, _ := catalogue.ByID("python-bytecode")
	if fix := rule.Fix(rulestest.Leftover(0, "app/__pycache__/a.pyc"), rulestest.Build("COPY . /app")); fix.Strategy != model.Dockerignore {
		t.Errorf("copied: %+v", fix)
	}
}
