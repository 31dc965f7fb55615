package replay

import (
	"cmp"
	"path"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// pythonSizes are packages of Python that are not of usual size, in MiB.
var pythonSizes = map[string]int64{
	"numpy": 60, "pandas": 62, "scipy": 110, "torch": 800, "tensorflow": 1200, "tensorflow-gpu": 1200, "torchvision": 22, "scikit-learn": 45, "matplotlib": 28, "jupyter": 2, "jupyterlab": 40, "notebook": 25, "opencv-python": 90,
	"opencv-python-headless": 80, "pillow": 18, "django": 30, "boto3": 2, "botocore": 90, "awscli": 100, "ansible": 400, "pyspark": 310, "cryptography": 14, "lxml": 16, "grpcio": 40, "spacy": 90, "transformers": 45, "keras": 10, "xgboost": 200,
	"streamlit": 25, "plotly": 60, "dask": 12, "numba": 20, "sympy": 60, "poetry": 8, "mkdocs-material": 25, "airflow": 80, "apache-airflow": 80, "psycopg2-binary": 12, "pip": 12, "setuptools": 6, "wheel": 1, "six": 1, "flask": 2, "gunicorn": 1, "uwsgi": 3,
}

// pythonPrograms are the commands of packages whose names do not say them.
var pythonPrograms = map[string]string{"django": "django-admin", "awscli": "aws", "apache-airflow": "airflow", "notebook": "jupyter-notebook", "jupyter": "jupyter", "ansible": "ansible-playbook", "mkdocs-material": "", "setuptools": "", "wheel": "", "numpy": "f2py", "six": "", "requests": ""}

// fromSource are packages of Python that pip compiles.
var fromSource = map[string]bool{"psycopg2": true, "mysqlclient": true, "mariadb": true, "mysql-python": true, "pycrypto": true, "uwsgi": true, "pycurl": true, "python-ldap": true, "pyodbc": true, "pygraphviz": true, "netifaces": true, "dbus-python": true, "simplejson": false}

// withCode are packages of Python with compiled code.
var withCode = map[string]bool{"numpy": true, "pandas": true, "scipy": true, "lxml": true, "cryptography": true, "pyyaml": true, "pillow": true, "matplotlib": true, "scikit-learn": true, "gevent": true, "psutil": true, "cffi": true, "sqlalchemy": true, "markupsafe": true, "ujson": true, "grpcio": true, "torch": true}

var beforeWheels = lazyregexp.New(`(?i)FROM \S*(trusty|precise|14\.04|12\.04|jessie|wheezy|debian:[78]|baseimage:0\.9\.1)`)

// wheelTag is what the WHEEL file of a package says: whether pip compiled it here, as it
// does without a wheel, and always where pip is older than manylinux.
func (c *call) wheelTag(name string) string {
	switch {
	case fromSource[pyBase(name)], withCode[pyBase(name)] && beforeWheels.MatchString(c.plan.text):
		return "cp311-cp311-linux_x86_64"
	case withCode[pyBase(name)] && c.apk != nil:
		return "cp311-cp311-musllinux_1_1_x86_64"
	case withCode[pyBase(name)]:
		return "cp311-cp311-manylinux_2_17_x86_64"
	}
	return "py3-none-any"
}

// compiler notes that an installer finds no compiler for what it compiles.
func (c *call) compiler(tool, name string) {
	if c.dpkg == nil {
		return
	}
	if absent(c.as("gcc"), "gcc") {
		c.problem("%s: there is no compiler for %s", tool, name)
	} else if !c.dpkg.has("libc6-dev") {
		c.problem("%s: there are no headers of the C library for %s", tool, name)
	}
	if tool != "pip" && absent(c.as("make"), "make") {
		c.problem("%s: there is no make for %s", tool, name)
	}
}

// as is the call of another program.
func (c *call) as(name string) *call {
	s := *c
	s.args = []string{name}
	return &s
}

// site is the directory that pip installs to, and that of its programs.
func (c *call) site() (packages, bin string) {
	venv := c.get("VIRTUAL_ENV")
	if d := path.Dir(c.args[0]); strings.HasSuffix(d, "/bin") && !strings.HasPrefix(d, "/usr") {
		venv = path.Dir(abs(c.dir, d))
	}
	if first, _, _ := strings.Cut(c.get("PATH"), ":"); venv == "" && strings.HasSuffix(first, "/bin") && c.tree.exists(path.Dir(first)+"/pyvenv.cfg") {
		venv = path.Dir(first)
	}
	switch {
	case venv != "":
		return venv + "/lib/python3.11/site-packages", venv + "/bin"
	case c.tree.exists("/opt/conda/bin/python"):
		return "/opt/conda/lib/python3.11/site-packages", "/opt/conda/bin"
	case c.tree.exists("/usr/local/bin/python3"):
		return "/usr/local/lib/python3.11/site-packages", "/usr/local/bin"
	case c.apk != nil:
		return "/usr/lib/python3.11/site-packages", "/usr/bin"
	}
	return "/usr/local/lib/python3.11/dist-packages", "/usr/local/bin"
}

func pip(c *call) int { return c.pip("pip") }

// pip is pip itself and what uv has in its place, which keep what they fetch in caches of their own.
func (c *call) pip(tool string) int {
	flags, rest := options(c.args[1:], "-r", "--requirement", "-c", "--constraint", "-t", "--target", "-i", "--index-url", "--extra-index-url", "--trusted-host", "--prefix", "-f", "--find-links", "--cache-dir", "-w", "--wheel-dir", "--timeout", "--default-timeout", "-e", "--root-user-action", "--progress-bar", "--python", "--link-mode")
	if len(rest) == 0 {
		return 0
	}
	packages, bin := c.site()
	if c.uid != 0 && !strings.HasPrefix(packages, c.get("HOME")) && strings.HasPrefix(packages, "/usr") || has(flags, "--user") {
		packages, bin = c.get("HOME")+"/.local/lib/python3.11/site-packages", c.get("HOME")+"/.local/bin"
	}
	if t := flags["-t"] + flags["--target"]; t != "" {
		packages, bin = abs(c.dir, t), abs(c.dir, t)+"/bin"
	}
	if p := flags["--prefix"]; p != "" {
		packages, bin = abs(c.dir, p)+"/lib/python3.11/site-packages", abs(c.dir, p)+"/bin"
	}
	keep := c.pipCache(flags)
	if tool == "uv" {
		keep = c.uvCache(flags)
	}
	names := rest[1:]
	for _, r := range []string{flags["-r"], flags["--requirement"]} {
		if r != "" {
			names = append(names, c.requirements(r)...)
		}
	}
	switch rest[0] {
	case "install":
		for _, name := range names {
			if satisfied(c, packages, name) && !has(flags, "--force-reinstall", "-I", "--ignore-installed") {
				continue
			}
			c.pipInstall(packages, bin, name, keep, !has(flags, "--compile-bytecode") && (tool == "uv" || has(flags, "--no-compile")))
		}
		if e := flags["-e"]; e != "" {
			c.fill(path.Join(packages, "__editable__.project.pth"), 200)
		}
	case "uninstall":
		for _, name := range names {
			c.tree.remove(path.Join(packages, module(name)))
			c.tree.remove(path.Join(packages, module(name)+"-1.0.dist-info"))
		}
	case "wheel", "download":
		dir := abs(c.dir, flags["-w"]+flags["--wheel-dir"])
		for _, name := range names {
			c.fill(path.Join(dir, module(name)+"-1.0-py3-none-any.whl"), pySize(name)/3)
		}
	case "cache":
		c.tree.remove(c.get("HOME") + "/.cache/pip")
	}
	return 0
}

// satisfied reports whether an earlier command has installed a package.
func satisfied(c *call, packages, name string) bool {
	return !strings.ContainsAny(name, "/:") && module(name) != "" && c.tree.exists(path.Join(packages, module(name)+"-1.0.dist-info/METADATA"))
}

var pyName = lazyregexp.New(`^[A-Za-z0-9][A-Za-z0-9_.-]*`)

func pyBase(name string) string { return strings.ToLower(pyName.FindString(name)) }

func module(name string) string {
	return strings.NewReplacer("-", "_", ".", "_").Replace(pyBase(name))
}

func pySize(name string) int64 {
	if mib := pythonSizes[pyBase(name)]; mib > 0 {
		return mib << 20
	}
	return 1<<20 + int64(hash(name)%3)<<20
}

// interpreter is the python that programs in a directory name.
func (c *call) interpreter(bin string) string {
	if p := path.Join(bin, "python3"); c.tree.exists(p) {
		return p
	}
	return "/usr/bin/python3"
}

// requirements are the packages of a requirements file.
func (c *call) requirements(at string) []string {
	_, n := c.tree.get(abs(c.dir, at), true)
	if n == nil {
		c.problem("pip: there is no %s", abs(c.dir, at))
		return nil
	}
	var names []string
	for line := range strings.Lines(string(n.body)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' && line[0] != '-' {
			names = append(names, line)
		}
	}
	if n.body == nil {
		names = []string{"flask", "requests", "numpy", "gunicorn", "sqlalchemy"}
	}
	return names
}

// pipInstall installs a package; keep notes in a cache what was fetched, and is nil without one.
func (c *call) pipInstall(packages, bin, name string, keep func(name string, size int64), noCompile bool) {
	if name == "." || strings.HasPrefix(name, "/") || strings.HasPrefix(name, "./") {
		if strings.HasSuffix(name, ".whl") {
			name = path.Base(name)
		} else {
			name = "project"
		}
	}
	if i := strings.LastIndex(name, "/"); i >= 0 && strings.Contains(name, ":") {
		name = strings.TrimSuffix(name[i+1:], ".git")
	}
	if strings.Contains(name, "git+") && absent(c.as("git"), "git") {
		c.problem("pip: there is no git for %s", name)
	}
	m, size := module(name), pySize(name)
	if m == "" {
		return
	}
	if strings.HasSuffix(c.wheelTag(name), "-linux_x86_64") {
		c.compiler("pip", name)
	}
	at := path.Join(packages, m)
	c.fill(at+"/__init__.py", size/5)
	needed := []string{glibc}
	if fromSource[pyBase(name)] || c.apk != nil {
		needed = c.linked()
	}
	c.write(at+"/core.so", library("", at, size/2, needed))
	if !noCompile {
		c.fill(at+"/__pycache__/__init__.cpython-311.pyc", size/5)
	}
	c.fill(at+"/tests/test_all.py", size/10)
	for _, f := range []string{"RECORD", "INSTALLER"} {
		c.fill(at+"-1.0.dist-info/"+f, 2000)
	}
	const metadata = 2000 // bytes
	head := "Metadata-Version: 2.1\nName: " + pyBase(name) + "\nVersion: 1.0\n\n"
	c.write(at+"-1.0.dist-info/METADATA", text(head+strings.Repeat(".", max(metadata-len(head), 0))))
	c.write(at+"-1.0.dist-info/WHEEL", text("Wheel-Version: 1.0\nGenerator: bdist_wheel (0.40.0)\nRoot-Is-Purelib: false\nTag: "+c.wheelTag(name)+"\n"))
	if prog, known := pythonPrograms[pyBase(name)]; !known || prog != "" {
		if prog == "" {
			prog = pyBase(name)
		}
		c.write(path.Join(bin, prog), script([]byte("#!"+c.interpreter(bin)+"\n"), prog, 240))
	}
	if keep != nil {
		keep(name, size)
	}
}

// pipCache is the cache that pip fills, nil where it is told to have none: by any value of
// the variable, and by an abbreviation of the flag, too.
func (c *call) pipCache(flags map[string]string) func(name string, size int64) {
	if c.get("PIP_NO_CACHE_DIR") != "" {
		return nil
	}
	for flag := range flags {
		if strings.HasPrefix(flag, "--no-ca") && strings.HasPrefix("--no-cache-dir", flag) {
			return nil
		}
	}
	dir := cmp.Or(flags["--cache-dir"], c.get("PIP_CACHE_DIR"), c.get("HOME")+"/.cache/pip")
	return func(name string, size int64) {
		c.fill(dir+"/http-v2/"+hashName(name)+".body", size*2/5)
		c.fill(dir+"/http-v2/"+hashName(name), 800)
	}
}

func hashName(s string) string {
	const hex = "0123456789abcdef"
	h := hash(s)
	return string([]byte{hex[h&15], '/', hex[h>>4&15], '/', hex[h>>8&15], '/'}) + "x" + s
}

// python runs -m pip, -m venv, setup.py install and manage.py collectstatic.
func python(c *call) int {
	for i, a := range c.args[1:] {
		rest := c.args[i+2:]
		switch {
		case a == "-m" && len(rest) > 0 && (rest[0] == "pip" || rest[0] == "pipenv" || rest[0] == "poetry"):
			s := *c
			s.args = append([]string{path.Join(path.Dir(c.args[0]), rest[0])}, rest[1:]...)
			if !strings.Contains(c.args[0], "/") {
				s.args[0] = rest[0]
			}
			return s.dispatch()
		case a == "-m" && len(rest) > 1 && (rest[0] == "venv" || rest[0] == "virtualenv"):
			return c.venv(rest[len(rest)-1])
		case path.Base(a) == "setup.py" && len(rest) > 0:
			packages, bin := c.site()
			if rest[0] == "install" || rest[0] == "develop" {
				c.pipInstall(packages, bin, "project", nil, false)
			}
			c.fill("build/lib/project/__init__.py", 300<<10)
			c.fill("project.egg-info/PKG-INFO", 2000)
			return 0
		case path.Base(a) == "manage.py" && len(rest) > 0 && rest[0] == "collectstatic":
			c.fill("staticfiles/admin/css/base.css", 2<<20)
			return 0
		case strings.Contains(a, "get-pip"):
			packages, bin := c.site()
			c.pipInstall(packages, bin, "pip", c.pipCache(nil), false)
			return 0
		case !strings.HasPrefix(a, "-"):
			return 0
		}
	}
	return 0
}

func (c *call) venv(dir string) int {
	dir = abs(c.dir, dir)
	c.write(dir+"/pyvenv.cfg", text("home = /usr/bin\n"))
	c.write(dir+"/bin/python3", link("/usr/bin/python3"))
	c.write(dir+"/bin/python", link("python3"))
	c.bin(dir+"/bin/pip", 240)
	c.write(dir+"/bin/activate", filler("activate", 2000))
	c.fill(dir+"/lib/python3.11/site-packages/pip/__init__.py", 8<<20)
	c.fill(dir+"/lib/python3.11/site-packages/pip/__pycache__/__init__.cpython-311.pyc", 4<<20)
	return 0
}

func virtualenv(c *call) int {
	_, rest := options(c.args[1:], "-p", "--python")
	if len(rest) > 0 {
		return c.venv(rest[len(rest)-1])
	}
	return 0
}
