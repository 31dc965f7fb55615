package rules

import (
	"encoding/json"
	"path"
	"slices"
	"strings"
)

// Runner is a package manager that starts the program of an image: npm start, poetry run.
type Runner struct {
	Tool   string // npm, yarn, poetry …
	Script string // of package.json that it runs, as written there; "" where it runs a command
	// Plain are the words of the one program that it starts, as a container can start it
	// itself; nil where it does more, or where nobody can tell.
	Plain []string
}

// scriptRunners run scripts of package.json. The first list is what stands in front of a
// script's name, "" where nothing has to; the second what runs a program of a package.
var scriptRunners = map[string]struct{ run, exec []string }{
	"npm":     {[]string{"run", "run-script"}, []string{"exec", "x"}},
	"yarn":    {[]string{"run", ""}, []string{"exec"}},
	"yarnpkg": {[]string{"run", ""}, []string{"exec"}},
	"pnpm":    {[]string{"run", "run-script", ""}, []string{"exec"}},
	"bun":     {[]string{"run"}, []string{"x"}},
	"npx":     {nil, []string{""}},
}

// environmentRunners start a command in the project's own environment of Python packages.
var environmentRunners = []string{"pipenv", "poetry", "uv", "pdm", "hatch", "rye"}

// Runner reports whether words start a package manager that is to start the program.
func (b *Build) Runner(words []string) (Runner, bool) {
	if len(words) < 2 {
		return Runner{}, false
	}
	tool := path.Base(words[0])
	quiet := func(w string) bool { return w == "--silent" || w == "-s" || w == "--quiet" || w == "-q" }
	args := slices.DeleteFunc(slices.Clone(words[1:]), quiet)
	if slices.Contains(environmentRunners, tool) {
		if len(args) < 2 || args[0] != "run" {
			return Runner{}, false
		}
		return Runner{Tool: tool, Plain: b.inVirtualEnv(args[1:])}, true
	}
	kind, ok := scriptRunners[tool]
	if !ok || len(args) == 0 {
		return Runner{}, false
	}
	if args[0] == "start" && tool != "npx" && tool != "bun" {
		if len(args) > 1 {
			return Runner{Tool: tool}, true // with arguments of its own
		}
		return b.packageScript(tool, "start"), true
	}
	for _, verb := range kind.run {
		switch {
		case verb != "" && args[0] == verb && len(args) > 1:
			if len(args) == 2 {
				return b.packageScript(tool, args[1]), true
			}
			return Runner{Tool: tool}, true // with arguments of its own
		case verb == "" && len(args) == 1 && b.hasScript(args[0]):
			return b.packageScript(tool, args[0]), true
		}
	}
	for _, verb := range kind.exec {
		rest := args
		if verb != "" {
			if args[0] != verb {
				continue
			}
			rest = args[1:]
		}
		return Runner{Tool: tool, Plain: b.inNodeModules(slices.DeleteFunc(slices.Clone(rest), func(w string) bool { return w == "--" }))}, true
	}
	return Runner{}, false
}

// packageFile is what of a package.json says how its scripts run.
type packageFile struct {
	Scripts map[string]string          `json:"scripts"`
	Config  map[string]json.RawMessage `json:"config"` // which npm passes on in the environment
}

// packageFile reads the package.json in the working directory.
func (b *Build) packageFile() (pkg packageFile, ok bool) {
	file := strings.TrimPrefix(path.Join("/", b.WorkingDir, "package.json"), "/")
	content, known := b.Captured[file]
	return pkg, known && json.Unmarshal(content, &pkg) == nil
}

func (b *Build) hasScript(name string) bool {
	pkg, ok := b.packageFile()
	return ok && pkg.Scripts[name] != ""
}

// packageScript reads a script of package.json.
func (b *Build) packageScript(tool, name string) Runner {
	pkg, ok := b.packageFile()
	r := Runner{Tool: tool, Script: pkg.Scripts[name]}
	if !ok || pkg.Scripts["pre"+name]+pkg.Scripts["post"+name] != "" || len(pkg.Config) > 0 {
		return r
	}
	if r.Plain = plainNode(r.Script); r.Plain == nil {
		r.Plain = b.inNodeModules(plainWords(r.Script))
	}
	return r
}

// launchers start others, or start the program anew whenever a file changes.
var launchers = strings.Fields("nodemon ts-node-dev concurrently npm-run-all run-s run-p cross-env cross-env-shell dotenv dotenvx env-cmd pm2 pm2-dev forever wait-on node-dev turbo nx lerna")

// inNodeModules returns a command with the path of its program in the project's node_modules,
// nil where the image has none there.
func (b *Build) inNodeModules(words []string) []string {
	if len(words) == 0 || strings.ContainsAny(words[0], "/=") || strings.HasPrefix(words[0], "-") || slices.Contains(launchers, words[0]) {
		return nil
	}
	return b.at(path.Join("/", b.WorkingDir, "node_modules/.bin", words[0]), words)
}

// inVirtualEnv returns a command with the path of its program in the project's .venv, nil
// where the image has none there.
func (b *Build) inVirtualEnv(words []string) []string {
	if len(words) == 0 || strings.ContainsAny(words[0], "/=") || strings.HasPrefix(words[0], "-") {
		return nil
	}
	return b.at(path.Join("/", b.WorkingDir, ".venv/bin", words[0]), words)
}

// at returns words with the program at another place, nil where it is not there.
func (b *Build) at(program string, words []string) []string {
	if _, there := b.Visible(program[1:]); !there {
		return nil
	}
	return append([]string{program}, words[1:]...)
}
