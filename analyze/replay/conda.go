package replay

import (
	"path"
	"strings"
)

// condaBase is what an installer of Miniconda leaves.
func (c *call) condaBase(prefix string) {
	c.bin(prefix+"/bin/conda", 1000)
	c.bin(prefix+"/bin/python", 12<<20)
	c.write(prefix+"/bin/python3", link("python"))
	c.bin(prefix+"/bin/pip", 240)
	c.fill(prefix+"/lib/libpython3.11.so", 120<<20)
	c.fill(prefix+"/lib/python3.11/site-packages/conda/__init__.py", 60<<20)
	c.fill(prefix+"/pkgs/python-3.11-h955ad1f_0.conda", 90<<20)
	c.fill(prefix+"/pkgs/python-3.11-h955ad1f_0/info/index.json", 2000)
}

// conda installs packages and cleans up. What it unpacks in pkgs is hard-linked into the
// environments and has no bytes of its own, but for what describes a package.
func conda(c *call) int {
	flags, rest := options(c.args[1:], "-c", "--channel", "-n", "--name", "-p", "--prefix", "-f", "--file")
	if len(rest) == 0 {
		return 0
	}
	prefix := "/opt/conda"
	if at := abs(c.dir, c.args[0]); strings.HasSuffix(path.Dir(at), "/bin") && strings.Contains(c.args[0], "/") {
		prefix = path.Dir(path.Dir(at))
	}
	for dir := range strings.SplitSeq(c.get("PATH"), ":") {
		if c.tree.exists(dir + "/conda") {
			prefix = path.Dir(dir)
		}
	}
	env := prefix
	if n := flags["-n"] + flags["--name"]; n != "" && n != "base" {
		env = prefix + "/envs/" + n
	}
	if p := flags["-p"] + flags["--prefix"]; p != "" {
		env = abs(c.dir, p)
	}
	switch rest[0] {
	case "install", "create", "update", "env":
		names := rest[1:]
		if rest[0] == "env" {
			names = []string{"python", "numpy", "pandas"}
		}
		for _, name := range names {
			m, size := module(name), pySize(name)
			c.fill(env+"/lib/python3.11/site-packages/"+m+"/__init__.py", size)
			c.fill(prefix+"/pkgs/"+m+"-1.0-py311.conda", size/3)
			c.fill(prefix+"/pkgs/"+m+"-1.0-py311/info/index.json", 2000)
			c.bin(env+"/bin/"+m, 1000)
		}
		c.fill(prefix+"/pkgs/cache/497deca9.json", 4<<20)
	case "clean":
		c.condaClean(prefix+"/pkgs", flags)
	}
	return 0
}

// condaClean removes what the flags of conda clean name
// (https://docs.conda.io/projects/conda/en/stable/commands/clean.html): --all leaves the
// unpacked packages that an environment is linked to, and every one here is.
func (c *call) condaClean(pkgs string, flags map[string]string) {
	if has(flags, "-f", "--force-pkgs-dirs") {
		c.tree.remove(pkgs)
		return
	}
	all := has(flags, "-a", "--all")
	for _, name := range c.tree.children(pkgs) {
		switch tarball := strings.HasSuffix(name, ".conda") || strings.HasSuffix(name, ".tar.bz2"); {
		case tarball && (all || has(flags, "-t", "--tarballs")), name == "cache" && (all || has(flags, "-i", "--index-cache")):
			c.tree.remove(pkgs + "/" + name)
		}
	}
}
