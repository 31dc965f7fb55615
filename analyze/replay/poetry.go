package replay

import (
	"path"
	"slices"
	"strings"
)

// poetry installs the packages of a project, as pipenv does: into the environment that is active, or
// one that it makes. https://python-poetry.org/docs/configuration
func poetry(c *call) int {
	_, rest := options(c.args[1:])
	settings := path.Join(c.get("HOME"), ".config/pypoetry/config.toml")
	if len(rest) > 2 && rest[0] == "config" {
		_, n := c.tree.get(settings, true)
		before := ""
		if n != nil {
			before = string(n.body)
		}
		c.write(settings, text(before+rest[1]+" = "+rest[2]+"\n"))
		return 0
	}
	if len(rest) == 0 || rest[0] != "install" && rest[0] != "sync" {
		return 0
	}
	packages, bin := c.site()
	cache := c.get("HOME") + "/.cache/pypoetry"
	if dir := c.get("POETRY_CACHE_DIR"); dir != "" {
		cache = dir
	}
	if c.args[0] == "poetry" && c.get("VIRTUAL_ENV") == "" && c.poetrySets(settings, "create") != "false" {
		venv := cache + "/virtualenvs/project-Qx3fJ2aK-py3.11"
		if slices.Contains([]string{"true", "1"}, c.poetrySets(settings, "in-project")) {
			venv = abs(c.dir, ".venv")
		}
		packages, bin = venv+"/lib/python3.11/site-packages", venv+"/bin"
	}
	for _, name := range []string{"flask", "requests", "numpy", "pytest"} {
		if satisfied(c, packages, name) {
			continue
		}
		c.pipInstall(packages, bin, name, nil, false)
	}
	if c.args[0] == "pipenv" {
		c.fill(c.get("HOME")+"/.cache/pipenv/http/numpy", 20<<20)
		return 0
	}
	c.fill(cache+"/cache/repositories/pypi/numpy", 20<<20)
	c.fill(cache+"/artifacts/a1/b2/numpy-1.26.whl", 18<<20) // what it has downloaded
	return 0
}

// poetrySets is the value of a setting of virtualenvs, "" where nothing sets it: in the environment, by
// poetry config, or in the project's poetry.toml.
func (c *call) poetrySets(settings, name string) string {
	if value := c.get("POETRY_VIRTUALENVS_" + strings.ReplaceAll(strings.ToUpper(name), "-", "_")); value != "" {
		return strings.ToLower(value)
	}
	for _, at := range []string{settings, abs(c.dir, "poetry.toml")} {
		_, n := c.tree.get(at, true)
		if n == nil {
			continue
		}
		for line := range strings.Lines(string(n.body)) {
			if key, value, ok := strings.Cut(line, "="); ok && strings.TrimPrefix(strings.TrimSpace(key), "virtualenvs.") == name {
				return strings.ToLower(strings.TrimSpace(value))
			}
		}
	}
	return ""
}
