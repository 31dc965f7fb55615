package replay

import (
	"cmp"
	"path"
	"slices"
)

// uv is uv pip install, uv sync and uv add, uv tool install and uv venv.
func uv(c *call) int {
	flags, rest := options(c.args[1:], "-p", "--python", "--link-mode", "--cache-dir", "--directory", "--project", "--group", "--extra")
	if len(rest) == 0 {
		return 0
	}
	switch rest[0] {
	case "pip":
		s := *c
		s.args = c.args[slices.Index(c.args, "pip"):]
		return s.pip("uv")
	case "venv":
		dir := ".venv"
		if len(rest) > 1 {
			dir = rest[1]
		}
		c.uvVenv(abs(c.dir, dir))
	case "sync", "add":
		venv := abs(c.dir, cmp.Or(c.get("UV_PROJECT_ENVIRONMENT"), ".venv"))
		c.uvVenv(venv)
		names := []string{"flask", "requests", "numpy"}
		if rest[0] == "add" {
			names = rest[1:]
		}
		for _, name := range names {
			c.pipInstall(venv+"/lib/python3.11/site-packages", venv+"/bin", name, c.uvCache(flags), !has(flags, "--compile-bytecode"))
		}
	case "tool":
		if len(rest) > 2 && rest[1] == "install" {
			at := c.get("HOME") + "/.local/share/uv/tools/" + path.Base(rest[2])
			c.uvVenv(at)
			c.pipInstall(at+"/lib/python3.11/site-packages", c.get("HOME")+"/.local/bin", rest[2], c.uvCache(flags), true)
		}
	case "cache":
		c.tree.remove(c.uvCacheDir(flags))
	}
	return 0
}

// uvVenv makes a virtual environment as uv does, without pip.
func (c *call) uvVenv(dir string) {
	if c.tree.exists(dir + "/pyvenv.cfg") {
		return
	}
	c.write(dir+"/pyvenv.cfg", text("home = /usr/bin\n"))
	c.write(dir+"/bin/python3", link("/usr/bin/python3"))
	c.write(dir+"/bin/python", link("python3"))
	c.write(dir+"/bin/activate", filler("activate", 2000))
}

func (c *call) uvCacheDir(flags map[string]string) string {
	return cmp.Or(flags["--cache-dir"], c.get("UV_CACHE_DIR"), c.get("HOME")+"/.cache/uv")
}

// uvCache is the cache that uv fills (https://docs.astral.sh/uv/concepts/cache/), nil
// where it is told to have none. What it unpacks there is hard-linked into the environment
// and has no bytes of its own, unless uv is told to copy.
func (c *call) uvCache(flags map[string]string) func(name string, size int64) {
	if has(flags, "--no-cache", "-n", "--no-cache-dir") || c.get("UV_NO_CACHE") != "" {
		return nil
	}
	dir := c.uvCacheDir(flags)
	return func(name string, size int64) {
		c.fill(dir+"/simple-v16/pypi/"+pyBase(name)+".rkyv", 150<<10)
		c.fill(dir+"/wheels-v5/pypi/"+pyBase(name)+"/1.0-py3-none-any.msgpack", 8<<10)
		if cmp.Or(flags["--link-mode"], c.get("UV_LINK_MODE")) == "copy" {
			c.fill(dir+"/archive-v0/"+hashName(name)+"/"+module(name)+"/core.so", size*4/5)
		}
	}
}
