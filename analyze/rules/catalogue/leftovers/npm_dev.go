package leftovers

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// NpmDevDependencies follows npm-install(1), --omit, npm-prune(1), and the hidden
// lockfile that npm 7 and later keep in node_modules.
var NpmDevDependencies = rules.Rule{
	ID:    "npm-dev-dependencies",
	Group: rules.Leftovers,
	Title: "npm packages for development only",
	Why: "Unless told not to, npm also installs devDependencies: compilers, bundlers and test runners that no container runs. npm marks each package that only they need, so it is known exactly which files these are. " +
		"tare reports them if three things hold: no build or test runs after the one that last needed them, the image itself says what its containers start and needs none of them for that, and npm prune can remove them in the RUN that installs them.",
	Confidence:  model.Likely,
	VisibleOnly: true,
	Paths:       []string{"**/node_modules/**"},
	Unless:      func(b *rules.Build) bool { return npmProjectOf(b) == nil },
	Exempts: func(b *rules.Build, name string) bool {
		p := npmProjectOf(b)
		return p == nil || !p.isDev(name)
	},
	Fix: fixNpmDev,
	Lesson: rules.Lesson{
		See:     "docker run --rm --entrypoint npm IMAGE ls --omit=prod --depth=0",
		Before:  "RUN npm ci && npm run build",
		After:   "RUN npm ci && npm run build \\\n    && npm prune --omit=dev",
		WhenNot: "Where the program imports a package that its package.json lists under devDependencies: move it to dependencies.",
		Sources: []string{"https://docs.npmjs.com/cli/commands/npm-prune", "https://docs.npmjs.com/cli/configuring-npm/package-lock-json#hidden-lockfiles"},
	},
	Fixture: rules.Fixture{
		Hit: `
			WORKDIR /app
			RUN npm ci
			+ app/node_modules/vitest/index.js
			+ app/node_modules/express/index.js
			+ app/node_modules/.package-lock.json {"packages": {"node_modules/vitest": {"dev": true}, "node_modules/express": {}}}
			+ app/package.json {"name": "app"}
			config {"Cmd": ["node", "server.js"], "WorkingDir": "/app"}`,
		Fixed: "RUN npm ci --omit=dev",
		Miss: `
			WORKDIR /app
			RUN npm ci
			+ app/node_modules/vitest/index.js
			+ app/node_modules/.package-lock.json {"packages": {"node_modules/vitest": {"dev": true}}}
			+ app/package.json {"name": "app", "scripts": {"start": "vitest"}}
			config {"Cmd": ["npm", "start"], "WorkingDir": "/app"}`,
	},
}

// isDev reports whether a file belongs to a package that only devDependencies want.
func (p *npmProject) isDev(name string) bool {
	rest, inside := strings.CutPrefix(name, p.root)
	at := strings.LastIndex(rest, "node_modules/")
	if !inside || at < 0 {
		return false
	}
	dir := rest[at+len("node_modules/"):]
	words := strings.SplitN(dir, "/", 3)
	n := 1
	if strings.HasPrefix(dir, "@") {
		n = 2
	}
	return len(words) > n && p.dev[rest[:at]+"node_modules/"+path.Join(words[:n]...)]
}

// fixNpmDev prunes at the end of the RUN that installs, joined with those that build.
func fixNpmDev(f *model.Finding, b *rules.Build) *model.Fix {
	p := npmProjectOf(b)
	if f.Inherited {
		return advice.Inherited("npm packages for development only")
	}
	made, ok := advice.Maker(f, b)
	if p == nil || !ok || made < p.install {
		return advice.Hint(model.Manual, "Run npm prune --omit=dev in the RUN that installs, after the build.")
	}
	if text, ok := p.withoutDev(b); ok {
		fix := advice.Edit{Before: b.Parsed().Text(p.install), After: text}.Fix(model.Flag, fmt.Sprintf("Leave the development packages out of the install%s: nothing uses them.", p.inStep(b, made)))
		fix.Risk = "a program that imports a package from devDependencies will not start."
		return fix
	}
	e, ok := advice.Join(b, p.install, p.last, "")
	if ok { // the user who installs may also take out again
		after, _ := rewrite.Several(e.After)
		if !endsInProject(after[0]) {
			return advice.Hint(model.MultiStage, "Build in a separate stage, and install with npm ci --omit=dev in the final one.")
		}
		after[0], ok = prune(after[0], strings.Join(append([]string{"npm prune --omit=dev"}, p.flags...), " "))
		e.After = strings.Join(after, "\n")
	}
	if !ok {
		return advice.Hint(model.MultiStage, "Build in a separate stage, and install with npm ci --omit=dev in the final one.")
	}
	summary := "Remove the development packages at the end of the RUN that installs them."
	if p.last > p.install {
		summary = "Join the RUNs that install and build, and remove the development packages at the end."
	}
	fix := e.Fix(model.SameRunCleanup, summary)
	fix.Risk = "a program that imports a package from devDependencies will not start."
	return fix
}

// inStep names the step that installs, where a later one stored what it installed once more and so
// has the finding; "" where it is the finding's own.
func (p *npmProject) inStep(b *rules.Build, made int) string {
	if made == p.install {
		return ""
	}
	return fmt.Sprintf(" in step %d", model.StepNumber(b.Instructions, p.install))
}

// lifecycle are the scripts of a package.json that npm runs around an install.
var lifecycle = strings.Fields("preinstall install postinstall prepublish preprepare prepare postprepare")

// withoutDev returns the RUN that installs with --omit=dev; false where a command of it, a later
// RUN or a script of the package.json may use what serves to develop.
func (p *npmProject) withoutDev(b *rules.Build) (string, bool) {
	commands, _ := b.Parsed().Commands(p.install)
	at := slices.IndexFunc(commands, installsProject)
	var pkg struct {
		Scripts map[string]string `json:"scripts"`
	}
	if p.last != p.install || at < 0 || slices.ContainsFunc(commands[at+1:], usesModules) || json.Unmarshal(b.Captured[p.root+"package.json"], &pkg) != nil ||
		slices.ContainsFunc(lifecycle, func(name string) bool { return pkg.Scripts[name] != "" }) {
		return "", false
	}
	return rewrite.AddFlag(b.Parsed().Text(p.install), "--omit=dev", func(c rewrite.Command) int {
		if c.Source() != commands[at].Source() || strings.Contains(c.Source(), "--include") {
			return -1
		}
		return slices.IndexFunc(c.Words, func(w rewrite.Word) bool { return w.Text == commands[at].Args()[0].Text })
	})
}

// prune puts a command behind the last one of a RUN that uses what npm installed: in front of a
// chown, so that what it writes gets the same owner.
func prune(text, command string) (string, bool) {
	if run, err := rewrite.ParseRun(text); err == nil {
		last := -1
		for i, c := range run.Commands {
			if usesModules(c) {
				last = i
			}
		}
		if last >= 0 && last+1 < len(run.Commands) {
			next := run.Commands[last+1].Source()
			if out, ok := rewrite.InsertBefore(text, command, func(c rewrite.Command) bool { return c.Source() == next }); ok {
				return out, true
			}
		}
	}
	return rewrite.AppendCleanup(text, command)
}

// endsInProject reports whether a RUN ends in the directory in which it installs, so
// that a command at its end is for the same project.
func endsInProject(text string) bool {
	run, err := rewrite.ParseRun(text)
	if err != nil || len(run.Commands) == 0 {
		return false
	}
	for _, c := range run.Commands {
		if !c.DirKnown {
			return false
		}
	}
	at := slices.IndexFunc(run.Commands, installsProject)
	return at >= 0 && run.Commands[at].Dir == run.Commands[len(run.Commands)-1].Dir
}

// npmHarmless are programs that use nothing of node_modules.
var npmHarmless = strings.Fields("apt-get apt apk dnf yum microdnf mkdir rm rmdir chown chgrp chmod useradd groupadd adduser addgroup usermod ln touch echo true : set test [ cd update-ca-certificates ldconfig locale-gen export")

// installsProject reports whether a command is npm's install of a project, with what
// only development wants.
func installsProject(c rewrite.Command) bool {
	words := c.Args()
	if c.Name() != "npm" || len(words) == 0 || !slices.Contains([]string{"ci", "install", "i", "clean-install"}, words[0].Text) || c.Conditional || c.Subshell || c.Dir != "" || !c.DirKnown {
		return false
	}
	return !slices.ContainsFunc(words[1:], func(w rewrite.Word) bool {
		name, _, _ := strings.Cut(w.Text, "=")
		return !w.Literal || !slices.Contains([]string{"--no-audit", "--no-fund", "--audit", "--fund", "--legacy-peer-deps", "--loglevel", "--silent", "--quiet", "-q", "-s", "--force", "-f", "--no-progress", "--progress", "--prefer-offline", "--include", "--verbose"}, name)
	})
}

// usesModules reports whether a command may use something of node_modules.
func usesModules(c rewrite.Command) bool {
	if c.Name() == "npm" && len(c.Args()) > 1 && c.Args()[0].Text == "cache" {
		return false
	}
	return !slices.Contains(npmHarmless, c.Name())
}
