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
	const edit = "Pass --no-compile to pip install if size"
	const pip, distribution, apk, both = "Pass --no-compile to pip install and set", "they compile their Python files during the install", "leave out apk's packages of compiled files with !pyc", "--no-compile to pip install and set PYTHONDONTWRITEBYTECODE=1 if size matters more to you than the first start. For what the distribution's packages compile"
	const module, source = "usr/lib/python3/dist-packages/x/__pycache__/y.cpython-313.pyc", "usr/lib/python3/dist-packages/x/y.py"
	const ours = "usr/local/lib/python3.13/site-packages/a/__pycache__/b.cpython-313.pyc"
	for name, test := range map[string]struct {
		by      string
		manager string
		owned   map[string]string // package by file
		files   []string          // of the finding
		want    string
	}{
		"pip":                         {"RUN pip install a", "dpkg", nil, []string{ours}, edit},
		"python -m pip":               {"RUN python3 -m pip install a", "dpkg", nil, []string{ours}, edit},
		"uv":                          {"RUN uv pip install --compile-bytecode a", "dpkg", nil, []string{ours}, pip},
		"a script":                    {"RUN ./setup.sh", "dpkg", nil, []string{ours}, pip},
		"apt, and a script":           {"RUN apt-get install -y python3 && ./setup.sh", "dpkg", nil, []string{ours}, pip},
		"apt and pip, pip's":          {"RUN apt-get install -y gcc && pip install a", "dpkg", nil, []string{ours}, edit},
		"apt":                         {"RUN apt-get update && apt-get install -y python3-yaml", "dpkg", map[string]string{source: "python3-yaml"}, []string{module}, distribution},
		"apt, and nobody knows whose": {"RUN apt-get update && apt-get install -y python3-yaml", "dpkg", nil, []string{module}, distribution},
		"apt behind another program":  {"RUN apt-get update && apt-get install -y nginx && rm -rf /var/lib/apt/lists/*", "dpkg", nil, []string{module}, distribution},
		"apt and pip, apt's":          {"RUN apt-get install -y python3-pip && pip install a", "dpkg", map[string]string{source: "python3-pip"}, []string{module}, distribution},
		"apt and pip, both":           {"RUN apt-get install -y python3-pip && pip install a", "dpkg", map[string]string{source: "python3-pip"}, []string{module, ours}, both},
		"an old name":                 {"RUN make", "dpkg", map[string]string{"usr/lib/x/y.py": "x"}, []string{"usr/lib/x/y.pyc"}, distribution},
		"dnf":                         {"RUN dnf install -y python3-pyyaml", "rpm", map[string]string{module: "python3-pyyaml"}, []string{module}, distribution},
		"apk":                         {"RUN apk add python3", "apk", map[string]string{module: "python3-pyc"}, []string{module}, apk},
		"apk of before":               {"RUN apk add python3", "apk", map[string]string{module: "python3"}, []string{module}, distribution},
		"somebody else's source":      {"RUN pip install a", "dpkg", map[string]string{"usr/lib/python3/dist-packages/x/z.py": "z"}, []string{module}, edit},
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
			if fix.Before == nil && fix.Strategy != model.Manual || !strings.Contains(fix.Summary, test.want) {
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

// TestWithoutCompiling: pip's flag is an edit where pip alone compiled, and nothing later
// would compile the same modules in another layer.
func TestWithoutCompiling(t *testing.T) {
	const file = "usr/local/lib/python3.13/site-packages/a/__pycache__/b.cpython-313.pyc"
	rule, _ := catalogue.ByID("python-bytecode")
	for _, c := range []struct {
		file string
		runs []string
		want string // of the first RUN; "" for no edit
	}{
		{file, []string{"RUN pip install a"}, "RUN pip install --no-compile a"},
		{file, []string{"RUN pip install --no-cache-dir -r r.txt && rm r.txt"}, "RUN pip install --no-compile --no-cache-dir -r r.txt && rm r.txt"},
		{file, []string{"RUN python3 -m pip install a", "RUN mkdir /data"}, "RUN python3 -m pip install --no-compile a"},
		{"opt/venv/lib/python3.11/site-packages/a/__pycache__/b.pyc", []string{"RUN /opt/venv/bin/pip install a"}, "RUN /opt/venv/bin/pip install --no-compile a"},
		{file, []string{"RUN pip install --no-compile a"}, ""},
		{file, []string{"RUN pip install --compile a"}, ""},
		{file, []string{"RUN pip download a"}, ""},
		{file, []string{"RUN python3 -m venv /v && /v/bin/pip install a"}, ""},
		{file, []string{"RUN pip install a && python manage.py collectstatic"}, ""},
		{file, []string{"RUN pip install a", "RUN python manage.py collectstatic"}, ""},
		{file, []string{"RUN pip install a", "RUN ./warm-up.sh"}, ""},
		{file, []string{"RUN uv pip install a"}, ""},
		{"app/__pycache__/b.pyc", []string{"RUN pip install a"}, ""},
	} {
		b := rulestest.Build(c.runs...)
		b.Tree = rulestest.NewTree().Tree
		fix := rule.Fix(rulestest.Leftover(0, c.file), b)
		got := ""
		if fix.After != nil {
			got = *fix.After
		}
		if got != c.want {
			t.Errorf("%q: %q, want %q", c.runs, got, c.want)
		}
	}
}
