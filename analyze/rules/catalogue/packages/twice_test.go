package packages_test

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// TestTwice: the finding names the copy that goes and the one that stays; what another machine
// needs, and what is the system's, is not counted.
func TestTwice(t *testing.T) {
	for _, c := range []struct{ name, rule, image, title, fix string }{
		{"two versions of a module", "package-twice", `
			COPY app /app
			+ app/node_modules/a/package.json {"name": "a", "version": "1.0.0", "description": "the larger one"}
			+ app/node_modules/b/package.json {"name": "b", "version": "1.0.0"}
			+ app/node_modules/b/node_modules/a/package.json {"name": "a", "version": "2.0.0"}
			config {"Cmd": ["node", "server.js"]}`,
			"a more than once", "a 2.0.0 is in /app/node_modules/b/node_modules/a, and 1.0.0 in /app/node_modules/a: ask for versions that agree, and run npm dedupe."},
		{"pip in a virtual environment", "package-twice", `
			RUN python3 -m venv /venv
			+ usr/local/lib/python3/site-packages/pip-23.dist-info/METADATA text Name: pip|Version: 23|
			+ usr/local/lib/python3/site-packages/pip-23.dist-info/RECORD text pip/__init__.py,,|pip/main.py,,|
			+ usr/local/lib/python3/site-packages/pip/__init__.py
			+ usr/local/lib/python3/site-packages/pip/main.py
			+ venv/lib/python3/site-packages/pip-23.dist-info/METADATA text Name: pip|Version: 23|
			+ venv/lib/python3/site-packages/pip-23.dist-info/RECORD text pip/__init__.py,,|
			+ venv/lib/python3/site-packages/pip/__init__.py
			config {"Cmd": ["python3", "server.py"]}`,
			"pip more than once", "python3 -m venv --without-pip"},
		{"a library for another machine", "library-twice", `
			COPY lib /usr/lib
			+ usr/lib/x86_64-linux-gnu/libz.so.1 elf soname=libz.so.1
			+ usr/lib/i386-linux-gnu/libz.so.1 elf soname=libz.so.1
			config {"Cmd": ["python3", "serve.py"]}`, "", ""},
		{"the pip of the system", "package-twice", `
			RUN apt-get install python3-pip && python3 -m venv /venv
			+ usr/lib/python3/dist-packages/pip-23.dist-info/METADATA text Name: pip|Version: 23|
			+ usr/lib/python3/dist-packages/pip-23.dist-info/RECORD text pip/__init__.py,,|
			+ usr/lib/python3/dist-packages/pip/__init__.py
			+ venv/lib/python3/site-packages/pip-23.dist-info/METADATA text Name: pip|Version: 23|
			+ venv/lib/python3/site-packages/pip-23.dist-info/RECORD text pip/__init__.py,,|pip/main.py,,|
			+ venv/lib/python3/site-packages/pip/__init__.py
			+ venv/lib/python3/site-packages/pip/main.py
			+ var/lib/dpkg/info/python3-pip.list text /usr/lib/python3/dist-packages/pip-23.dist-info/METADATA|/usr/lib/python3/dist-packages/pip-23.dist-info/RECORD|/usr/lib/python3/dist-packages/pip/__init__.py|
			+ var/lib/dpkg/status text Package: python3-pip|Status: install ok installed|Architecture: all|Version: 23||
			config {"Cmd": ["python3", "server.py"]}`,
			"pip more than once", "pip 23 is in /venv/lib/python3/site-packages, and 23 in /usr/lib/python3/dist-packages: make the environment with python3 -m venv --without-pip"},
		{"a package of a workspace", "package-twice", `
			COPY app /app
			+ app/package.json {"name": "root", "workspaces": ["packages/*"]}
			+ app/node_modules/a/package.json {"name": "a", "version": "1.0.0", "description": "the larger one"}
			+ app/node_modules/x -> ../packages/x
			+ app/packages/x/package.json {"name": "x", "version": "1.0.0"}
			+ app/packages/x/node_modules/a/package.json {"name": "a", "version": "2.0.0"}
			config {"Cmd": ["node", "server.js"]}`,
			"a more than once", "a 2.0.0 is in /app/packages/x/node_modules/a, and 1.0.0 in /app/node_modules/a: ask for versions that agree, and run npm dedupe."},
		{"a version over another", "package-twice", `
			RUN pip install numpy==1.0
			+ usr/lib/python3/site-packages/numpy-1.0.dist-info/METADATA text Name: numpy|Version: 1.0|
			+ usr/lib/python3/site-packages/numpy-1.0.dist-info/RECORD text numpy/a.py,,|
			+ usr/lib/python3/site-packages/numpy/a.py
			RUN pip install --ignore-installed numpy==2.0
			+ usr/lib/python3/site-packages/numpy-2.0.dist-info/METADATA text Name: numpy|Version: 2.0|
			+ usr/lib/python3/site-packages/numpy-2.0.dist-info/RECORD text numpy/a.py,,|
			+ usr/lib/python3/site-packages/numpy/a.py
			config {"Cmd": ["python3", "server.py"]}`,
			"numpy more than once", "numpy 1.0 is still in /usr/lib/python3/site-packages, where 2.0 was installed over it: "},
		{"another project", "package-twice", `
			COPY app /
			+ app/node_modules/a/package.json {"name": "a", "version": "1.0.0"}
			+ tool/node_modules/a/package.json {"name": "a", "version": "1.0.0", "x": 1}
			config {"Cmd": ["node", "server.js"]}`, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := rulestest.Parse(t, c.image).Findings(t, c.rule)
			if (len(found) > 0) != (c.title != "") {
				t.Fatalf("%d findings", len(found))
			}
			for _, f := range found {
				if f.Title != c.title || !strings.Contains(f.Fix.Summary, c.fix) {
					t.Errorf("%q, %q", f.Title, f.Fix.Summary)
				}
			}
		})
	}
}
