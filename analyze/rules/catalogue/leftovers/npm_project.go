package leftovers

import (
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// npmProject is a directory in which a RUN installs what npm needs to develop, and
// nothing needs it when the container runs.
type npmProject struct {
	root          string          // with a slash behind it, without a leading one
	flags         []string        // of the install that say how dependencies are resolved
	install, last int             // the RUN that installs, and the last that may use what it installs
	dev           map[string]bool // directories of packages, below root
}

// hiddenLock is node_modules/.package-lock.json as far as it matters here.
type hiddenLock struct {
	Packages map[string]struct {
		Dev bool            `json:"dev"`
		Bin json.RawMessage `json:"bin"`
	} `json:"packages"`
}

// npmProjectOf finds the one project of an image; nil where there is none, where there
// are several, or where something may need what it installs to develop.
func npmProjectOf(b *rules.Build) *npmProject {
	if b == nil {
		return nil
	}
	return b.Parsed().Remember("npm project", func() any { return findNpmProject(b) }).(*npmProject)
}

func findNpmProject(b *rules.Build) *npmProject {
	const suffix = "node_modules/.package-lock.json"
	var file string
	for name := range b.Captured {
		if !strings.HasSuffix(name, suffix) {
			continue
		}
		if file != "" {
			return nil
		}
		file = name
	}
	layer, there := firstLayer(b, file)
	if file == "" || !there {
		return nil
	}
	made := b.Step(&layer)
	if made == nil || made.Inherited || installsForProduction(b, made.Index) {
		return nil
	}
	p := &npmProject{root: strings.TrimSuffix(file, suffix), install: made.Index, dev: make(map[string]bool)}
	var lock hiddenLock
	if json.Unmarshal(b.Captured[file], &lock) != nil {
		return nil
	}
	bins := make(map[string]bool) // programs and packages that only development wants
	for dir, pkg := range lock.Packages {
		name, ok := moduleAt(dir)
		if !pkg.Dev || !ok {
			continue
		}
		p.dev[dir] = true
		bins[name] = true
		for _, name := range binNames(pkg.Bin) {
			bins[name] = true
		}
	}
	for dir, pkg := range lock.Packages { // what is of both is of use
		if name, ok := moduleAt(dir); !pkg.Dev && ok {
			delete(bins, name)
			for _, name := range binNames(pkg.Bin) {
				delete(bins, name)
			}
		}
	}
	if len(p.dev) == 0 || !knowsOmit(b) || calledByHand(b) || !p.findLast(b) || p.starts(b, bins) {
		return nil
	}
	return p
}

// moduleAt returns the name of the module in a directory of a lock file. It reports false for a
// package of the workspace, which lies beside node_modules.
func moduleAt(dir string) (name string, ok bool) {
	const modules = "node_modules/"
	at := strings.LastIndex(dir, modules)
	if at < 0 {
		return "", false
	}
	return dir[at+len(modules):], true
}

// firstLayer returns the layer that brought a visible file, whichever later ones copied it
// only to change its owner.
func firstLayer(b *rules.Build, name string) (int, bool) {
	if b.Tree == nil {
		return 0, false
	}
	node, ok := b.Tree.Lookup(name)
	if !ok {
		return 0, false
	}
	id, ok := b.Tree.Visible(node)
	if !ok {
		return 0, false
	}
	id = b.Tree.Content(id)
	for below := b.Tree.Below(id); below != model.NoRecord; below = b.Tree.Below(below) {
		if r := &b.Tree.Records[below]; r.Kind != model.File || r.Verdict != model.Shadowed || r.Cause != model.Copied {
			break
		}
		id = below
	}
	return int(b.Tree.Records[id].Layer), true
}

// binNames reads the field bin of a package: a name for each program. A package with
// one program may give its path alone; the program then has the package's name.
func binNames(raw json.RawMessage) (names []string) {
	var programs map[string]string
	if json.Unmarshal(raw, &programs) == nil {
		for name := range programs {
			names = append(names, name)
		}
	}
	return names
}

// findLast finds the last RUN that may use the packages; false where the install
// cannot be told, or an instruction that is no RUN stands before that one.
func (p *npmProject) findLast(b *rules.Build) bool {
	in := b.Parsed()
	if in.Keyword(p.install) != "RUN" || in.Dir(p.install) != "/"+strings.TrimSuffix(p.root, "/") {
		return false
	}
	commands, ok := in.Commands(p.install)
	if !ok || !slices.ContainsFunc(commands, installsProject) || slices.ContainsFunc(commands, func(c rewrite.Command) bool { return c.Name() == "cd" || c.Name() == "pushd" }) {
		return false
	}
	for _, c := range commands {
		for _, w := range c.Args() {
			if w.Text == "--legacy-peer-deps" || w.Text == "--force" || w.Text == "-f" {
				p.flags = append(p.flags, w.Text)
			}
		}
	}
	p.last = p.install
	for i := p.install + 1; i < len(in.All) && i-p.install <= maxArchives; i++ {
		text := in.Text(i)
		switch in.Keyword(i) {
		case "RUN":
			commands, ok := in.Commands(i)
			if !ok {
				return false
			}
			if slices.ContainsFunc(commands, usesModules) {
				p.last = i
			}
		case "ONBUILD":
			return false // the next build may run anything
		case "ENV", "ARG":
			if strings.Contains(text, "NODE_ENV") && i < p.last {
				return false
			}
		}
	}
	return in.Dir(p.last) == in.Dir(p.install)
}

// installsForProduction reports whether NODE_ENV keeps npm from installing what only serves to
// develop: the base image sets it, or an instruction above the install. Most files set it below.
func installsForProduction(b *rules.Build, install int) bool {
	in := b.Parsed()
	set := false
	for i := range in.All {
		if (in.Keyword(i) == "ENV" || in.Keyword(i) == "ARG") && strings.Contains(in.Text(i), "NODE_ENV") && !in.All[i].Inherited {
			if set = true; i < install && strings.Contains(in.Text(i), "production") {
				return true
			}
		}
	}
	return !set && b.Getenv("NODE_ENV") == "production"
}

// starts reports whether the container may start through a program or a package that
// only development wants, or may load such a package.
func (p *npmProject) starts(b *rules.Build, bins map[string]bool) bool {
	var pkg struct {
		Scripts    map[string]string `json:"scripts"`
		Workspaces json.RawMessage   `json:"workspaces"`
		Dev        map[string]string `json:"devDependencies"`
		Others     map[string]string `json:"dependencies"`
	}
	text, known := b.Captured[p.root+"package.json"]
	if !known || json.Unmarshal(text, &pkg) != nil || pkg.Workspaces != nil {
		return true
	}
	if p.mayLoadDev(b, pkg.Dev, pkg.Others) {
		return true
	}
	program := b.Program()
	if options := b.Getenv("NODE_OPTIONS"); len(program.Words) == 0 || strings.Contains(options, "-r") || strings.Contains(options, "-import") || strings.Contains(options, "loader") {
		return true
	}
	for _, c := range program.Commands {
		if p.wants(b, c, bins, pkg.Scripts, 0) {
			return true
		}
	}
	in := b.Parsed()
	for i := range in.All {
		if in.Keyword(i) == "HEALTHCHECK" && strings.Contains(in.Text(i), "np") {
			return true // npm or npx
		}
	}
	return false
}

// maxScripts is how deep scripts of a package.json may call each other.
const maxScripts = 4

// wants reports whether a command names what only development wants, or runs a script
// of package.json that does, or that cannot be told.
func (p *npmProject) wants(b *rules.Build, c rewrite.Command, bins map[string]bool, scripts map[string]string, depth int) bool {
	for _, w := range c.Words {
		for part := range strings.FieldsFuncSeq(w.Text, func(r rune) bool { return strings.ContainsRune(" \t\n;&|()<>'\"=,", r) }) {
			if bins[path.Base(part)] || bins[part] || strings.Contains(part, "node_modules/.bin") || bins[firstName(part)] {
				return true
			}
		}
	}
	args := c.Args()
	if servesSources(c) {
		return true
	}
	switch c.Name() {
	case "":
		return true
	case "npx", "yarn", "pnpm", "bun", "lerna", "nx", "turbo", "nodemon", "tsx", "ts-node", "pm2", "pm2-runtime", "pm2-docker", "forever", "supervisord", "concurrently", "foreman":
		return true
	case "npm":
	default:
		return false
	}
	name := ""
	for _, w := range args {
		switch {
		case strings.HasPrefix(w.Text, "-") && w.Text != "--silent" && w.Text != "-s":
			return true
		case w.Text == "start" || w.Text == "test":
			name = w.Text
		case w.Text != "run" && w.Text != "run-script" && !strings.HasPrefix(w.Text, "-") && name == "":
			name = w.Text
		}
	}
	for _, script := range []string{"pre" + name, name, "post" + name} {
		text, ok := scripts[script]
		if !ok {
			if script == name && (name != "start" || !holdsFile(b, p.root+"server.js")) {
				return true // npm start runs server.js where no script says what else
			}
			continue
		}
		commands := rewrite.Script(text)
		if depth == maxScripts || len(commands) == 0 || slices.ContainsFunc(commands, func(c rewrite.Command) bool { return p.wants(b, c, bins, scripts, depth+1) }) {
			return true
		}
	}
	return false
}

// firstName is the package that a word such as ts-node/register or @a/b/c names.
func firstName(word string) string {
	words := strings.SplitN(word, "/", 3)
	if strings.HasPrefix(word, "@") && len(words) > 1 {
		return words[0] + "/" + words[1]
	}
	return words[0]
}
