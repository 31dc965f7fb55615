package replay

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

const packageJSON = `{"name":"app","version":"1.0.0","main":"server.js","scripts":{"start":"node server.js","build":"webpack","test":"jest"},"dependencies":{"express":"^4.18.0","lodash":"^4.17.0","react":"^18.0.0"},"devDependencies":{"webpack":"^5.0.0","jest":"^29.0.0","typescript":"^5.0.0"}}
`

// nodeModule is a package of npm's registry.
type nodeModule struct {
	name string
	size int64
	dev  bool
}

// nodeModules are the modules that every project of the simulation needs, and
// whether for development alone.
var nodeModules = []nodeModule{
	{"express", 220 << 10, false}, {"lodash", 4900 << 10, false}, {"react", 320 << 10, false}, {"react-dom", 4500 << 10, false}, {"axios", 2100 << 10, false}, {"moment", 4200 << 10, false}, {"body-parser", 90 << 10, false}, {"debug", 80 << 10, false},
	{"webpack", 6100 << 10, true}, {"typescript", 38 << 20, true}, {"jest", 6 << 20, true}, {"eslint", 9 << 20, true}, {"esbuild", 9 << 20, true}, {"prettier", 11 << 20, true}, {"@babel/core", 5 << 20, true}, {"@types/node", 2 << 20, true},
}

// npm is npm, yarn and pnpm.
func npm(c *call) int {
	tool := path.Base(c.args[0])
	flags, rest := options(c.args[1:], "--prefix", "--cwd", "--registry", "-C", "--cache", "--network-timeout", "--loglevel", "--omit", "--only")
	dir := c.dir
	for _, f := range []string{"--prefix", "--cwd", "-C"} {
		if d := flags[f]; d != "" {
			dir = abs(c.dir, d)
		}
	}
	if len(rest) == 0 {
		if tool != "yarn" {
			return 0
		}
		rest = []string{"install"}
	}
	global := has(flags, "-g", "--global", "--location=global")
	verb, names := rest[0], rest[1:]
	if verb == "global" && len(names) > 0 {
		global, verb, names = true, names[0], names[1:]
	}
	production := has(flags, "--production", "--prod") || flags["--omit"] == "dev" || flags["--only"] == "production" || flags["--only"] == "prod" || c.get("NODE_ENV") == "production"
	switch verb {
	case "install", "i", "ci", "add", "clean-install":
		if global {
			for _, name := range names {
				c.npmGlobal(name)
			}
			c.nodeCache(tool, int64(len(names))<<21)
			return 0
		}
		if c.read(dir+"/package.json") == "" && len(names) == 0 {
			if !c.tree.exists(dir + "/package.json") {
				c.problem("%s: there is no package.json in %s", tool, dir)
			}
		}
		c.nodeModules(dir, tool, production, names)
		c.nodeCache(tool, 30<<20)
	case "cache":
		c.tree.remove(c.get("HOME") + "/.npm/_cacache")
		c.tree.remove("/usr/local/share/.cache/yarn")
		c.tree.remove(c.get("HOME") + "/.cache/yarn")
	case "prune":
		for _, m := range c.modulesOf(dir) {
			if m.dev {
				c.tree.remove(dir + "/node_modules/" + m.name)
			}
		}
		c.lockfile(dir, true)
	case "run", "build", "run-script", "generate", "dist", "exec":
		c.dir = dir
		return buildScript(c)
	}
	return 0
}

// maxModules is how many packages of a package.json are installed.
const maxModules = 200

// modulesOf returns the packages that a project's package.json names, where a repository has it, and else those
// that every project needs.
func (c *call) modulesOf(dir string) []nodeModule {
	body := c.read(dir + "/package.json")
	var file struct {
		Dependencies, DevDependencies map[string]json.RawMessage
	}
	if c.plan.known == nil || body == "" || json.Unmarshal([]byte(body), &file) != nil {
		return nodeModules
	}
	var list []nodeModule
	for i, names := range []map[string]json.RawMessage{file.Dependencies, file.DevDependencies} {
		for _, name := range slices.Sorted(maps.Keys(names)) {
			if name == "" || strings.Contains(name, "..") || len(list) == maxModules {
				continue
			}
			m := nodeModule{name: name, size: 200<<10 + int64(hash(name)%(2<<20)), dev: i == 1}
			if at := slices.IndexFunc(nodeModules, func(m nodeModule) bool { return m.name == name }); at >= 0 {
				m.size = nodeModules[at].size
			}
			list = append(list, m)
		}
	}
	return list
}

// nodeModules installs the modules of a project.
func (c *call) nodeModules(dir, tool string, production bool, names []string) {
	at := dir + "/node_modules/"
	for _, m := range c.modulesOf(dir) {
		if production && m.dev {
			continue
		}
		c.write(at+m.name+"/package.json", text(fmt.Sprintf(`{"name":%q,"version":"1.0.0"}`, m.name)))
		c.fill(at+m.name+"/index.js", m.size*4/5)
		c.fill(at+m.name+"/README.md", m.size/10)
		if m.dev {
			name := path.Base(m.name)
			if name == "typescript" {
				name = "tsc"
			}
			c.write(at+m.name+"/bin/cli.js", script([]byte("#!/usr/bin/env node\n"), m.name, m.size/10))
			c.write(at+".bin/"+name, link("../"+m.name+"/bin/cli.js"))
		}
	}
	for _, name := range names {
		name = moduleName(name)
		c.write(at+name+"/package.json", text(fmt.Sprintf(`{"name":%q,"version":"1.0.0"}`, name)))
		c.fill(at+name+"/index.js", 1<<20)
	}
	switch tool {
	case "npm":
		c.lockfile(dir, production)
	case "yarn":
		c.fill(at+".yarn-integrity", 4000)
	}
}

// oldNode matches what brings Node.js with npm 6 or older, which keep no lockfile in node_modules.
var oldNode = lazyregexp.New(`\b(?:setup_|node_|node:)(?:[4-9]|1[0-4])(?:\D|$)`)

// lockfile writes node_modules/.package-lock.json.
func (c *call) lockfile(dir string, production bool) {
	if oldNode.MatchString(c.plan.text) {
		return
	}
	packages := map[string]any{}
	for _, m := range c.modulesOf(dir) {
		if !production || !m.dev {
			entry := map[string]any{"version": "1.0.0"}
			if m.dev {
				entry["dev"] = true
			}
			packages["node_modules/"+m.name] = entry
		}
	}
	data, _ := json.Marshal(map[string]any{"name": "app", "lockfileVersion": 3, "packages": packages}) // never fails
	c.write(dir+"/node_modules/.package-lock.json", text(string(data)))
}

func moduleName(name string) string {
	if i := strings.LastIndex(name, "@"); i > 0 {
		name = name[:i]
	}
	return strings.TrimSuffix(path.Base("/"+name), ".git")
}

func (c *call) npmGlobal(name string) {
	at := "/usr/local/lib/node_modules/"
	if c.tree.exists("/usr/bin/npm") && !c.tree.exists("/usr/local/bin/npm") {
		at = "/usr/lib/node_modules/"
	}
	name = moduleName(name)
	c.fill(at+name+"/lib/index.js", 12<<20)
	c.write(at+name+"/package.json", text(fmt.Sprintf(`{"name":%q}`, name)))
	c.write(at+name+"/bin/cli.js", script([]byte("#!/usr/bin/env node\n"), name, 2000))
	bin := strings.TrimSuffix(strings.TrimPrefix(name, "@angular/"), "-cli")
	if name == "cli" {
		bin = "ng"
	}
	c.write(path.Join(path.Dir(path.Dir(strings.TrimSuffix(at, "/"))), "bin", bin), link(path.Join(at, name, "bin/cli.js")))
}

func (c *call) nodeCache(tool string, size int64) {
	home := c.get("HOME")
	switch tool {
	case "npm":
		c.fill(home+"/.npm/_cacache/content-v2/sha512/"+hashName(c.dir), size)
		c.fill(home+"/.npm/_cacache/index-v5/"+hashName(c.dir), size/50)
		c.fill(home+"/.npm/_logs/2024-01-02T03_04_05_006Z-debug-0.log", 20<<10)
		c.fill(home+"/.npm/_update-notifier-last-checked", 1)
	case "yarn":
		dir := "/usr/local/share/.cache/yarn"
		if c.uid != 0 {
			dir = home + "/.cache/yarn"
		}
		c.fill(dir+"/v6/npm-lodash-4.17.21/node_modules/lodash/index.js", size)
	case "pnpm":
		c.fill(home+"/.local/share/pnpm/store/v3/files/00/"+hashName(c.dir), size)
	}
	if tool != "pnpm" {
		c.fill("/tmp/v8-compile-cache-0/11.3/x.BLOB", 60<<10)
	}
}

// buildScript is a build script of a project: it writes what bundlers write.
func buildScript(c *call) int {
	words := strings.Join(c.args[1:], " ")
	if !strings.Contains(words, "build") && !strings.Contains(words, "generate") && !strings.Contains(words, "dist") && !strings.Contains(words, "prod") && path.Base(c.args[0]) == "npm" {
		return 0
	}
	out := "dist"
	switch {
	case strings.Contains(c.plan.text, "/.next"):
		out = ".next"
	case strings.Contains(c.plan.text, "/build") && !strings.Contains(c.plan.text, "/dist"):
		out = "build"
	case strings.Contains(c.plan.text, "/public") && !strings.Contains(c.plan.text, "/dist"):
		out = "public"
	}
	c.fill(out+"/index.html", 2000)
	c.fill(out+"/static/js/main.js", 1<<20)
	c.fill(out+"/static/js/main.js.map", 3<<20)
	c.fill("node_modules/.cache/babel-loader/cache.json", 5<<20)
	return 0
}

func bower(c *call) int {
	c.fill("bower_components/jquery/dist/jquery.js", 900<<10)
	c.fill(c.get("HOME")+"/.cache/bower/packages/x", 2<<20)
	return 0
}
